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


async def above(source: RowSource, ids: Iterable[UUID]) -> set[UUID]:
    """The objectives that these objectives serve, directly or not."""
    return {row.parent_id for row in await source.rows(PATHS_UP, ids=list(ids))}


async def upward(source: RowSource, ids: Iterable[UUID]) -> list[UUID]:
    """These objectives and all above them, each child before its parents.

    The order is by the longest path to a root, then by id. All transactions lock rows in it, which prevents deadlocks.
    """
    start = list(ids)
    parents: dict[UUID, list[UUID]] = {id: [] for id in start}
    for row in await source.rows(PATHS_UP, ids=start):
        parents.setdefault(row.objective_id, []).append(row.parent_id)
        parents.setdefault(row.parent_id, [])
    depths: dict[UUID, int] = {}
    for id in parents:
        _compute_depths(id, parents, depths)
    return sorted(parents, key=lambda id: (-depths[id], id))


def _compute_depths(id: UUID, parents: dict[UUID, list[UUID]], depths: dict[UUID, int]) -> None:
    """Adds the lengths of the longest paths to a root; without recursion, since trees may be deep."""
    stack = [id]
    while stack:
        pending = [parent for parent in parents[stack[-1]] if parent not in depths]
        if pending:
            stack += pending
        else:
            node = stack.pop()
            depths[node] = 1 + max((depths[parent] for parent in parents[node]), default=-1)
