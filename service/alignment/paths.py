"""The ways up the goal graph, and the rule that none comes back to where it began."""

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import text

from service.errors import Refusal
from service.reading.row_source import Rows


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


async def above(source: Rows, ids: Iterable[UUID]) -> set[UUID]:
    """Everything that these objectives serve, directly or not."""
    return {row.parent_id for row in await source.rows(PATHS_UP, ids=list(ids))}


async def upward(source: Rows, ids: Iterable[UUID]) -> list[UUID]:
    """These objectives and all above them, each child before its parents, in the same order for everybody.

    The order is by the longest way to a root, then by id; rows are locked in it, so nobody waits in a ring.
    """
    start = list(ids)
    parents: dict[UUID, list[UUID]] = {id: [] for id in start}
    for row in await source.rows(PATHS_UP, ids=start):
        parents.setdefault(row.objective_id, []).append(row.parent_id)
        parents.setdefault(row.parent_id, [])
    depths: dict[UUID, int] = {}
    for id in parents:
        _measure(id, parents, depths)
    return sorted(parents, key=lambda id: (-depths[id], id))


def _measure(id: UUID, parents: dict[UUID, list[UUID]], depths: dict[UUID, int]) -> None:
    """Fills in the longest way to a root; with a stack of its own, since trees may be deeper than Python's."""
    stack = [id]
    while stack:
        unknown = [parent for parent in parents[stack[-1]] if parent not in depths]
        if unknown:
            stack += unknown
        else:
            node = stack.pop()
            depths[node] = 1 + max((depths[parent] for parent in parents[node]), default=-1)
