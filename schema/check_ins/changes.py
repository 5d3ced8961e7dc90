"""Checking in."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from schema.changes import EXTERNAL_ID, OWN_ID, Subject, creating, optional
from schema.check_ins import CheckIn
from schema.errors import USER_ERRORS, UserError
from schema.inputs import facts
from service.check_ins import commands, queries
from service.check_ins.models import SaidStatus
from service.transaction import Transaction

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


CHECK_IN = Subject(CheckInPayload, queries.CHECK_INS, "CheckIn")


async def _key_result_check_in(tx: Transaction, input: KeyResultCheckInInput) -> UUID:
    said = facts(input, "CheckIn")
    return await commands.check_in_key_result(tx, said.pop("key_result_id"), commands.Statement(**said))


async def _objective_check_in(tx: Transaction, input: ObjectiveCheckInInput) -> UUID:
    said = facts(input, "CheckIn")
    return await commands.check_in_objective(tx, said.pop("objective_id"), commands.Statement(**said))


@strawberry.type
class CheckInMutations:
    """Fields of Mutation."""

    key_result_check_in: CheckInPayload | None = creating(
        CHECK_IN,
        KeyResultCheckInInput,
        _key_result_check_in,
        "Records a check-in on a key result; all progress above it follows.",
        argument="What is said.",
    )
    objective_check_in: CheckInPayload | None = creating(
        CHECK_IN,
        ObjectiveCheckInInput,
        _objective_check_in,
        "Records a check-in on an objective itself.",
        argument="What is said.",
    )
