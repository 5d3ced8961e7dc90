"""Carrying goals over into another cycle."""

import asyncio
from collections import Counter
from decimal import Decimal
from typing import Annotated
from uuid import UUID

import strawberry

from schema.carry_overs.inputs import CycleCarryOverInput, decisions_of
from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.execution.fields.relation import to_one
from schema.key_results import KeyResult
from schema.mutations.user_errors import UserError, user_errors
from schema.objectives import Objective
from schema.relay.node import reference
from service.carry_overs.commands import MAX_CARRIED, CarryOverRequest, carry_over
from service.carry_overs.decisions import CarriedObjective, CarryOverDecision, CarryOverOutcome
from service.errors import Refusal, Refusals
from service.key_results import queries as key_results
from service.objectives import queries as objectives
from service.unit_of_work import write
from service.writing.refusals import NotFound
from service.writing.texts import check_texts
from service.writing.transaction import Transaction

describe_enum(
    CarryOverOutcome,
    "Outcome of a decision about an objective in a carry-over.",
    CREATED="New objective that carries on the objective in the other cycle.",
    ABANDONED="Decision that the objective does not go on, which was recorded.",
    UNCHANGED="Objective that had been carried over or abandoned before, so that nothing was done.",
    REFUSED="Refused decision; `userErrors` give the reasons.",
)


@strawberry.type(description="Result of a carry-over for one key result of an objective.")
class CarryOverKeyResultResult:
    decision: CarryOverDecision = strawberry.field(description="Decision about the key result.")
    title: str | None = strawberry.field(
        description="Title of the key result that was created, or would be without a dry run; else null."
    )
    baseline: Decimal | None = strawberry.field(
        description="Baseline of the key result that was created, or would be; null for none and for no such key "
        "result."
    )
    target: Decimal | None = strawberry.field(
        description="Target of the key result that was created, or would be; null for none and for no such key result."
    )
    key_result: KeyResult | None = to_one(
        key_results.KEY_RESULTS, key="key_result_id", description="Key result that was decided about."
    )
    successor: KeyResult | None = to_one(
        key_results.KEY_RESULTS,
        key="successor_id",
        description="Key result that carries it on; null if it was abandoned, and in a dry run that would create it.",
    )


@strawberry.type(description="Result of a carry-over for one objective.")
class CarryOverObjectiveResult:
    index: int = strawberry.field(description="Index of the decision in `items` of the input, from 0.")
    decision: CarryOverDecision = strawberry.field(description="Decision about the objective.")
    outcome: CarryOverOutcome = strawberry.field(
        description="Outcome of the decision: what was done, or would have been done without a dry run or a refused "
        "decision about another objective."
    )
    title: str | None = strawberry.field(
        description="Title of the objective that was created, or would be without a dry run; else null."
    )
    alignments: int = strawberry.field(
        description="Number of alignments of the new objective with what it serves. 0 if a decision was refused."
    )
    key_results: list[CarryOverKeyResultResult] = strawberry.field(
        description="Results for the key results of the objective, by position; empty if it was abandoned or refused."
    )
    objective: Objective | None = to_one(
        objectives.OBJECTIVES,
        key="objective_id",
        description="Objective that was decided about; null if the viewer does not see it.",
    )
    successor: Objective | None = to_one(
        objectives.OBJECTIVES,
        key="successor_id",
        description="Objective that carries it on. Null if it was abandoned or refused, after a dry run that would "
        "create it, and if the viewer does not see it.",
    )


@strawberry.type(description="Results of a carry-over: either all decisions were carried out, or none.")
class CycleCarryOverPayload:
    applied: bool = strawberry.field(
        description="True if the decisions hold now; false after a dry run, and if one was refused."
    )
    created: int = strawberry.field(description="Number of objectives whose outcome is CREATED.")
    abandoned: int = strawberry.field(description="Number of objectives whose outcome is ABANDONED.")
    unchanged: int = strawberry.field(description="Number of objectives whose outcome is UNCHANGED.")
    refused: int = strawberry.field(
        description="Number of objectives whose outcome is REFUSED; nothing is kept if there is one."
    )
    results: list[CarryOverObjectiveResult] = strawberry.field(
        description="Results, one for each decision of the input, in the same order; empty if the request was refused "
        "as a whole."
    )
    user_errors: list[UserError] = strawberry.field(
        description="Errors of all decisions, and those of the request as a whole; empty if nothing was refused."
    )


class DryRun(Exception):
    """Ends a transaction that was a rehearsal."""


@strawberry.type
class CarryOverMutations:
    """Fields of Mutation."""

    @strawberry.mutation(
        description="Carries objectives of a cycle over into another one, in one transaction, all of them or none. "
        "KEEP and MODIFY create an objective with what belongs to it, without progress and check-ins; ABANDON records "
        "that it does not go on. Sending it again changes nothing. Objectives that one may edit; at most "
        f"{MAX_CARRIED} in a body of up to 5 MB."
    )
    async def cycle_carry_over(
        self,
        info: Info,
        input: Annotated[
            CycleCarryOverInput, strawberry.argument(description="Cycles, decisions, and the choice of a dry run.")
        ],
    ) -> CycleCarryOverPayload | None:
        results: list[CarriedObjective] = []
        try:
            applied = await _carried_over(info, input, results)
        except Refusal as refusal:
            applied, errors = False, await asyncio.to_thread(user_errors, refusal)
        else:
            errors = []
        counts = Counter(each.outcome for each in results)
        return CycleCarryOverPayload(
            applied=applied,
            created=counts[CarryOverOutcome.CREATED],
            abandoned=counts[CarryOverOutcome.ABANDONED],
            unchanged=counts[CarryOverOutcome.UNCHANGED],
            refused=counts[CarryOverOutcome.REFUSED],
            results=results,  # type: ignore[arg-type]
            user_errors=errors,
        )


async def _carried_over(info: Info, input: CycleCarryOverInput, results: list[CarriedObjective]) -> bool:
    """Whether the decisions hold now; what came of each is added to the `results`. Raises Refusal."""
    cycle_id, to_cycle_id = _cycles(input)
    decisions = await asyncio.to_thread(lambda: list(decisions_of(input)))

    async def command(tx: Transaction) -> None:
        tx.attempt.note(check_texts({"reason": input.reason}))
        tx.reason = input.reason
        await carry_over(tx, CarryOverRequest(cycle_id, to_cycle_id, decisions), results)
        if input.dry_run:
            raise DryRun

    try:
        await info.context.hand_over(
            lambda database, viewer, now: write(database, viewer, now, command, exclusive=True, patient=True)
        )
    except DryRun:
        return False
    return True


def _cycles(input: CycleCarryOverInput) -> tuple[UUID, UUID]:
    """The ids of both cycles. Raises NotFound for those that cannot be one."""
    ids: list[UUID] = []
    refusals: list[Refusal] = []
    for field, id in (("id", input.id), ("toCycleId", input.to_cycle_id)):
        try:
            ids.append(reference(id, "Cycle", field))
        except NotFound as refusal:
            refusals.append(refusal)
    if refusals:
        raise Refusals(refusals)
    return ids[0], ids[1]
