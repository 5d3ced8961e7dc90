"""Checking in."""

from datetime import datetime
from decimal import Decimal
from uuid import UUID

import strawberry

from schema.check_ins import CheckIn
from schema.mutations.declare import EXTERNAL_ID, OWN_ID, Subject, creating, optional
from schema.mutations.inputs import facts
from schema.mutations.user_errors import USER_ERRORS, UserError
from service.check_ins import commands
from service.check_ins.entity import CHECK_IN
from service.check_ins.models import SaidStatus
from service.writing.transaction import Transaction

NONE = "Left out: none."
CONFIDENCE = f"Confidence that the goal will be reached, 0 to 1. {NONE}"
STATUS = f"Status of the goal in your own judgement. {NONE}"
NOTE = f"Note on the goal, as free text; at most 20 000 characters. {NONE}"
AUTHOR = (
    "Id of the person on whose behalf the check-in is made. People other than oneself: for the roles ADMIN and OWNER, "
    "and for API keys with the scope ACT_AS. Left out: oneself."
)
AT = "Time at which the statement was true, inside the cycle and not in the future. Left out: now."


@strawberry.input(description="Check-in on a key result; at least one of value, confidence, status and note.")
class KeyResultCheckInInput:
    key_result_id: strawberry.ID = strawberry.field(description="Id of the key result that the check-in is about.")
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    value: Decimal | None = optional(
        f"Value of the key result in its unit, 0 or 1 for kind BINARY. Refused unless `valueSource` is MANUAL. {NONE}"
    )
    confidence: float | None = optional(CONFIDENCE)
    status: SaidStatus | None = optional(STATUS)
    note: str | None = optional(NOTE)
    at: datetime | None = optional(AT)
    author_id: strawberry.ID | None = optional(AUTHOR)


@strawberry.input(description="Check-in on an objective itself; at least one of value, confidence, status and note.")
class ObjectiveCheckInInput:
    objective_id: strawberry.ID = strawberry.field(description="Id of the objective that the check-in is about.")
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    value: Decimal | None = optional(
        f"Progress of the objective, 0 to 1. Refused unless `progressSource` is MANUAL. {NONE}"
    )
    confidence: float | None = optional(CONFIDENCE)
    status: SaidStatus | None = optional(STATUS)
    note: str | None = optional(NOTE)
    at: datetime | None = optional(AT)
    author_id: strawberry.ID | None = optional(AUTHOR)


@strawberry.type(description="Result of a check-in: the check-in, and the reasons if it was refused.")
class CheckInPayload:
    check_in: CheckIn | None = strawberry.field(
        description="Check-in that was made; null if it was refused, unless another check-in bears the given id: then "
        "that one."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(CheckInPayload, CHECK_IN)


async def _key_result_check_in(tx: Transaction, input: KeyResultCheckInInput) -> UUID:
    draft = facts(input, "CheckIn")
    return await commands.check_in_key_result(tx, draft.pop("key_result_id"), commands.CheckInDraft(**draft))


async def _objective_check_in(tx: Transaction, input: ObjectiveCheckInInput) -> UUID:
    draft = facts(input, "CheckIn")
    return await commands.check_in_objective(tx, draft.pop("objective_id"), commands.CheckInDraft(**draft))


@strawberry.type
class CheckInMutations:
    """Fields of Mutation."""

    key_result_check_in: CheckInPayload | None = creating(
        SUBJECT,
        KeyResultCheckInInput,
        _key_result_check_in,
        "Records a check-in on a key result. Progress and status of all goals above it follow at once.",
        argument="Key result, and the value, confidence, status or note to state.",
    )
    objective_check_in: CheckInPayload | None = creating(
        SUBJECT,
        ObjectiveCheckInInput,
        _objective_check_in,
        "Records a check-in on an objective itself, not on its key results.",
        argument="Objective, and the value, confidence, status or note to state.",
    )
