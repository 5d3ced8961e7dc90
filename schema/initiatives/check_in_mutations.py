"""Checking in on initiatives, and correcting and withdrawing such check-ins."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.check_ins.correcting import SAME, SAME_OR_NONE, correction
from schema.check_ins.mutations import AUTHOR, NONE
from schema.check_ins.recording import ensure_number, recorded
from schema.context import Info
from schema.initiatives.check_ins import InitiativeCheckIn
from schema.mutations.declare import EXTERNAL_ID, OWN_ID, REASON, Subject, creating, optional
from schema.mutations.inputs import check_input, facts, own_id
from schema.mutations.user_errors import USER_ERRORS, UserError
from service.events.creation import CreatedFrom, digest
from service.initiatives.check_ins.commands import (
    InitiativeCheckInDraft,
    InitiativeCheckInRequest,
    exact,
    record_check_ins,
)
from service.initiatives.check_ins.correct_commands import correct, withdraw
from service.initiatives.check_ins.entity import INITIATIVE_CHECK_IN
from service.initiatives.models import InitiativeState
from service.writing.transaction import Transaction

NAME = INITIATIVE_CHECK_IN.name


@strawberry.input(description="Check-in on an initiative; at least one of progress, state and note.")
class InitiativeCheckInRecordInput:
    initiative_id: strawberry.ID = strawberry.field(description="Id of the initiative that the check-in is about.")
    id: strawberry.ID | None = optional(
        "UUID of your own for the new check-in, so that a request that is sent twice cannot make it twice. Left out: "
        "the service makes an id."
    )
    external_id: str | None = optional(EXTERNAL_ID)
    progress: float | None = optional(f"Progress of the work, a fraction from 0 to 1. {NONE}")
    state: InitiativeState | None = optional(f"State of the initiative. {NONE}")
    note: str | None = optional(f"Note on the initiative, as free text; at most 20 000 characters. {NONE}")
    at: datetime | None = optional("Time at which the statement was true, not in the future. Left out: now.")
    author_id: strawberry.ID | None = optional(AUTHOR)


@strawberry.input(description="Check-ins on any initiatives to record.")
class InitiativeCheckInsRecordInput:
    check_ins: list[InitiativeCheckInRecordInput] = strawberry.field(
        description="Check-ins to record, 1 to 100. Of several on one initiative at one time, the last one is the "
        "latest."
    )


@strawberry.input(description="Correction of a check-in on an initiative: what differs from it, at least one thing.")
class InitiativeCheckInCorrectInput:
    replaces_id: strawberry.ID = strawberry.field(description="Id of the check-in to correct, which is valid.")
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    progress: Maybe[float | None] = optional(f"Correct progress of the work, 0 to 1. {SAME_OR_NONE}")
    state: Maybe[InitiativeState | None] = optional(f"Correct state of the initiative. {SAME_OR_NONE}")
    note: Maybe[str | None] = optional(f"Correct note, as free text; at most 20 000 characters. {SAME_OR_NONE}")
    at: Maybe[datetime] = optional(f"Correct time at which the statement was true, not in the future. {SAME}")
    reason: str | None = optional(REASON)


@strawberry.input(description="Check-in on an initiative to withdraw, and the reason for it.")
class InitiativeCheckInWithdrawInput:
    replaces_id: strawberry.ID = strawberry.field(description="Id of the check-in to withdraw, which is valid.")
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    reason: str | None = optional(REASON)


@strawberry.type(description="Result of recording check-ins on initiatives: all of them were made, or none.")
class InitiativeCheckInsRecordPayload:
    check_ins: list[InitiativeCheckIn] = strawberry.field(
        description="Check-ins that were made, in the order of the input; empty if one was refused."
    )
    user_errors: list[UserError] = strawberry.field(
        description="Reasons why check-ins were refused, each with the path of its check-in; empty if all were made."
    )


@strawberry.type(
    description="Result of correcting or withdrawing a check-in on an initiative: the new record, and the reasons if "
    "it was refused."
)
class InitiativeCheckInPayload:
    initiative_check_in: InitiativeCheckIn | None = strawberry.field(
        description="Check-in that was made; null if it was refused, unless another check-in bears the given id: then "
        "that one."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(InitiativeCheckInPayload, INITIATIVE_CHECK_IN)


async def _correct(tx: Transaction, input: InitiativeCheckInCorrectInput) -> UUID:
    return await correct(tx, correction(input, NAME))


async def _withdraw(tx: Transaction, input: InitiativeCheckInWithdrawInput) -> UUID:
    return await withdraw(tx, correction(input, NAME))


def _request(input: InitiativeCheckInRecordInput) -> InitiativeCheckInRequest:
    """A check-in as the command takes it."""
    values = facts(input, NAME)
    id = own_id(input, NAME)
    refusals = list(check_input(input, NAME, creates=True))
    source = CreatedFrom(id, digest(values)) if id else None
    draft = {**values, "progress": exact(values.get("progress"))}
    return InitiativeCheckInRequest(draft.pop("initiative_id"), InitiativeCheckInDraft(**draft), refusals, source)


@strawberry.type
class InitiativeCheckInMutations:
    """Fields of Mutation."""

    @strawberry.mutation(
        description="Records check-ins on any initiatives in one transaction, all of them or none. Each initiative has "
        "the progress and the state of the newest check-in that states them. No progress of a goal changes by it. The "
        "same input again, with an id of your own in each check-in, is answered with the check-ins that it made."
    )
    async def initiative_check_ins_record(
        self,
        info: Info,
        input: Annotated[
            InitiativeCheckInsRecordInput, strawberry.argument(description="Check-ins to record, all of them or none.")
        ],
    ) -> InitiativeCheckInsRecordPayload | None:
        ensure_number(input.check_ins)
        requests = [_request(each) for each in input.check_ins]

        async def command(tx: Transaction) -> list[UUID]:
            return await record_check_ins(tx, requests)

        sources = [each.created_from for each in requests]
        check_ins, errors = await recorded(info, INITIATIVE_CHECK_IN, sources, command)
        return InitiativeCheckInsRecordPayload(check_ins=check_ins, user_errors=errors)

    initiative_check_in_correct: InitiativeCheckInPayload | None = creating(
        SUBJECT,
        InitiativeCheckInCorrectInput,
        _correct,
        "Corrects a check-in on an initiative by another one that takes its place. Both are kept, and only the new one "
        "counts. For its author and those who may check in on behalf of others.",
        argument="Check-in to correct, and what differs from it.",
    )
    initiative_check_in_withdraw: InitiativeCheckInPayload | None = creating(
        SUBJECT,
        InitiativeCheckInWithdrawInput,
        _withdraw,
        "Withdraws a check-in on an initiative by another record. Both are kept, and none of them counts. For its "
        "author and those who may check in on behalf of others.",
        argument="Check-in to withdraw, and the reason for it.",
    )
