"""Paths up the goal graph, and the refusal of loops in it."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text

from service.errors import Refusal
from service.reading.row_source import RowSource


class AlignmentLoop(Refusal):
    """The objective would serve itself: the parent is the objective or is already below it."""

    meaning = "Loop of alignments: the parent is the objective itself or is below it already. Choose another parent."


PATHS_UP = text("""
    WITH RECURSIVE up (objective_id, parent_id) AS (
        SELECT objective_id, parent_id FROM alignments
        WHERE organization_id = :organization_id AND objective_id = ANY(CAST(:ids AS uuid[]))
          AND archived_at IS NULL
        UNION
        SELECT a.objective_id, a.parent_id FROM alignments a JOIN up ON a.objective_id = up.parent_id
        WHERE a.organization_id = :organization_id AND a.archived_at IS NULL
    )
    SELECT objective_id, parent_id FROM up""")


# The objectives looked up one by one (OFFSET 0), since the planner does not know how few they are. A row of `up` is an
# objective and one of its parents, or none. `rank` is the length of a path to a root.
_UPWARD = """
    WITH RECURSIVE up (id, parent_id) AS (
        SELECT start.id, above.parent_id FROM unnest(CAST(:ids AS uuid[])) AS start (id) LEFT JOIN LATERAL (
            SELECT a.parent_id FROM alignments a WHERE a.organization_id = :organization_id
               AND a.objective_id = start.id AND a.archived_at IS NULL OFFSET 0
        ) above ON true
        UNION
        SELECT up.parent_id, above.parent_id FROM up LEFT JOIN LATERAL (
            SELECT a.parent_id FROM alignments a WHERE a.organization_id = :organization_id
               AND a.objective_id = up.parent_id AND a.archived_at IS NULL OFFSET 0
        ) above ON true
        WHERE up.parent_id IS NOT NULL
    ), paths (id, rank) AS (
        SELECT id, 0 FROM up WHERE parent_id IS NULL
        UNION
        SELECT up.id, paths.rank + 1 FROM paths JOIN up ON up.parent_id = paths.id
    ), ranks AS MATERIALIZED (SELECT id, max(rank) AS rank FROM paths GROUP BY id)"""
UPWARD = text(f"{_UPWARD} SELECT id FROM ranks ORDER BY rank DESC, id")
LOCK_UPWARD = text(f"""{_UPWARD}
    SELECT o.id FROM objectives o JOIN ranks ON ranks.id = o.id
    WHERE o.organization_id = :organization_id AND o.id = ANY(ARRAY(SELECT id FROM ranks))
    ORDER BY ranks.rank DESC, o.id
    FOR NO KEY UPDATE OF o""")


async def above(source: RowSource, ids: Iterable[UUID]) -> set[UUID]:
    """The objectives that these objectives serve, directly or not."""
    return {row.parent_id for row in await source.rows(PATHS_UP, ids=list(ids))}


async def upward(source: RowSource, ids: Iterable[UUID], *, lock: bool = False) -> list[UUID]:
    """These objectives and all above them, each child before its parents; locked if `lock`.

    The order is by the longest path to a root, then by id. All transactions lock rows in it, which prevents deadlocks.
    """
    return [row.id for row in await source.rows(LOCK_UPWARD if lock else UPWARD, ids=list(ids))]
