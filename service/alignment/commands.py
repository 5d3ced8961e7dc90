"""Changes to alignments. They need the goal graph for themselves: open the transaction `exclusive`."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.alignment.models import Alignment, AlignmentFacts, AlignmentKind
from service.alignment.paths import AlignmentCycle, above
from service.changing import Archived, Change, NotFound, apply, archive, created, locked, new, restore
from service.events.models import Verb
from service.key_results.definition import WeightNegative
from service.key_results.models import KeyResult
from service.moving import move
from service.objectives.models import Objective
from service.people.permissions import ensure_editor
from service.transaction import Transaction

FACTS = ("external_id", *AlignmentFacts.model_fields)


@dataclass(frozen=True, slots=True)
class Wish:
    """An edge from an objective to an objective or to a key result, exactly one of the two.

    `is_primary` None: primary when the objective has no other primary parent.
    """

    objective_id: UUID
    parent_id: UUID | None = None
    parent_key_result_id: UUID | None = None
    kind: AlignmentKind = AlignmentKind.CONTRIBUTES
    weight: float = 1.0
    is_primary: bool | None = None
    id: UUID | None = None
    external_id: str | None = None


async def align(tx: Transaction, wish: Wish) -> UUID:
    """Makes an edge, or brings an existing one to what is wished; its id. Raises AlignmentCycle."""
    ensure_editor(tx.viewer)
    objective = await locked(tx, Objective, wish.objective_id, field="objectiveId")
    parent_id = await _parent(tx, wish)
    if parent_id == objective.id or objective.id in await above(tx, [parent_id]):
        raise AlignmentCycle(("parentId",))
    existing = await _edges(tx, objective.id)
    found = [e for e in existing if (e.parent_id, e.parent_key_result_id) == (parent_id, wish.parent_key_result_id)]
    active = [e for e in existing if e.archived_at is None and e not in found]
    primary = wish.is_primary
    if primary is None:
        primary = found[0].is_primary if found and not found[0].archived_at else not any(e.is_primary for e in active)
    values = {"kind": wish.kind, "weight": wish.weight, "is_primary": primary}
    _check(values)
    if primary:
        await _give_way(tx, active)
    if found:
        [edge] = found
        back = restore(tx, edge)
        changes = await apply(tx, edge, Change(edge.id, values))
        if back or changes:
            _record(tx, Verb.ALIGNED if back else Verb.UPDATED, edge, changes)
        return edge.id
    facts = {
        "id": wish.id,
        "external_id": wish.external_id,
        "objective_id": objective.id,
        "parent_id": parent_id,
        "parent_key_result_id": wish.parent_key_result_id,
    }
    edge = new(tx, Alignment, facts | values)
    tx.insert([edge])
    _record(tx, Verb.ALIGNED, edge, created(edge, FACTS))
    return edge.id


async def change(tx: Transaction, wanted: Change) -> None:
    """Changes kind, weight or primacy of an edge."""
    ensure_editor(tx.viewer)
    edge = await locked(tx, Alignment, wanted.id)
    _check(wanted.values)
    if wanted.values.get("is_primary") and not edge.is_primary:
        await _give_way(tx, [e for e in await _edges(tx, edge.objective_id) if e.archived_at is None])
    changes = await apply(tx, edge, wanted)
    if changes:
        _record(tx, Verb.UPDATED, edge, changes, wanted)


async def unalign(tx: Transaction, id: UUID, reason: str | None = None) -> None:
    """Takes an edge away; the oldest other parent becomes primary when the primary one goes."""
    ensure_editor(tx.viewer)
    edge = await locked(tx, Alignment, id, archived=True)
    was_primary = edge.is_primary
    if not archive(tx, edge):
        return
    edge.is_primary = False
    _record(tx, Verb.UNALIGNED, edge, {}, Change(id, {}, reason=reason))
    await tx.session.flush()
    heirs = [e for e in await _edges(tx, edge.objective_id) if e.archived_at is None] if was_primary else []
    if heirs:
        heir = min(heirs, key=lambda e: (e.created_at, e.id))
        _record(tx, Verb.UPDATED, heir, await apply(tx, heir, Change(heir.id, {"is_primary": True})))


async def reorder(tx: Transaction, id: UUID, after: UUID | None) -> None:
    """Puts an edge right after another one of the same parent, or first: the order of children."""
    ensure_editor(tx.viewer)
    edge = await locked(tx, Alignment, id)
    await move(tx, edge, "parent_id", after, lambda row, changes: _record(tx, Verb.REORDERED, row, changes))


async def _parent(tx: Transaction, wish: Wish) -> UUID:
    """The objective served, by itself or by way of its key result; neither may be archived."""
    if wish.parent_key_result_id is not None:
        [key_result] = await tx.lock(KeyResult, [wish.parent_key_result_id])
        if key_result is None:
            raise NotFound(("parentKeyResultId",), thing="key result")
        if key_result.archived_at is not None:
            raise Archived(("parentKeyResultId",), thing="key result")
        return key_result.objective_id
    if wish.parent_id is None:
        raise NotFound(("parentId",), thing="objective")
    return (await locked(tx, Objective, wish.parent_id, field="parentId")).id


async def _edges(tx: Transaction, objective_id: UUID) -> list[Alignment]:
    table: Any = Alignment
    query = select(Alignment).where(table.organization_id == tx.organization_id, table.objective_id == objective_id)
    return list((await tx.session.scalars(query)).all())


async def _give_way(tx: Transaction, edges: list[Alignment]) -> None:
    """One parent is primary at a time; the others give way first, since an index holds to it."""
    for edge in edges:
        changes = await apply(tx, edge, Change(edge.id, {"is_primary": False}))
        if changes:
            _record(tx, Verb.UPDATED, edge, changes)
    await tx.session.flush()


def _check(values: Mapping[str, Any]) -> None:
    if values.get("weight", 0) < 0:
        raise WeightNegative(("weight",), weight=values["weight"])


def _record(
    tx: Transaction, verb: Verb, edge: Alignment, changes: dict[str, Any], wanted: Change | None = None
) -> None:
    tx.record(
        verb,
        edge,
        changes,
        objective_id=edge.objective_id,
        touches=[edge.objective_id, edge.parent_id],
        effective_at=wanted.effective_at if wanted else None,
        reason=wanted.reason if wanted else None,
    )
