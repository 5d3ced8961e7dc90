"""Moves an objective to another parent by replacing its primary alignment."""

from uuid import UUID

from sqlalchemy import select

from service.alignment.commands import align_locked, end, reorder
from service.alignment.edge_request import AlignmentRequest
from service.alignment.locked_ends import lock_ends
from service.alignment.models import Alignment
from service.cycles.admission import check_cycle
from service.cycles.states import CycleAction
from service.errors import Refusal
from service.objectives.models import Objective
from service.people.goal_access import ensure_seen
from service.people.permissions import ensure_editor
from service.postgres.tables import columns_of
from service.reading.reader import of_tenant
from service.values.record import record
from service.writing.refusals import NotFound
from service.writing.rows import ensure_not_archived
from service.writing.transaction import Transaction


class DestinationMissing(Refusal):
    """Say where to: either `parentId`, which is null for the top of the tree, or `parentKeyResultId`."""

    meaning = (
        "Move without a destination, or with two. Send either `parentId`, which is null for the top of the tree, or "
        "`parentKeyResultId`."
    )


@record
class Destination:
    """The new position of an objective: below an objective or a key result, or at the top of the tree.

    It becomes the last sibling with `is_last`, else it follows the sibling `after`; None: it becomes the first.
    """

    parent_id: UUID | None = None
    parent_key_result_id: UUID | None = None
    is_top: bool = False
    after: UUID | None = None
    is_last: bool = True


@record
class MoveResult:
    """The result of a move: the new primary alignment and the former primary parent."""

    alignment_id: UUID | None
    previous_parent_id: UUID | None


async def move_objective(tx: Transaction, id: UUID, destination: Destination, reason: str | None = None) -> MoveResult:
    """Replaces the primary alignment of an objective by one to its new parent; other alignments stay.

    The new alignment keeps kind and weight, unless the objective is aligned with the new parent already.
    Raises NotFound, Archived, DestinationMissing and AlignmentLoop.
    """
    ensure_editor(tx.viewer)
    has_parent = destination.parent_id is not None, destination.parent_key_result_id is not None
    if sum((*has_parent, destination.is_top)) != 1:
        raise DestinationMissing(("parentId",))
    request = AlignmentRequest(id, destination.parent_id, destination.parent_key_result_id, is_primary=True)
    ends = await lock_ends(tx, request)
    if ends.objective is None:
        raise NotFound(("id",), thing="objective")
    ensure_not_archived(ends.objective)
    old = next((edge for edge in ends.edges if edge.is_primary and edge.archived_at is None), None)
    previous = old.parent_id if old else None
    if old is not None and _has_destination(old, destination):
        edge_id = old.id
    else:
        if old is not None:
            if (cycle := ends.cycles.get(old.parent_id)) is not None:
                tx.attempt.note(check_cycle(tx, cycle, CycleAction.EDIT, "id"))
            end(tx, old, reason)
        if destination.is_top:
            ends.settle_parents(tx)
            return MoveResult(None, previous)
        if any(_has_destination(edge, destination) for edge in ends.edges):
            # One edge is primary at a time, and two changes of one statement have no order.
            await tx.flush()
        edge_id = await align_locked(tx, request, ends, like=old, reason=reason)
    if not destination.is_last:
        await ensure_seen(tx, Objective, afterId=destination.after)
        await tx.flush()
        await reorder(tx, edge_id, await _edge_of_sibling(tx, edge_id, destination.after))
        ends.settle_parents(tx)
    return MoveResult(edge_id, previous)


def _has_destination(edge: Alignment, destination: Destination) -> bool:
    if edge.parent_key_result_id is not None or destination.parent_key_result_id is not None:
        return edge.parent_key_result_id == destination.parent_key_result_id
    return edge.parent_id == destination.parent_id


async def _edge_of_sibling(tx: Transaction, edge_id: UUID, sibling: UUID | None) -> UUID | None:
    """The alignment of a sibling with the same parent. Raises NotFound."""
    if sibling is None:
        return None
    table = columns_of(Alignment)
    parent = select(table.parent_id).where(of_tenant(Alignment), table.id == edge_id)
    rows = await tx.rows(
        select(table.id)
        .where(
            of_tenant(Alignment),
            table.objective_id == sibling,
            table.parent_id == parent.scalar_subquery(),
            table.archived_at.is_(None),
        )
        .order_by(table.is_primary.desc(), table.created_at, table.id)
    )
    if not rows:
        raise NotFound(("afterId",), thing="objective below the new parent")
    id: UUID = rows[0].id
    return id
