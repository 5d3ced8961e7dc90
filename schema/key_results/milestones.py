"""Changing milestones."""

from datetime import datetime
from uuid import UUID

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
    Subject,
    after,
    altering,
    creating,
    optional,
)
from schema.errors import USER_ERRORS, UserError
from schema.inputs import change, facts
from schema.key_results import Milestone
from service.changing import new
from service.key_results import milestones as commands
from service.key_results import queries
from service.key_results.models import Milestone as MilestoneRow
from service.transaction import Transaction

TITLE = "What is to be reached; 1 to 500 characters."
WEIGHT = "How much it counts beside the others, 0 to 1 000 000."
DONE_AT = "Time at which it was reached, not in the future; null while it is not."


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


MILESTONE = Subject(MilestonePayload, queries.MILESTONES, "Milestone")


async def _milestone_create(tx: Transaction, input: MilestoneCreateInput) -> UUID:
    row = new(tx, MilestoneRow, facts(input, "Milestone"))
    await commands.create(tx, row.key_result_id, [row])
    return row.id


@strawberry.type
class MilestoneMutations:
    """Fields of Mutation."""

    milestone_create: MilestonePayload | None = creating(
        MILESTONE,
        MilestoneCreateInput,
        _milestone_create,
        "Adds a milestone to a key result of kind MILESTONE.",
        argument="The milestone.",
    )
    milestone_update: MilestonePayload | None = altering(
        MILESTONE,
        MilestoneUpdateInput,
        lambda tx, id, input: commands.change(tx, change(input, "Milestone")),
        "Changes a milestone; set `doneAt` when it is reached.",
    )
    milestone_archive: MilestonePayload | None = altering(
        MILESTONE,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, id, True, input.reason),
        "Archives a milestone: it stops counting.",
    )
    milestone_restore: MilestonePayload | None = altering(
        MILESTONE,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, id, False, input.reason),
        "Brings an archived milestone back.",
    )
    milestone_reorder: MilestonePayload | None = altering(
        MILESTONE,
        ReorderInput,
        lambda tx, id, input: commands.reorder(tx, id, after(input, "Milestone")),
        "Puts a milestone at another place among those of its key result.",
    )
