"""Recording many check-ins at once."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry

from schema.check_ins import CheckIn
from schema.check_ins.mutations import AT, AUTHOR, CONFIDENCE, NONE, NOTE, STATUS
from schema.context import Info
from schema.mutations.declare import EXTERNAL_ID, optional
from schema.mutations.inputs import check_input, facts, own_id
from schema.mutations.user_errors import UserError, user_errors
from service.check_ins.commands import CheckInDraft
from service.check_ins.entity import CHECK_IN
from service.check_ins.models import SaidStatus
from service.check_ins.record_commands import MAX_CHECK_INS, CheckInRequest, record_check_ins
from service.entities.entity import Entity
from service.errors import BadUserInput, Refusal
from service.events.creation import CreatedFrom, digest, were_created_from
from service.writing.transaction import Transaction


@strawberry.input(
    description="Check-in on a key result or an objective itself; at least one of value, confidence, status and note."
)
class CheckInRecordInput:
    key_result_id: strawberry.ID | None = optional(
        "Id of the key result that the check-in is about. Either this or `objectiveId`."
    )
    objective_id: strawberry.ID | None = optional(
        "Id of the objective that the check-in is about. Either this or `keyResultId`."
    )
    id: strawberry.ID | None = optional(
        "UUID of your own for the new check-in, so that a request that is sent twice cannot make it twice. Left out: "
        "the service makes an id."
    )
    external_id: str | None = optional(EXTERNAL_ID)
    value: Decimal | None = optional(
        "Value of the key result in its unit, 0 or 1 for kind BINARY; of an objective its progress, 0 to 1. Refused "
        f"unless the source of the value or of the progress is MANUAL. {NONE}"
    )
    confidence: float | None = optional(CONFIDENCE)
    status: SaidStatus | None = optional(STATUS)
    note: str | None = optional(NOTE)
    at: datetime | None = optional(AT)
    author_id: strawberry.ID | None = optional(AUTHOR)


@strawberry.input(description="Check-ins on any key results and objectives to record.")
class CheckInsRecordInput:
    check_ins: list[CheckInRecordInput] = strawberry.field(
        description="Check-ins to record, 1 to 100. Of several on one goal at one time, the last one is the latest."
    )


@strawberry.type(description="Result of recording check-ins: all of them were made, or none.")
class CheckInsRecordPayload:
    check_ins: list[CheckIn] = strawberry.field(
        description="Check-ins that were made, in the order of the input; empty if one was refused."
    )
    user_errors: list[UserError] = strawberry.field(
        description="Reasons why check-ins were refused, each with the path of its check-in; empty if all were made."
    )


@strawberry.type
class CheckInsMutations:
    """Fields of Mutation."""

    @strawberry.mutation(
        description="Records check-ins on any key results and objectives in one transaction, all of them or none. "
        "Progress and status of all goals above them follow at once. The same input again, with an id of your own in "
        "each check-in, is answered with the check-ins that it made."
    )
    async def check_ins_record(
        self,
        info: Info,
        input: Annotated[
            CheckInsRecordInput, strawberry.argument(description="Check-ins to record, all of them or none.")
        ],
    ) -> CheckInsRecordPayload | None:
        ensure_number(input.check_ins)
        requests = [_request(each) for each in input.check_ins]

        async def command(tx: Transaction) -> list[UUID]:
            return await record_check_ins(tx, requests)

        check_ins, errors = await recorded(info, CHECK_IN, [each.created_from for each in requests], command)
        return CheckInsRecordPayload(check_ins=check_ins, user_errors=errors)


def ensure_number(check_ins: Sequence[Any]) -> None:
    """Raises BadUserInput for too many check-ins, or none."""
    if not 1 <= (count := len(check_ins)) <= MAX_CHECK_INS:
        raise BadUserInput(f"`checkIns` has {count} members; 1 to {MAX_CHECK_INS} are allowed.")


async def recorded(
    info: Info,
    entity: Entity,
    sources: Sequence[CreatedFrom | None],
    command: Callable[[Transaction], Awaitable[list[UUID]]],
) -> tuple[list[Any], list[UserError]]:
    """The check-ins that a command made, or why it was refused. `sources` are the inputs of those whose id the client
    chose: the same inputs again are answered with what they made."""
    ids: list[UUID] = []
    errors: list[UserError] = []
    try:
        ids = await info.context.write(command)
    except Refusal as refusal:
        own = [each for each in sources if each is not None]
        if len(own) == len(sources) and await were_created_from(info.context.reader, own):
            ids = [each.id for each in own]
        else:
            errors = user_errors(refusal)
    # Nobody deletes a check-in; one that was hidden from the viewer since is left out.
    rows = await info.context.find(entity, ids) if ids else []
    return [row for row in rows if row is not None], errors


def _request(input: CheckInRecordInput) -> CheckInRequest:
    """A check-in as the command takes it."""
    values = facts(input, "CheckIn")
    id = own_id(input, "CheckIn")
    goal = (values.pop("key_result_id", None), values.pop("objective_id", None))
    refusals = list(check_input(input, "CheckIn", creates=True))
    source = CreatedFrom(id, digest(facts(input, "CheckIn"))) if id else None
    return CheckInRequest(*goal, CheckInDraft(**values), refusals, source)
