"""Moves an objective to another parent: its primary alignment is replaced in one change."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.alignment.commands import align, end, primary_edge, reorder
from service.alignment.edge_request import Wish
from service.alignment.models import Alignment
from service.errors import Refusal
from service.people.permissions import ensure_editor
from service.writing.refusals import NotFound
from service.writing.transaction import Transaction


class DestinationMissing(Refusal):
    """Say where to: either `parentId`, which is null for the top of the tree, or `parentKeyResultId`."""

    meaning = (
        "Move without a destination, or with two. Send either `parentId`, which is null for the top of the tree, or "
        "`parentKeyResultId`."
    )


@dataclass(frozen=True, slots=True)
class Destination:
    """Where an objective goes: below an objective or a key result, one of the two, or to the top of the tree.

    `after` is the sibling objective that it follows; None is the first place, and `is_last` the last one.
    """

    parent_id: UUID | None = None
    parent_key_result_id: UUID | None = None
    is_top: bool = False
    after: UUID | None = None
    is_last: bool = True


@dataclass(frozen=True, slots=True)
class Moved:
    """What a move came to: the new primary alignment, and the objective that was the primary parent before."""

    alignment_id: UUID | None
    previous_parent_id: UUID | None


async def move_objective(tx: Transaction, id: UUID, destination: Destination, reason: str | None = None) -> Moved:
    """Replaces the primary alignment of an objective by one to its new parent; other alignments stay.

    The new alignment takes over kind and weight, unless the objective is aligned with the new parent already.
    Raises NotFound, Archived, DestinationMissing and AlignmentLoop.
    """
    ensure_editor(tx.viewer)
    has_parent = destination.parent_id is not None, destination.parent_key_result_id is not None
    if sum((*has_parent, destination.is_top)) != 1:
        raise DestinationMissing(("parentId",))
    old = await primary_edge(tx, id)
    previous = old.parent_id if old else None
    stays = old is not None and _leads_to(old, destination)
    if old is not None and not stays:
        await end(tx, old, reason)
    if destination.is_top:
        return Moved(None, previous)
    edge_id = old.id if old is not None and stays else await _aligned(tx, id, destination, old, reason)
    if not destination.is_last:
        await reorder(tx, edge_id, await _edge_of_sibling(tx, edge_id, destination.after))
    return Moved(edge_id, previous)


async def _aligned(
    tx: Transaction, id: UUID, destination: Destination, old: Alignment | None, reason: str | None
) -> UUID:
    wish = Wish(id, destination.parent_id, destination.parent_key_result_id, is_primary=True)
    return await align(tx, wish, like=old, reason=reason)


def _leads_to(edge: Alignment, destination: Destination) -> bool:
    if edge.parent_key_result_id is not None or destination.parent_key_result_id is not None:
        return edge.parent_key_result_id == destination.parent_key_result_id
    return edge.parent_id == destination.parent_id


async def _edge_of_sibling(tx: Transaction, edge_id: UUID, sibling: UUID | None) -> UUID | None:
    """The alignment of a sibling with the same parent. Raises NotFound."""
    if sibling is None:
        return None
    table: Any = Alignment
    parent = select(table.parent_id).where(table.organization_id == tx.organization_id, table.id == edge_id)
    rows = await tx.rows(
        select(table.id)
        .where(
            table.organization_id == tx.organization_id,
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
