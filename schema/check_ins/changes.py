"""Checking in."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from schema.changes import EXTERNAL_ID, OWN_ID, optional
from schema.check_ins import CheckIn
from schema.context import Context
from schema.errors import USER_ERRORS, UserError, created, payload
from schema.inputs import facts
from service.check_ins import commands, queries
from service.check_ins.models import SaidStatus

CONFIDENCE = "How sure you are to reach it, 0 to 1."
STATUS = "How it stands, in your own judgement."
NOTE = "What else there is to say; at most 20 000 characters."
AT = "When it was true, inside the cycle and not in the future; now when left out."


@strawberry.input(description="What is said about a key result; at least one of value, confidence, status and note.")
class KeyResultCheckInInput:
    key_result_id: strawberry.ID = strawberry.field(description="Which key result.")
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    value: Decimal | None = optional("Its value in its own unit; only where the value source is MANUAL.")
    confidence: float | None = optional(CONFIDENCE)
    status: SaidStatus | None = optional(STATUS)
    note: str | None = optional(NOTE)
    at: datetime | None = optional(AT)


@strawberry.input(description="What is said about an objective; at least one of value, confidence, status and note.")
class ObjectiveCheckInInput:
    objective_id: strawberry.ID = strawberry.field(description="Which objective.")
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    value: Decimal | None = optional("Its progress, 0 to 1; only where the progress source is MANUAL.")
    confidence: float | None = optional(CONFIDENCE)
    status: SaidStatus | None = optional(STATUS)
    note: str | None = optional(NOTE)
    at: datetime | None = optional(AT)


@strawberry.type(description="What a check-in led to.")
class CheckInPayload:
    check_in: CheckIn | None = strawberry.field(description="The check-in; null when it was refused.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


Info = strawberry.Info[Context, Any]


@strawberry.type
class CheckInMutations:
    """Fields of Mutation."""

    @strawberry.mutation(description="Records a check-in on a key result; all progress above it follows.")
    async def key_result_check_in(
        self, info: Info, input: Annotated[KeyResultCheckInInput, strawberry.argument(description="What is said.")]
    ) -> CheckInPayload:
        async def command(tx: Any) -> Any:
            said = facts(input, "CheckIn")
            return await commands.check_in_key_result(tx, said.pop("key_result_id"), commands.Statement(**said))

        return payload(CheckInPayload, await created(info, queries.CHECK_INS, command))

    @strawberry.mutation(description="Records a check-in on an objective itself.")
    async def objective_check_in(
        self, info: Info, input: Annotated[ObjectiveCheckInInput, strawberry.argument(description="What is said.")]
    ) -> CheckInPayload:
        async def command(tx: Any) -> Any:
            said = facts(input, "CheckIn")
            return await commands.check_in_objective(tx, said.pop("objective_id"), commands.Statement(**said))

        return payload(CheckInPayload, await created(info, queries.CHECK_INS, command))
