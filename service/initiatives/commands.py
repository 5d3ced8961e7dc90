"""Changes to initiatives, and to the key results that they serve."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from sqlalchemy import bindparam, select
from uuid_utils.compat import uuid7

from service.errors import Refusal
from service.events.models import Verb
from service.initiatives.check_ins.commands import STATED, check_progress, exact, state_now
from service.initiatives.locking import lock_initiative
from service.initiatives.models import Initiative, InitiativeKeyResult
from service.key_results.models import KeyResult
from service.people.goal_access import ensure_seen
from service.people.permissions import ensure_editor
from service.postgres.tables import columns_of, table_of
from service.reading.reader import of_tenant
from service.writing.change import Change
from service.writing.refusals import Archived, NotFound
from service.writing.rows import advance, apply_change, changes_of_new
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row

_served = columns_of(InitiativeKeyResult)
LOCK = (
    select(table_of(InitiativeKeyResult))
    .where(
        of_tenant(InitiativeKeyResult),
        _served.initiative_id == bindparam("initiative_id", type_=_served.initiative_id.type),
        _served.key_result_id == bindparam("key_result_id", type_=_served.key_result_id.type),
    )
    .with_for_update(key_share=True)
)


class InitiativeProgressNotRemovable(Refusal):
    """The progress of an initiative cannot be removed. Withdraw the check-in that states it."""

    meaning = "Progress of an initiative that is to be removed. Withdraw the check-in that states it."


class InitiativeDatesInverted(Refusal):
    """The initiative is due on {due}, before it begins on {start}."""

    meaning = "Day <due> that an initiative is due on, before its first day <start>. Send a day that is not before it."


def check(initiative: Initiative) -> Iterator[Refusal]:
    """Yields what is wrong with the dates of an initiative."""
    start, due = initiative.starts_on, initiative.due_on
    if start is not None and due is not None and due < start:
        yield InitiativeDatesInverted(("dueOn",), start=start.isoformat(), due=due.isoformat())


async def create(tx: Transaction, initiatives: Sequence[Initiative]) -> None:
    """Adds initiatives. Notes the refusals of `check`, and InitiativeProgressOutOfRange."""
    ensure_editor(tx.viewer)
    for initiative in initiatives:
        initiative.progress = exact(initiative.progress)
        initiative.initial_state, initiative.initial_progress = initiative.state, initiative.progress
        tx.attempt.note(check_progress(initiative.progress))
        tx.attempt.note(check(initiative))
    tx.insert(initiatives)
    for initiative in initiatives:
        tx.record(Verb.CREATED, initiative, changes_of_new(initiative))


async def change(tx: Transaction, requested: Change) -> None:
    """Changes an initiative. Another state or progress is stated in a check-in as of now, whose note is the reason.

    Raises NotFound, NotEditable and Archived; notes the refusals of `check`, InitiativeProgressOutOfRange and
    InitiativeProgressNotRemovable.
    """
    initiative = await lock_initiative(tx, requested.id)
    stated, others = _split(initiative, requested.values)
    if "progress" in stated:
        tx.attempt.note(check_progress(stated["progress"]))
        tx.attempt.note([InitiativeProgressNotRemovable(("progress",))] if stated["progress"] is None else ())
    changes = await apply_change(tx, initiative, replace(requested, values=others))
    tx.attempt.note(check(initiative))
    if changes:
        tx.record(Verb.UPDATED, initiative, changes, requested=requested)
    elif stated:
        advance(tx, initiative)
    if stated:
        tx.attempt.ensure_fine()
        await state_now(tx, initiative, stated, requested.reason)


def _split(initiative: Initiative, values: Mapping[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Of the values of a change those that are stated anew in a check-in, and those of columns that it sets."""
    stated = {name: values[name] for name in STATED if name in values}
    if "progress" in stated:
        stated["progress"] = exact(stated["progress"])
    others = {name: value for name, value in values.items() if name not in STATED}
    return {name: value for name, value in stated.items() if getattr(initiative, name) != value}, others


async def lock_to_archive(tx: Transaction, id: UUID, archived: bool) -> tuple[Initiative, Sequence[UUID]]:
    """The initiative to archive or restore. It counts in no objective."""
    return await lock_initiative(tx, id, allow_archived=True), ()


async def link(tx: Transaction, initiative_id: UUID, key_result_id: UUID) -> Verb | None:
    """Says that an initiative serves a key result, which the viewer has to see; LINKED, or None if it does already."""
    initiative = await lock_initiative(tx, initiative_id, "initiativeId")
    key_result = await _key_result(tx, key_result_id)
    if key_result.archived_at is not None:
        raise Archived(("keyResultId",), thing="key result")
    served = await _lock_served(tx, initiative_id, key_result_id)
    if served is not None and served.ended_at is None:
        return None
    if served is None:
        ends = {"initiative_id": initiative_id, "key_result_id": key_result_id}
        own = {"organization_id": tx.organization_id, "id": uuid7(), "created_at": tx.now}
        tx.insert([unsaved_row(InitiativeKeyResult, {**own, **ends})])
    else:
        served.ended_at = None
    _record(tx, Verb.LINKED, initiative, key_result, "after")
    return Verb.LINKED


async def unlink(tx: Transaction, initiative_id: UUID, key_result_id: UUID) -> None:
    """Says that an initiative does not serve a key result any more; the row stays. Twice changes nothing."""
    initiative = await lock_initiative(tx, initiative_id, "initiativeId", allow_archived=True)
    key_result = await _key_result(tx, key_result_id)
    served = await _lock_served(tx, initiative_id, key_result_id)
    if served is not None and served.ended_at is None:
        served.ended_at = tx.now
        _record(tx, Verb.UNLINKED, initiative, key_result, "before")


async def _key_result(tx: Transaction, id: UUID) -> KeyResult:
    """The key result of a link, unlocked: one that is archived meanwhile is as one that was archived afterwards."""
    [key_result] = await tx.lock(KeyResult, [id], update=False)
    if key_result is None:
        raise NotFound(("keyResultId",), thing="key result")
    await ensure_seen(tx, KeyResult, keyResultId=id)
    return key_result


async def _lock_served(tx: Transaction, initiative_id: UUID, key_result_id: UUID) -> InitiativeKeyResult | None:
    await tx.flush()
    ends = {"initiative_id": initiative_id, "key_result_id": key_result_id}
    return next(iter(await tx.lock_rows(InitiativeKeyResult, LOCK, **ends)), None)


def _record(tx: Transaction, verb: Verb, initiative: Initiative, key_result: KeyResult, side: str) -> None:
    """Records a change of what an initiative serves, as one of the initiative, beside the objective concerned."""
    changes = {"key_result_id": {side: str(key_result.id)}}
    tx.record(verb, initiative, changes, objectives=[key_result.objective_id], settles=False)
