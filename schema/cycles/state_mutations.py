"""Taking a cycle from one state to another."""

from datetime import date
from typing import Any
from uuid import UUID

import strawberry

from schema.cycles.mutations import SUBJECT, CyclePayload
from schema.mutations.declare import EXPECTED_VERSION, REASON, altering, optional
from schema.relay.node import reference
from service.cycles import state_commands
from service.cycles.states import CycleStep
from service.key_results.closing_commands import CloseRequest, Waiver, close
from service.writing.change import Change
from service.writing.refusals import NotFound
from service.writing.transaction import Transaction

ONCE = "A cycle that is so already stays as it is. Needs the role ADMIN or OWNER."


@strawberry.input(description="Cycle to activate, and the reason for it.")
class CycleActivateInput:
    id: strawberry.ID = strawberry.field(description="Id of the cycle to activate.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)


@strawberry.input(description="Cycle whose closing begins, and the reason for it.")
class CycleBeginClosingInput:
    id: strawberry.ID = strawberry.field(description="Id of the cycle whose closing begins.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)


@strawberry.input(description="Cycle to extend, its new last day, and the reason for it.")
class CycleExtendInput:
    id: strawberry.ID = strawberry.field(description="Id of the cycle to extend.")
    ends_on: date = strawberry.field(
        description="New last day of the cycle, not before the present one, and inside the cycle's parent."
    )
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)


@strawberry.input(description="Waiver of the score of one goal in a cycle that is closed.")
class ScoreWaiverInput:
    objective_id: strawberry.ID | None = optional(
        "Id of the objective that gets no score, nor do its key results. Either this or `keyResultId`."
    )
    key_result_id: strawberry.ID | None = optional("Id of the key result that gets no score.")
    reason: str = strawberry.field(description="Reason why the goal gets no score; at most 2 000 characters.")


@strawberry.input(description="Cycle to close, and the scores of goals that have none yet.")
class CycleCloseInput:
    id: strawberry.ID = strawberry.field(description="Id of the cycle to close.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)
    accept_proposals: bool = strawberry.field(
        default=False,
        description="True to give the proposed score to each goal that has none and no waiver. Left out: false.",
    )
    waivers: list[ScoreWaiverInput] = strawberry.field(
        default_factory=list, description="Waivers of single goals of the cycle. Left out: none."
    )
    waiver: str | None = optional(
        "Waiver of all goals that would have no score otherwise: the reason why. At most 2 000 characters. Left out: "
        "such a goal keeps the cycle from being closed."
    )


@strawberry.input(description="Closed cycle to reopen, and the reason for it.")
class CycleReopenInput:
    id: strawberry.ID = strawberry.field(description="Id of the cycle to reopen.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)


def _change(id: UUID, input: Any) -> Change:
    return Change(id, {}, input.expected_version, reason=input.reason)


def _stepping(step: CycleStep, input_type: Any, description: str) -> Any:
    async def command(tx: Transaction, id: UUID, input: Any) -> None:
        await state_commands.take_step(tx, step, _change(id, input))

    return altering(SUBJECT, input_type, command, f"{description} {ONCE}", exclusive=True)


async def _extend(tx: Transaction, id: UUID, input: CycleExtendInput) -> None:
    await state_commands.extend(tx, _change(id, input), input.ends_on)


async def _close(tx: Transaction, id: UUID, input: CycleCloseInput) -> None:
    waivers = [
        Waiver(
            each.reason,
            _goal(each.objective_id, "Objective", number, "objectiveId"),
            _goal(each.key_result_id, "KeyResult", number, "keyResultId"),
        )
        for number, each in enumerate(input.waivers)
    ]
    await close(tx, _change(id, input), CloseRequest(input.accept_proposals, input.waiver, waivers))


def _goal(id: str | None, type_name: str, number: int, field: str) -> UUID | None:
    """Raises NotFound for an id that cannot be one."""
    try:
        return None if id is None else reference(id, type_name, field)
    except NotFound as refusal:
        refusal.field = ("waivers", str(number), field)
        raise


@strawberry.type
class CycleStateMutations:
    """Fields of Mutation."""

    cycle_activate: CyclePayload | None = _stepping(
        CycleStep.ACTIVATE,
        CycleActivateInput,
        "Activates a cycle that is PLANNING: its goals take check-ins since then.",
    )
    cycle_begin_closing: CyclePayload | None = _stepping(
        CycleStep.BEGIN_CLOSING,
        CycleBeginClosingInput,
        "Begins to close an ACTIVE cycle: it is CLOSING, its goals cannot change any more, and they are scored.",
    )
    cycle_extend: CyclePayload | None = altering(
        SUBJECT,
        CycleExtendInput,
        _extend,
        "Extends a cycle that is CLOSING or ACTIVE to a later day, until which it is ACTIVE. Needs the role ADMIN or "
        "OWNER.",
        exclusive=True,
    )
    cycle_close: CyclePayload | None = altering(
        SUBJECT,
        CycleCloseInput,
        _close,
        "Closes a cycle that is CLOSING, once all of its goals in force are scored or waived: its goals, check-ins and "
        f"scores are frozen. {ONCE}",
        exclusive=True,
    )
    cycle_reopen: CyclePayload | None = _stepping(
        CycleStep.REOPEN,
        CycleReopenInput,
        "Reopens a CLOSED cycle: it is CLOSING again, so that its scores can be changed. An audit event is recorded.",
    )
