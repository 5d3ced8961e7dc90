"""Checking in on initiatives: progress, state and a note, and what these come to."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from service.check_ins.commands import check_author, load_authors
from service.check_ins.row_commands import CheckInKind, add, find_repeated, makers
from service.errors import Refusal
from service.events.creation import CreatedFrom
from service.initiatives.check_ins.models import InitiativeCheckIn
from service.initiatives.check_ins.settle_commands import settle, settle_values
from service.initiatives.locking import check_of
from service.initiatives.models import Initiative, InitiativeState
from service.people.goal_access import find_refusals
from service.people.permissions import ensure_editor
from service.reading.statements import unique_ids
from service.values.decimals import MAX_PROGRESS_DIGITS, decimal_from_float
from service.values.parsing import to_json_value
from service.values.record import record
from service.writing.refusals import NotFound
from service.writing.rows import refusal_of_archived
from service.writing.texts import check_texts
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row

# What an initiative has of its check-ins.
STATED = ("state", "progress")
FACTS = ("progress", "state", "note", "at")
KIND = CheckInKind(InitiativeCheckIn, FACTS, ("initiative_id",))


class InitiativeProgressOutOfRange(Refusal):
    """The progress of an initiative is a fraction from 0 to 1, not {progress}."""

    meaning = "Progress <progress> of an initiative, outside its range. Send a fraction from 0 to 1."


class InitiativeCheckInEmpty(Refusal):
    """A check-in on an initiative says something: give a progress, a state or a note."""

    meaning = "Empty check-in on an initiative. Send a progress, a state or a note."


class InitiativeCheckInInFuture(Refusal):
    """A check-in on an initiative is not dated in the future: {now} at the latest."""

    meaning = (
        "Date of a check-in on an initiative in the future. Send an `at` that is not after <now>, or leave it out."
    )


@record
class InitiativeCheckInDraft:
    """What is said: `at` is when it was true, None for now. `author_id` is the person on whose behalf, None for the
    viewer."""

    progress: Decimal | None = None
    state: InitiativeState | None = None
    note: str | None = None
    at: datetime | None = None
    author_id: UUID | None = None
    id: UUID | None = None
    external_id: str | None = None


@record
class InitiativeCheckInRequest:
    """A check-in of many. `refusals` are what is wrong with its input already, and `created_from` is that input if the
    client chose the id."""

    initiative_id: UUID
    draft: InitiativeCheckInDraft
    refusals: Sequence[Refusal] = ()
    created_from: CreatedFrom | None = None


async def record_check_ins(tx: Transaction, requests: Sequence[InitiativeCheckInRequest]) -> list[UUID]:
    """Adds check-ins on initiatives; their ids in the order of the requests. Of several on one initiative at one time,
    the last one is the latest.

    What is wrong with any of them is noted, under its path in the input. The number of messages is fixed.
    """
    ensure_editor(tx.viewer)
    authors = await load_authors(tx, (each.draft.author_id for each in requests))
    locked = await tx.lock(Initiative, unique_ids(each.initiative_id for each in requests))
    initiatives = {each.id: each for each in locked if each is not None}
    checks = [check_of(each, "initiativeId", is_check_in=True) for each in initiatives.values()]
    denied = dict(zip(initiatives, await find_refusals(tx, checks), strict=True))
    repeated = find_repeated([each.draft for each in requests])
    ids: list[UUID] = []
    for number, (request, taken) in enumerate(zip(requests, repeated, strict=True)):
        with tx.attempting() as attempt:
            attempt.note([*request.refusals, *taken])
            attempt.note(check_statement(request.draft))
            attempt.note(check_author(tx, request.draft.author_id, authors))
            initiative = initiatives.get(request.initiative_id)
            if initiative is None:
                attempt.note([NotFound(("initiativeId",), thing="initiative")])
            elif (denial := denied[initiative.id]) is not None:
                attempt.note([denial])
            else:
                attempt.note(check_archived(initiative, "initiativeId"))
                tx.created_from = request.created_from
                ids.append(make(tx, initiative, request.draft))
        tx.attempt.include(attempt, "checkIns", str(number))
    await settle(tx, initiatives.values())
    return ids


async def state_now(tx: Transaction, initiative: Initiative, values: Mapping[str, Any], note: str | None) -> None:
    """Adds a check-in of the viewer, as of now, on a locked initiative that is changed."""
    make(tx, initiative, InitiativeCheckInDraft(**values, note=note))
    await settle_values(tx, [initiative])


def check_archived(initiative: Initiative, field: str) -> Iterator[Refusal]:
    """Yields Archived for an archived initiative."""
    if initiative.archived_at is not None:
        yield refusal_of_archived(initiative, field)


def check_statement(draft: InitiativeCheckInDraft) -> Iterator[Refusal]:
    """Yields a Refusal for each thing that is wrong with a statement."""
    yield from check_texts({"external_id": draft.external_id, "note": draft.note})
    if draft.progress is None and draft.state is None and not (draft.note or "").strip():
        yield InitiativeCheckInEmpty()
    yield from check_progress(draft.progress)


def check_progress(progress: Decimal | None) -> Iterator[Refusal]:
    """Yields InitiativeProgressOutOfRange."""
    if progress is not None and not 0 <= progress <= 1:
        yield InitiativeProgressOutOfRange(("progress",), progress=to_json_value(progress))


def check_date(tx: Transaction, at: datetime) -> Iterator[Refusal]:
    """Yields InitiativeCheckInInFuture."""
    if at > tx.now:
        yield InitiativeCheckInInFuture(("at",), now=to_json_value(tx.now))


def exact(progress: Decimal | float | None) -> Decimal | None:
    """A progress as it is stored; one out of range as it is."""
    number = decimal_from_float(progress) if isinstance(progress, float) else progress
    return round(number, MAX_PROGRESS_DIGITS) if number is not None and 0 <= number <= 1 else number


def make(tx: Transaction, initiative: Initiative, draft: InitiativeCheckInDraft) -> UUID:
    """Adds a check-in that has been checked but for its date; its id."""
    at = draft.at or tx.now
    tx.attempt.note(check_date(tx, at))
    own = {"organization_id": tx.organization_id, "recorded_at": tx.now, **makers(tx, draft.author_id)}
    stated = {name: getattr(draft, name) for name in ("external_id", *FACTS)}
    values = {**stated, "id": draft.id or uuid7(), "initiative_id": initiative.id, "at": at}
    row = unsaved_row(InitiativeCheckIn, {**values, **own})
    add(tx, KIND, row)
    return row.id
