"""Correcting and withdrawing check-ins."""

from datetime import datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.check_ins.mutations import SUBJECT, CheckInPayload
from schema.mutations.declare import EXTERNAL_ID, OWN_ID, REASON, creating, optional
from schema.mutations.inputs import facts
from service.check_ins.correct_commands import correct, withdraw
from service.check_ins.models import SaidStatus
from service.check_ins.row_commands import Correction
from service.writing.transaction import Transaction

SAME = "Left out: as in the check-in that is corrected."
SAME_OR_NONE = f"{SAME} Null: none."


@strawberry.input(description="Correction of a check-in: what differs from it, at least one thing.")
class CheckInCorrectInput:
    replaces_id: strawberry.ID = strawberry.field(description="Id of the check-in to correct, which is valid.")
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    value: Maybe[Decimal | None] = optional(
        "Correct value of the key result in its unit, or progress of the objective, 0 to 1. Refused unless its source "
        f"is MANUAL. {SAME_OR_NONE}"
    )
    confidence: Maybe[float | None] = optional(f"Correct confidence that the goal is reached, 0 to 1. {SAME_OR_NONE}")
    status: Maybe[SaidStatus | None] = optional(f"Correct status of the goal. {SAME_OR_NONE}")
    note: Maybe[str | None] = optional(f"Correct note, as free text; at most 20 000 characters. {SAME_OR_NONE}")
    at: Maybe[datetime] = optional(
        f"Correct time at which the statement was true, inside the cycle and not in the future. {SAME}"
    )
    reason: str | None = optional(REASON)


@strawberry.input(description="Check-in to withdraw, and the reason for it.")
class CheckInWithdrawInput:
    replaces_id: strawberry.ID = strawberry.field(description="Id of the check-in to withdraw, which is valid.")
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    reason: str | None = optional(REASON)


async def _correct(tx: Transaction, input: CheckInCorrectInput) -> UUID:
    return await correct(tx, correction(input, "CheckIn"))


async def _withdraw(tx: Transaction, input: CheckInWithdrawInput) -> UUID:
    return await withdraw(tx, correction(input, "CheckIn"))


def correction(input: Any, type_name: str) -> Correction:
    """What an input that replaces a check-in of a type asks for."""
    values = facts(input, type_name)
    own = {name: values.pop(name, None) for name in ("replaces_id", "id", "external_id")}
    return Correction(**own, values=values, reason=input.reason)


@strawberry.type
class CheckInCorrectionMutations:
    """Fields of Mutation."""

    check_in_correct: CheckInPayload | None = creating(
        SUBJECT,
        CheckInCorrectInput,
        _correct,
        "Corrects a check-in by another one that takes its place. Both are kept, and only the new one counts. For its "
        "author and those who may check in on behalf of others, while the goal may be checked in on.",
        argument="Check-in to correct, and what differs from it.",
    )
    check_in_withdraw: CheckInPayload | None = creating(
        SUBJECT,
        CheckInWithdrawInput,
        _withdraw,
        "Withdraws a check-in by another record. Both are kept, and none of them counts. For its author and those who "
        "may check in on behalf of others, while the goal may be checked in on.",
        argument="Check-in to withdraw, and the reason for it.",
    )
