"""Merges the carry-overs of a file, which say what became of goals in other cycles."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import or_, select
from uuid_utils.compat import uuid7

from service.carry_overs.decisions import CarryOverDecision
from service.carry_overs.entity import CarryOverItem
from service.carry_overs.models import CarryOver
from service.carry_overs.refusals import GoalElsewhere
from service.errors import Refusal
from service.events.models import Verb
from service.key_results.models import KeyResult
from service.postgres.tables import columns_of, table_of
from service.reading.reader import of_tenant
from service.reading.statements import equals_any, unique_ids
from service.values.parsing import to_json_value
from service.workspace.references import UNRESOLVED, look_up_references
from service.workspace.report import Outcome, Report, Verdict
from service.writing.attempt import Attempt
from service.writing.constraints import Taken
from service.writing.rows import changes_of_new
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row
from service.writing.yielding import let_others

_carry_over = columns_of(CarryOver)
_key_result = columns_of(KeyResult)
# The rows that items may be matched with, and those that have one of their successors.
EXISTING = select(table_of(CarryOver)).where(
    of_tenant(CarryOver),
    or_(
        equals_any(_carry_over.objective_id),
        equals_any(_carry_over.successor_id, "successor_ids"),
    ),
)
OWNERS = select(_key_result.id, _key_result.objective_id).where(of_tenant(KeyResult), equals_any(_key_result.id))
# What a row is matched by: the goal and the cycle.
Key = tuple[UUID, UUID | None, UUID]


class SuccessorMismatch(Refusal):
    """A goal has a successor unless the decision is ABANDON, and that is another goal of its kind: {problem}."""

    meaning = (
        "Carry-over whose successor does not fit: <problem>. Send `successor` unless the decision is ABANDON, and of a "
        "key result `successorKeyResult` too."
    )


class CarryOverDecidedInFuture(Refusal):
    """`decidedAt` ({decided_at}) is in the future."""

    meaning = "Time <decidedAt> of a decision that is in the future. Send an earlier one, or leave it out."


class Existing(NamedTuple):
    """Rows by what they are matched by, the goals that have a successor by that, and the objectives of key results."""

    rows: dict[Key, CarryOver]
    holders: dict[UUID, Key]
    owners: Mapping[UUID, UUID]


async def merge_carry_overs(tx: Transaction, items: Sequence[CarryOverItem], report: Report) -> list[Verdict]:
    """The verdict of each item, in their order."""
    references = await look_up_references(tx, items, report)
    unresolved = [Attempt() for _ in items]
    ends = [references.resolve(item, attempt) for item, attempt in zip(items, unresolved, strict=True)]
    existing = await _existing(tx, ends)
    verdicts: list[Verdict] = []
    for item, own, attempt in zip(items, ends, unresolved, strict=True):
        attempt.note(_check(tx, item, own, existing))
        if attempt.refusal or references.is_skipped(item):
            verdicts.append(attempt.refusal or (Outcome.SKIPPED, None))
        else:
            verdicts.append(_merge(tx, item, own, existing))
        await let_others(len(verdicts))
    return verdicts


async def _existing(tx: Transaction, ends: Sequence[Mapping[str, Any]]) -> Existing:
    ids = unique_ids(own.get("objective_id") for own in ends)
    successor_ids = unique_ids(own.get("successor_id") for own in ends)
    rows = await tx.lock_rows(CarryOver, EXISTING, ids=ids, successor_ids=successor_ids)
    names = ("key_result_id", "successor_key_result_id")
    key_result_ids = unique_ids(own.get(name) for own in ends for name in names)
    owners = await tx.rows(OWNERS, ids=key_result_ids) if key_result_ids else ()
    known = {_key_of(row): row for row in rows}
    return Existing(
        known,
        {holder: key for key, row in known.items() if (holder := _held(_ends_of(row))) is not None},
        {row["id"]: row["objective_id"] for row in owners},
    )


def _ends_of(row: CarryOver) -> Mapping[str, Any]:
    """The ends of a stored row."""
    return {name: getattr(row, name) for name in ("successor_id", "successor_key_result_id", "key_result_id")}


def _held(ends: Mapping[str, Any]) -> UUID | None:
    """The goal that a row makes the successor of another one, of which no other row may."""
    name = "successor_id" if ends.get("key_result_id") is None else "successor_key_result_id"
    id: UUID | None = ends.get(name)
    return id


def _key_of(row: CarryOver) -> Key:
    return row.objective_id, row.key_result_id, row.cycle_id


def _check(tx: Transaction, item: CarryOverItem, ends: Mapping[str, Any], existing: Existing) -> Iterator[Refusal]:
    if item.decided_at is not None and item.decided_at > tx.now:
        yield CarryOverDecidedInFuture(("decidedAt",), decided_at=to_json_value(item.decided_at))
    abandoned = item.decision == CarryOverDecision.ABANDON
    if abandoned and (item.successor or item.successor_key_result):
        yield SuccessorMismatch(("successor",), problem="the decision is ABANDON")
    elif not abandoned and item.successor is None:
        yield SuccessorMismatch(("successor",), problem=f"the decision is {item.decision}")
    elif (item.successor_key_result is None) != (item.key_result is None or abandoned):
        yield SuccessorMismatch(("successorKeyResult",), problem="key results carry on key results")
    elif item.successor is not None and item.successor == item.objective:
        yield SuccessorMismatch(("successor",), problem="it is the goal itself")
    for name, owner in (("key_result", "objective"), ("successor_key_result", "successor")):
        id, owner_id = ends.get(f"{name}_id"), ends.get(f"{owner}_id")
        if id is not None and owner_id != UNRESOLVED and existing.owners.get(id, owner_id) != owner_id:
            field = "keyResult" if owner == "objective" else "successorKeyResult"
            yield GoalElsewhere((field,), thing="key result", owner=owner)
    key = (ends.get("objective_id"), ends.get("key_result_id"), ends.get("cycle_id"))
    held = _held(ends)
    if held is not None and existing.holders.get(held, key) != key:
        name = "successor" if item.key_result is None else "successorKeyResult"
        yield Taken((name,), name=name)


def _merge(tx: Transaction, item: CarryOverItem, ends: Mapping[str, Any], existing: Existing) -> Verdict:
    key = (ends["objective_id"], ends.get("key_result_id"), ends["cycle_id"])
    successors = {name: ends.get(name) for name in ("successor_id", "successor_key_result_id")}
    row = existing.rows.get(key)
    if row is None:
        goal = dict(zip(("objective_id", "key_result_id", "cycle_id"), key, strict=True))
        own = {"organization_id": tx.organization_id, "id": uuid7(), "decision": item.decision}
        row = unsaved_row(CarryOver, {**own, **goal, **successors, "decided_at": item.decided_at or tx.now})
        existing.rows[key] = row
        tx.insert([row])
        _note_holder(existing, successors | goal, key)
        _leave_event(tx, row, changes_of_new(row))
        return Outcome.CREATED, row.id
    values = {"decision": item.decision, **successors, "decided_at": item.decided_at or row.decided_at}
    changes = {
        name: {"before": to_json_value(getattr(row, name)), "after": to_json_value(value)}
        for name, value in values.items()
        if getattr(row, name) != value
    }
    if not changes:
        return Outcome.UNCHANGED, row.id
    if (before := _held(_ends_of(row))) is not None:
        del existing.holders[before]
    for name in changes:
        setattr(row, name, values[name])
    _note_holder(existing, _ends_of(row), key)
    _leave_event(tx, row, changes)
    return Outcome.UPDATED, row.id


def _note_holder(existing: Existing, ends: Mapping[str, Any], key: Key) -> None:
    if (id := _held(ends)) is not None:
        existing.holders[id] = key


def _leave_event(tx: Transaction, row: CarryOver, changes: dict[str, Any]) -> None:
    tx.leave_event(
        *(Verb.CARRIED_OVER, row, changes), event_id=uuid7(), objective_id=row.objective_id, reason=tx.reason
    )
