"""Checking in: a value, a confidence, a note, dated inside the cycle."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from service.check_ins.models import CheckIn, SaidStatus
from service.check_ins.row_commands import CheckInKind, add, makers
from service.cycles.admission import GoalCycle
from service.cycles.states import CycleAction
from service.errors import Refusal
from service.key_results.locking import lock_upward_from
from service.key_results.models import KeyResult, KeyResultKind, ValueSource
from service.objectives.locking import lock_objective
from service.objectives.models import Objective, ProgressSource
from service.people.models import Person
from service.people.permissions import checks_in_for_others, ensure_editor
from service.reading.statements import unique_ids
from service.values.parsing import to_json_value
from service.values.record import record
from service.writing.refusals import NotFound
from service.writing.rows import refusal_of_archived
from service.writing.texts import check_texts
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row

FACTS = ("value", "confidence", "status", "note", "at")
KIND = CheckInKind(CheckIn, FACTS, ("objective_id", "key_result_id"))


class CheckInEmpty(Refusal):
    """A check-in says something: give a value, a confidence, a status or a note."""

    meaning = "Empty check-in. Send a value, a confidence, a status or a note."


class CheckInOutsideCycle(Refusal):
    """A check-in is dated inside its cycle and not in the future: from {starts_at} to {ends_at}."""

    meaning = (
        "Date of a check-in outside its cycle or in the future. Send an `at` from <startsAt> on, before <endsAt> and "
        "not later than now."
    )


class ValueComputed(Refusal):
    """The value comes from {source}, so it cannot be given by hand. Leave `value` out, or change the source."""

    meaning = "Value in a check-in on a goal whose value comes from <source>. Leave `value` out, or change the source."


class ValueOutOfRange(Refusal):
    """The value of {what} is {allowed}, not {value}."""

    meaning = "Value <value> in a check-in on <what>, outside its range. Send <allowed>."


class ConfidenceOutOfRange(Refusal):
    """A confidence is a fraction from 0 to 1, not {confidence}."""

    meaning = "Confidence <confidence>, outside its range. Send a fraction from <minimum> to <maximum>."


class SubjectAmbiguous(Refusal):
    """A check-in is about either a key result or an objective. Name one of them."""

    meaning = "Check-in about nothing, or about two goals. Name either its key result or its objective."


class AuthorForbidden(Refusal):
    """You may not check in on behalf of another person. Leave `authorId` out, ask an administrator, or use an API key
    with the scope ACT_AS."""

    is_about_rights = True
    meaning = (
        "Check-in on behalf of another person, by a caller that is neither ADMIN nor OWNER and has no API key with the "
        "scope ACT_AS. Leave `authorId` out, or ask an administrator."
    )


@record
class CheckInDraft:
    """What is said: `value` in the unit of the key result, or as a fraction of the objective; `at` is when
    it was true, None for now. `author_id` is the person on whose behalf, None for the viewer."""

    value: Decimal | None = None
    confidence: float | None = None
    status: SaidStatus | None = None
    note: str | None = None
    at: datetime | None = None
    author_id: UUID | None = None
    id: UUID | None = None
    external_id: str | None = None


async def check_in_key_result(tx: Transaction, key_result_id: UUID, draft: CheckInDraft) -> UUID:
    """Adds a check-in to a key result; its id."""
    ensure_editor(tx.viewer)
    tx.attempt.note(check_statement(draft))
    tx.attempt.note(check_author(tx, draft.author_id, await load_authors(tx, [draft.author_id])))
    key_result, locked = await lock_upward_from(tx, key_result_id, [CycleAction.CHECK_IN], field="keyResultId")
    tx.attempt.note(check_on_key_result(key_result, draft))
    return make(tx, draft, await locked.cycle(tx), key_result.objective_id, key_result.id)


async def check_in_objective(tx: Transaction, objective_id: UUID, draft: CheckInDraft) -> UUID:
    """Adds a check-in to an objective itself; its id."""
    ensure_editor(tx.viewer)
    tx.attempt.note(check_statement(draft))
    tx.attempt.note(check_author(tx, draft.author_id, await load_authors(tx, [draft.author_id])))
    locked = await lock_objective(tx, objective_id, [CycleAction.CHECK_IN], field="objectiveId")
    tx.attempt.note(check_on_objective(locked.objective, draft))
    return make(tx, draft, await locked.cycle(tx), objective_id, None)


async def load_authors(tx: Transaction, ids: Iterable[UUID | None]) -> Mapping[UUID, Person]:
    """The people with these ids on whose behalf the viewer may check in; without those that are not there."""
    others = [id for id in unique_ids(ids) if id != tx.viewer.person_id]
    if not checks_in_for_others(tx.viewer):
        return {}
    return {each.id: each for each in await tx.lock(Person, others, update=False) if each is not None}


def check_author(tx: Transaction, id: UUID | None, authors: Mapping[UUID, Person]) -> Iterator[Refusal]:
    """Yields why the viewer may not check in on behalf of a person; nothing for itself. `authors` has the person."""
    if id is None or id == tx.viewer.person_id:
        return
    if not checks_in_for_others(tx.viewer):
        yield AuthorForbidden(("authorId",))
    elif id not in authors:
        yield NotFound(("authorId",), thing="person")
    elif authors[id].archived_at is not None:
        yield refusal_of_archived(authors[id], "authorId")


def check_statement(draft: CheckInDraft) -> Iterator[Refusal]:
    """Yields a Refusal for each thing that is wrong with a statement, whatever it is about."""
    yield from check_texts({"external_id": draft.external_id, "note": draft.note})
    if draft.value is None and draft.confidence is None and draft.status is None and not (draft.note or "").strip():
        yield CheckInEmpty()
    if draft.confidence is not None and not 0 <= draft.confidence <= 1:
        yield ConfidenceOutOfRange(("confidence",), confidence=draft.confidence, minimum=0, maximum=1)


def check_on_key_result(key_result: KeyResult, draft: CheckInDraft) -> Iterator[Refusal]:
    """Yields a Refusal for each thing that is wrong with a statement about a key result."""
    yield from check_statement(draft)
    if draft.value is None:
        return
    if key_result.value_source != ValueSource.MANUAL:
        yield ValueComputed(("value",), source=key_result.value_source)
    if key_result.kind == KeyResultKind.BINARY and draft.value not in (0, 1):
        value = to_json_value(draft.value)
        yield ValueOutOfRange(("value",), what="a binary key result", allowed="0 or 1", value=value)


def check_on_objective(objective: Objective, draft: CheckInDraft) -> Iterator[Refusal]:
    """Yields a Refusal for each thing that is wrong with a statement about an objective."""
    yield from check_statement(draft)
    if draft.value is None:
        return
    if objective.progress_source != ProgressSource.MANUAL:
        yield ValueComputed(("value",), source=objective.progress_source)
    if not 0 <= draft.value <= 1:
        yield ValueOutOfRange(
            ("value",), what="an objective", allowed="a fraction from 0 to 1", value=to_json_value(draft.value)
        )


def dated(tx: Transaction, draft: CheckInDraft, cycle: GoalCycle) -> dict[str, Any]:
    """The columns of a check-in at its date. Notes CheckInOutsideCycle."""
    at = draft.at or tx.now
    tx.attempt.note(check_date(tx, at, cycle))
    return {
        "id": draft.id or uuid7(),
        "external_id": draft.external_id,
        "value": draft.value,
        "confidence": draft.confidence,
        "status": draft.status,
        "note": draft.note,
        "at": at,
    }


def check_date(tx: Transaction, at: datetime, cycle: GoalCycle) -> Iterator[Refusal]:
    """Yields CheckInOutsideCycle for a date outside the cycle or in the future."""
    if not (cycle.starts_at <= at < cycle.ends_at and at <= tx.now):
        span = {"starts_at": to_json_value(cycle.starts_at), "ends_at": to_json_value(cycle.ends_at)}
        yield CheckInOutsideCycle(("at",), **span)


def make(
    tx: Transaction, draft: CheckInDraft, cycle: GoalCycle, objective_id: UUID, key_result_id: UUID | None
) -> UUID:
    """Adds a check-in of the viewer that has been checked but for its date; its id."""
    subject = {"objective_id": objective_id, "key_result_id": key_result_id}
    own = {"organization_id": tx.organization_id, "recorded_at": tx.now, **makers(tx, draft.author_id)}
    check_in = unsaved_row(CheckIn, {**dated(tx, draft, cycle), **own, **subject})
    add(tx, KIND, check_in)
    return check_in.id
