"""Settles any number of objectives, level by level, in constant memory."""

from collections.abc import Callable, Iterable
from uuid import UUID

from sqlalchemy import TextClause, text

from service.alignment.paths import AlignmentLoop
from service.rollup.kpi_propagation import settle_kpis
from service.rollup.settle import store
from service.writing.transaction import WITH_CUSTOM_PLANS, Transaction

# Objectives that are evaluated without yielding to the event loop.
CHUNK = 150
GOALS = ("objectives", "key_results")

# A plan has to know the size of the temporary table.
CREATE = text(f"""
    {WITH_CUSTOM_PLANS};
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
SET_HEIGHTS = text("""
    UPDATE unsettled u SET height = CAST(:height AS int)
    WHERE u.height IS NULL AND NOT EXISTS (
        SELECT 1 FROM alignments a JOIN unsettled below ON below.id = a.objective_id AND below.height IS NULL
        WHERE a.organization_id = :organization_id AND a.parent_id = u.id AND a.archived_at IS NULL
    )""")
COUNT_WITHOUT_HEIGHT = text("SELECT count(*) AS left FROM unsettled WHERE height IS NULL")
LEVEL = text("""
    SELECT id FROM unsettled WHERE height = CAST(:height AS int) AND id > CAST(:after AS uuid)
    ORDER BY id LIMIT CAST(:size AS int)""")
DELETE_OUTSIDE_LOOPS = text("""
    DELETE FROM unsettled u WHERE u.height IS NULL AND NOT EXISTS (
        SELECT 1 FROM alignments a JOIN unsettled above ON above.id = a.parent_id AND above.height IS NULL
        WHERE a.organization_id = :organization_id AND a.objective_id = u.id AND a.archived_at IS NULL
    )""")
EDGES_IN_LOOPS = text("""
    SELECT a.id FROM alignments a
    JOIN unsettled below ON below.id = a.objective_id AND below.height IS NULL
    JOIN unsettled above ON above.id = a.parent_id AND above.height IS NULL
    WHERE a.organization_id = :organization_id AND a.archived_at IS NULL""")
# Goals whose shown fields change although their values may be equal. New goals have this `changed_at` already.
MARK_CHANGED = tuple(
    text(f"""
    UPDATE {table} SET changed_at = :now
    WHERE organization_id = :organization_id AND id = ANY(CAST(:ids AS uuid[])) AND changed_at < :now""")
    for table in GOALS
)
_STEP = "greatest(1, width_bucket(CAST(:now AS timestamptz), status_since))"


def _store_present_steps(table: str, rows: str) -> TextClause:
    """Stores the step in force at `:now` of the goals in these rows that have another one. Nobody sees a difference."""
    return text(f"""
        WITH present AS MATERIALIZED (
            SELECT id, CASE WHEN {_STEP} > 1 THEN status_since[{_STEP}] END AS step_since,
                   status_since[{_STEP} + 1] AS step_until, status_steps[{_STEP}] AS step_status,
                   staleness_steps[{_STEP}] AS step_staleness
            FROM {table} WHERE organization_id = :organization_id {rows}
        )
        UPDATE {table} t SET step_since = n.step_since, step_until = n.step_until, step_status = n.step_status,
            step_staleness = n.step_staleness
        FROM present n
        WHERE t.organization_id = :organization_id AND t.id = n.id
          AND (t.step_since, t.step_until, t.step_status, t.step_staleness) IS DISTINCT FROM
              (n.step_since, n.step_until, n.step_status, n.step_staleness)""")


STORE_ALL_STEPS = tuple(_store_present_steps(table, "") for table in GOALS)
# Who changes a goal at the same time stores its step, and nobody waits for the other.
_PASSED = f"""
    AND step_until > '-infinity' AND step_until <= CAST(:now AS timestamptz)
    ORDER BY step_until LIMIT {CHUNK} FOR UPDATE SKIP LOCKED"""
STORE_PASSED_STEPS = tuple(_store_present_steps(table, _PASSED) for table in GOALS)
LOWEST_ID = UUID(int=0)


async def store_touched(tx: Transaction) -> None:
    """Moves the touched objectives from memory into a temporary table for `settle_many`."""
    await tx.run(CREATE)
    await tx.run(ADD, ids=list(tx.touched))
    tx.touched.clear()
    if tx.changed_goals:
        for statement in MARK_CHANGED:
            await tx.run(statement, ids=list(tx.changed_goals), now=tx.now)
        tx.changed_goals.clear()


async def settle_many(
    tx: Transaction, advance: Callable[[int], None] = lambda _: None, *, only_loops: bool = False
) -> None:
    """Settles the touched objectives and all above them; `advance` gets the number of objectives of each step.

    With `only_loops`, for a transaction that is rolled back anyway, it looks for loops and stores nothing.

    Raises AlignmentLoop, and leaves the objectives in loops in `unsettled`, for `edges_in_loops`.
    """
    await tx.flush()
    await settle_kpis(tx)
    await store_touched(tx)
    if tx.all_touched:
        await tx.run(ADD_ALL)
    await tx.run(ADD_OF_CYCLES, ids=list(tx.touched_cycles))
    await tx.run(ADD_ABOVE)
    await tx.run(ANALYZE)
    height = 0
    while await tx.run(SET_HEIGHTS, height=height):
        height += 1
    [row] = await tx.rows(COUNT_WITHOUT_HEIGHT)
    if row.left:
        while await tx.run(DELETE_OUTSIDE_LOOPS):
            pass
        raise AlignmentLoop()
    for level in range(0 if only_loops else height):
        after = LOWEST_ID
        while ids := [row.id for row in await tx.rows(LEVEL, height=level, after=after, size=CHUNK)]:
            await store(tx, ids)
            advance(len(ids))
            after = ids[-1]
    tx.touched_cycles.clear()
    tx.all_touched = False


async def store_steps(tx: Transaction) -> None:
    """Stores the step of each goal that is in force now, by which lists are read."""
    for statement in STORE_ALL_STEPS:
        await tx.run(statement, now=tx.now)


async def store_passed_steps(tx: Transaction) -> int:
    """The same for some goals whose stored step has passed. Returns their number."""
    return sum([await tx.run(statement, now=tx.now) for statement in STORE_PASSED_STEPS])


async def edges_in_loops(tx: Transaction) -> Iterable[UUID]:
    """The alignments in the loops that made `settle_many` raise."""
    return {row.id for row in await tx.rows(EDGES_IN_LOOPS)}
