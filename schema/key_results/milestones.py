"""Changing milestones."""

from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry import Maybe

from schema.changes import (
    EFFECTIVE_AT,
    EXPECTED_VERSION,
    EXTERNAL_ID,
    OWN_ID,
    REASON,
    ArchiveInput,
    ReorderInput,
    after,
    optional,
)
from schema.context import Context
from schema.errors import USER_ERRORS, UserError, changed, created, payload
from schema.inputs import change, facts
from schema.key_results import Milestone
from service.changing import new
from service.key_results import milestones as commands
from service.key_results import queries
from service.key_results.models import Milestone as MilestoneRow
from service.transaction import Transaction

TITLE = "What is to be reached; 1 to 500 characters."
WEIGHT = "How much it counts beside the others, 0 to 1 000 000."
DONE_AT = "When it was reached; null while it is not."


@strawberry.input(description="A new milestone.")
class MilestoneCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    key_result_id: strawberry.ID = strawberry.field(description="The key result of kind MILESTONE.")
    title: str = strawberry.field(description=TITLE)
    weight: float | None = optional(f"{WEIGHT} 1 when left out.")
    done_at: datetime | None = optional(DONE_AT)


@strawberry.input(description="Changes to a milestone: what is left out stays, null empties.")
class MilestoneUpdateInput:
    id: strawberry.ID = strawberry.field(description="Which milestone.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    effective_at: datetime | None = optional(EFFECTIVE_AT)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(EXTERNAL_ID)
    title: Maybe[str] = optional(TITLE)
    weight: Maybe[float] = optional(WEIGHT)
    done_at: Maybe[datetime | None] = optional(DONE_AT)


@strawberry.type(description="A milestone after a change, or as it is when the change was refused.")
class MilestonePayload:
    milestone: Milestone | None = strawberry.field(description="The milestone; null when there is none.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


Info = strawberry.Info[Context, Any]


async def _changed(info: Info, id: str, command: Any) -> MilestonePayload:
    return payload(MilestonePayload, await changed(info, queries.MILESTONES, "Milestone", id, command))


@strawberry.type
class MilestoneMutations:
    """Fields of Mutation."""

    @strawberry.mutation(description="Adds a milestone to a key result of kind MILESTONE.")
    async def milestone_create(
        self, info: Info, input: Annotated[MilestoneCreateInput, strawberry.argument(description="The milestone.")]
    ) -> MilestonePayload:
        async def command(tx: Transaction) -> Any:
            row = new(tx, MilestoneRow, facts(input, "Milestone"))
            await commands.create(tx, row.key_result_id, [row])
            return row.id

        return payload(MilestonePayload, await created(info, queries.MILESTONES, command))

    @strawberry.mutation(description="Changes a milestone; set `doneAt` when it is reached.")
    async def milestone_update(
        self, info: Info, input: Annotated[MilestoneUpdateInput, strawberry.argument(description="What to change.")]
    ) -> MilestonePayload:
        return await _changed(info, input.id, lambda tx, id: commands.change(tx, change(input, "Milestone")))

    @strawberry.mutation(description="Archives a milestone: it stops counting.")
    async def milestone_archive(
        self, info: Info, input: Annotated[ArchiveInput, strawberry.argument(description="Which one.")]
    ) -> MilestonePayload:
        return await _changed(info, input.id, lambda tx, id: commands.set_archived(tx, id, True))

    @strawberry.mutation(description="Brings an archived milestone back.")
    async def milestone_restore(
        self, info: Info, input: Annotated[ArchiveInput, strawberry.argument(description="Which one.")]
    ) -> MilestonePayload:
        return await _changed(info, input.id, lambda tx, id: commands.set_archived(tx, id, False))

    @strawberry.mutation(description="Puts a milestone at another place among those of its key result.")
    async def milestone_reorder(
        self, info: Info, input: Annotated[ReorderInput, strawberry.argument(description="What goes where.")]
    ) -> MilestonePayload:
        return await _changed(info, input.id, lambda tx, id: commands.reorder(tx, id, after(input, "Milestone")))
