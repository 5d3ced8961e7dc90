"""Changes to cycles."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import select

from service.cycles.calendar import instants
from service.cycles.models import CLOSED, Cycle, CycleFacts
from service.errors import Refusal
from service.events.models import Verb
from service.people.models import Organization
from service.people.permissions import ensure_administrator
from service.writing.entities import Change, apply, archive, created, locked, new, restore
from service.writing.transaction import Transaction

_cycle: Any = Cycle
_organization: Any = Organization
FACTS = ("external_id", *CycleFacts.model_fields)


class CycleDatesInverted(Refusal):
    """The cycle would end on {ends_on}, before it starts on {starts_on}."""


class CycleDateOutOfRange(Refusal):
    """A cycle lies between the years 1900 and 2200."""


class CycleOutsideParent(Refusal):
    """The cycle ({starts_on} to {ends_on}) reaches outside its parent cycle ({parent_starts_on} to
    {parent_ends_on})."""


class CycleLoop(Refusal):
    """A cycle cannot be inside itself, directly or by way of its own child cycles."""


def draft(tx: Transaction, values: Mapping[str, Any], time_zone: str) -> Cycle:
    """A new cycle. Notes CycleDatesInverted or CycleDateOutOfRange."""
    return new(tx, Cycle, {**values, **_span(tx, values["starts_on"], values["ends_on"], time_zone)})


async def create(tx: Transaction, cycles: Sequence[Cycle]) -> None:
    """Adds cycles. Raises CycleOutsideParent."""
    ensure_administrator(tx.viewer)
    tx.insert(cycles)
    await _check_parents(tx, cycles)
    for cycle in cycles:
        tx.record(Verb.CREATED, cycle, created(cycle, FACTS))


async def change(tx: Transaction, wanted: Change) -> None:
    """Changes a cycle; other dates, or closing or reopening it, settle all objectives in it anew."""
    ensure_administrator(tx.viewer)
    cycle = await locked(tx, Cycle, wanted.id)
    was_closed = cycle.state in CLOSED
    values = dict(wanted.values)
    if "starts_on" in values or "ends_on" in values:
        first, last = values.get("starts_on", cycle.starts_on), values.get("ends_on", cycle.ends_on)
        values |= _span(tx, first, last, await time_zone(tx))
    changes = await apply(
        tx, cycle, Change(cycle.id, values, wanted.expected_version, wanted.effective_at, wanted.reason)
    )
    if not changes:
        return
    if {"parent_id", "starts_at", "ends_at"} & changes.keys():
        await _check_parents(tx, [cycle])
    if {"starts_at", "ends_at"} & changes.keys() or was_closed != (cycle.state in CLOSED):
        tx.touched_cycles.add(cycle.id)
    tx.record(Verb.UPDATED, cycle, changes, effective_at=wanted.effective_at, reason=wanted.reason)


async def set_archived(tx: Transaction, id: UUID, archived: bool, reason: str | None = None) -> None:
    """Archives or restores a cycle; doing it twice changes nothing."""
    ensure_administrator(tx.viewer)
    cycle = await locked(tx, Cycle, id, archived=True)
    if archive(tx, cycle) if archived else restore(tx, cycle):
        tx.record(Verb.ARCHIVED if archived else Verb.RESTORED, cycle, {}, reason=reason)


async def time_zone(tx: Transaction) -> str:
    """The organization's time zone."""
    zone: str = (
        await tx.session.scalars(select(_organization.time_zone).where(_organization.id == tx.organization_id))
    ).one()
    return zone


def _span(tx: Transaction, starts_on: date, ends_on: date, zone: str) -> dict[str, Any]:
    if ends_on < starts_on:
        tx.attempt.note([CycleDatesInverted(("endsOn",), starts_on=starts_on, ends_on=ends_on)])
    if starts_on.year < 1900 or ends_on.year > 2200:
        tx.attempt.note([CycleDateOutOfRange(("startsOn",) if starts_on.year < 1900 else ("endsOn",))])
    starts_at, ends_at = instants(starts_on, ends_on, zone)
    return {"starts_on": starts_on, "ends_on": ends_on, "starts_at": starts_at, "ends_at": ends_at}


async def _check_parents(tx: Transaction, cycles: Sequence[Cycle]) -> None:
    """These cycles lie inside their parents, their own parts inside them, and nothing inside itself."""
    await tx.flush()
    changed = {cycle.id for cycle in cycles}
    rows = await tx.rows(
        select(_cycle.id, _cycle.parent_id, _cycle.starts_on, _cycle.ends_on).where(
            _cycle.organization_id == tx.organization_id
        )
    )
    known = {row.id: row for row in rows}
    for row in rows:
        parent = known.get(row.parent_id)
        if parent is None or not {row.id, parent.id} & changed:
            continue
        if not parent.starts_on <= row.starts_on <= row.ends_on <= parent.ends_on:
            raise CycleOutsideParent(
                ("parentId",),
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                parent_starts_on=parent.starts_on,
                parent_ends_on=parent.ends_on,
            )
        seen = {row.id}
        while parent:
            if parent.id in seen:
                raise CycleLoop(("parentId",))
            seen.add(parent.id)
            parent = known.get(parent.parent_id)
