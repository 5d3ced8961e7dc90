"""Settles any number of objectives, level by level, in memory that does not grow with their number."""

from collections.abc import Callable, Iterable
from uuid import UUID

from sqlalchemy import text

from service.alignment.paths import AlignmentLoop
from service.rollup.kpi_propagation import settle_measures
from service.rollup.settle import store
from service.writing.transaction import Transaction

# Evaluated without a turn of the event loop for others.
CHUNK = 150

CREATE = text("""
    CREATE TEMPORARY TABLE IF NOT EXISTS unsettled (id uuid PRIMARY KEY, height int) ON COMMIT DROP""")
ADD = text("INSERT INTO unsettled (id) SELECT unnest(CAST(:ids AS uuid[])) ON CONFLICT DO NOTHING")
ADD_ALL = text("""
    INSERT INTO unsettled (id) SELECT id FROM objectives WHERE organization_id = :organization_id
    ON CONFLICT DO NOTHING""")
ADD_OF_CYCLES = text("""
    INSERT INTO unsettled (id) SELECT id FROM objectives
    WHERE organization_id = :organization_id AND cycle_id = ANY(CAST(:ids AS uuid[])) ON CONFLICT DO NOTHING""")
ADD_ABOVE = text("""
    WITH RECURSIVE up (id) AS (
        SELECT id FROM unsettled
        UNION
        SELECT a.parent_id FROM alignments a JOIN up ON a.objective_id = up.id
        WHERE a.organization_id = :organization_id AND a.archived_at IS NULL
    )
    INSERT INTO unsettled (id) SELECT id FROM up ON CONFLICT DO NOTHING""")
ANALYZE = text("ANALYZE unsettled")
RISE = text("""
    UPDATE unsettled u SET height = CAST(:height AS int)
    WHERE u.height IS NULL AND NOT EXISTS (
        SELECT 1 FROM alignments a JOIN unsettled below ON below.id = a.objective_id AND below.height IS NULL
        WHERE a.organization_id = :organization_id AND a.parent_id = u.id AND a.archived_at IS NULL
    )""")
LEFT = text("SELECT count(*) AS left FROM unsettled WHERE height IS NULL")
LEVEL = text("""
    SELECT id FROM unsettled WHERE height = CAST(:height AS int) AND id > CAST(:after AS uuid)
    ORDER BY id LIMIT CAST(:size AS int)""")
TRIM = text("""
    DELETE FROM unsettled u WHERE u.height IS NULL AND NOT EXISTS (
        SELECT 1 FROM alignments a JOIN unsettled above ON above.id = a.parent_id AND above.height IS NULL
        WHERE a.organization_id = :organization_id AND a.objective_id = u.id AND a.archived_at IS NULL
    )""")
IN_RINGS = text("""
    SELECT a.id FROM alignments a
    JOIN unsettled below ON below.id = a.objective_id AND below.height IS NULL
    JOIN unsettled above ON above.id = a.parent_id AND above.height IS NULL
    WHERE a.organization_id = :organization_id AND a.archived_at IS NULL""")
# Goals that show something else though their values may be the same; those that are new know the time already.
SHOWN_OTHERWISE = tuple(
    text(f"""
    UPDATE {table} SET changed_at = :now
    WHERE organization_id = :organization_id AND id = ANY(CAST(:ids AS uuid[])) AND changed_at < :now""")
    for table in ("objectives", "key_results")
)
FIRST = UUID(int=0)


async def remember(tx: Transaction) -> None:
    """Moves what the transaction touched so far out of memory; `settle_many` will settle it."""
    await tx.run(CREATE)
    await tx.run(ADD, ids=list(tx.touched))
    tx.touched.clear()
    if tx.changed_goals:
        for statement in SHOWN_OTHERWISE:
            await tx.run(statement, ids=list(tx.changed_goals), now=tx.now)
        tx.changed_goals.clear()


async def settle_many(
    tx: Transaction, advance: Callable[[int], None] = lambda _: None, *, only_rings: bool = False
) -> None:
    """Settles all that was touched and what is above it; `advance` is told how many objectives are done.

    `only_rings` is for what will not be kept anyway: it looks for rings and stores nothing.

    Raises AlignmentLoop, and leaves in `unsettled` what is in rings, for `edges_in_rings`.
    """
    await settle_measures(tx)
    await remember(tx)
    if tx.all_touched:
        await tx.run(ADD_ALL)
    await tx.run(ADD_OF_CYCLES, ids=list(tx.touched_cycles))
    await tx.run(ADD_ABOVE)
    await tx.run(ANALYZE)
    height = 0
    while await tx.run(RISE, height=height):
        height += 1
    [row] = await tx.rows(LEFT)
    if row.left:
        while await tx.run(TRIM):
            pass
        raise AlignmentLoop()
    for level in range(0 if only_rings else height):
        after = FIRST
        while ids := [row.id for row in await tx.rows(LEVEL, height=level, after=after, size=CHUNK)]:
            await store(tx, ids)
            advance(len(ids))
            after = ids[-1]
    tx.touched_cycles.clear()
    tx.all_touched = False


async def edges_in_rings(tx: Transaction) -> Iterable[UUID]:
    """The alignments that make up the rings that `settle_many` ran into."""
    return {row.id for row in await tx.rows(IN_RINGS)}
