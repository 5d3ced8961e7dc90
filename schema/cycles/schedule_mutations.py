"""Planning cycles ahead."""

from datetime import date
from itertools import islice
from typing import Annotated, Any
from uuid import UUID

import strawberry

from schema.context import Info
from schema.cycles import Cycle
from schema.descriptions.enums import describe_enum
from schema.execution.fields.batched import batched
from schema.mutations.declare import optional
from schema.mutations.user_errors import USER_ERRORS, UserError, user_errors
from schema.relay.node import reference
from service.cycles.entity import CYCLE
from service.cycles.schedule import SchedulePattern
from service.cycles.schedule_commands import MAX_SCHEDULED, Schedule, schedule
from service.cycles.states import CycleActivation
from service.errors import Refusal

describe_enum(
    SchedulePattern,
    "Pattern of cycles that follow each other without gaps.",
    name="CycleSchedulePattern",
    FISCAL_QUARTERS="Quarters of the fiscal year, which begins with `Organization.fiscalYearStartMonth`.",
    MONTHS="Months of the calendar, from the first day to the last.",
    SIX_WEEKS="Six weeks each, from a Monday to a Sunday.",
    HALF_YEARS="Halves of the fiscal year, which begins with `Organization.fiscalYearStartMonth`.",
)


@strawberry.input(description="Cycles to plan ahead: how many of which pattern, and from when on.")
class CyclesScheduleInput:
    pattern: SchedulePattern = strawberry.field(description="Pattern of the cycles.")
    count: int = strawberry.field(description=f"Number of cycles, 1 to {MAX_SCHEDULED}, those that exist included.")
    from_: date | None = strawberry.field(
        default=None,
        name="from",
        description="Day in the first cycle, from the year 1900 to 2200; six weeks begin on the Monday of its week. "
        "Left out: the first day of a period after the last cycle of the pattern, or today without one. Send it, so "
        "that the same input again creates nothing.",
    )
    parent_id: strawberry.ID | None = optional(
        "Id of the longer cycle that the new cycles are part of; they have to lie inside. Left out: for each cycle the "
        "shortest longer one that it lies in, if there is one."
    )
    activation: CycleActivation = strawberry.field(
        default=CycleActivation.AT_START,
        description="Activation of the new cycles: how they become ACTIVE. Left out: AT_START.",
    )


@strawberry.type(description="Result of planning cycles ahead: the cycles, or the reasons why this was refused.")
class CyclesPayload:
    cycle_ids: strawberry.Private[list[UUID]]
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)

    @batched(
        "Cycles of the schedule in their order, new ones and those that existed; empty if the request was refused."
    )
    async def cycles(parents: list[Any], info: Info) -> list[list[Cycle]]:
        rows = iter(await info.context.find(CYCLE, [id for parent in parents for id in parent.cycle_ids]))
        return [[row for row in islice(rows, len(parent.cycle_ids)) if row] for parent in parents]


@strawberry.type
class CycleScheduleMutations:
    """Fields of Mutation."""

    @strawberry.mutation(
        description="Plans cycles ahead: creates the next ones of a pattern, each inside a longer cycle if there is "
        "one. A cycle that is not archived with the same kind and days is answered instead of another one being "
        "created. Needs the role ADMIN or OWNER."
    )
    async def cycles_schedule(
        self,
        info: Info,
        input: Annotated[
            CyclesScheduleInput,
            strawberry.argument(description="Pattern and number of the cycles to plan, and where they begin."),
        ],
    ) -> CyclesPayload | None:
        try:
            parent_id = None if input.parent_id is None else reference(input.parent_id, "Cycle", "parentId")
            requested = Schedule(
                SchedulePattern(input.pattern), input.count, input.from_, parent_id, CycleActivation(input.activation)
            )
            ids = await info.context.write(lambda tx: schedule(tx, requested), exclusive=True)
        except Refusal as refusal:
            info.context.note_refusal(refusal)
            return CyclesPayload(cycle_ids=[], user_errors=user_errors(refusal))
        return CyclesPayload(cycle_ids=ids, user_errors=[])
