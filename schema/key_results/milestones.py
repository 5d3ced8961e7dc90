"""Changing milestones."""

from datetime import datetime
from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.key_results import Milestone
from schema.mutations.declare import (
    EFFECTIVE_AT,
    EXPECTED_VERSION,
    EXTERNAL_ID,
    NEW_EXTERNAL_ID,
    OWN_ID,
    REASON,
    UNCHANGED,
    Subject,
    after,
    altering,
    archiving,
    creating,
    optional,
    reorder_input,
    restoring,
    updating,
)
from schema.mutations.inputs import facts
from schema.mutations.user_errors import USER_ERRORS, UserError
from service.key_results import milestone_commands as commands
from service.key_results.milestone_entity import MILESTONE
from service.key_results.models import Milestone as MilestoneRow
from service.writing.rows import new_row
from service.writing.transaction import Transaction

TITLE = "Title of the milestone: what is to be reached. 1 to 500 characters."
WEIGHT = "Weight of the milestone beside the others of its key result, 0 to 1 000 000. If all are 0, they count alike."
DONE_AT = "Time at which the milestone was reached, not in the future."


@strawberry.input(description="Milestone to create in a key result of kind MILESTONE.")
class MilestoneCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    key_result_id: strawberry.ID = strawberry.field(
        description="Id of the key result that the milestone is a stage of; its kind has to be MILESTONE."
    )
    title: str = strawberry.field(description=TITLE)
    weight: float | None = optional(f"{WEIGHT} Left out: 1.")
    done_at: datetime | None = optional(f"{DONE_AT} Left out: not reached yet.")


@strawberry.input(description="Changes to a milestone. Fields left out stay unchanged; null removes a value.")
class MilestoneUpdateInput:
    id: strawberry.ID = strawberry.field(description="Id of the milestone to change.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    effective_at: datetime | None = optional(EFFECTIVE_AT)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(NEW_EXTERNAL_ID)
    title: Maybe[str] = optional(f"{TITLE} {UNCHANGED}")
    weight: Maybe[float] = optional(f"{WEIGHT} {UNCHANGED}")
    done_at: Maybe[datetime | None] = optional(f"{DONE_AT} {UNCHANGED} Null: not reached.")


@strawberry.type(
    description="Result of a change to a milestone: the milestone afterwards, and the reasons if it was refused."
)
class MilestonePayload:
    milestone: Milestone | None = strawberry.field(
        description="Milestone after the change, or as it is if the change was refused; null if there is none."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(MilestonePayload, MILESTONE)


async def _milestone_create(tx: Transaction, input: MilestoneCreateInput) -> UUID:
    row = new_row(tx, MilestoneRow, facts(input, "Milestone"))
    await commands.create(tx, [row])
    return row.id


@strawberry.type
class MilestoneMutations:
    """Fields of Mutation."""

    milestone_create: MilestonePayload | None = creating(
        SUBJECT,
        MilestoneCreateInput,
        _milestone_create,
        "Creates a milestone in a key result of kind MILESTONE.",
        argument="Milestone to create: its key result, its title and further facts.",
    )
    milestone_update: MilestonePayload | None = updating(
        SUBJECT,
        MilestoneUpdateInput,
        "Changes the fields of a milestone. Set `doneAt` when it is reached.",
    )
    milestone_archive: MilestonePayload | None = archiving(
        SUBJECT,
        "milestone",
        "Archives a milestone: it stops counting and leaves the lists. Nothing is deleted.",
    )
    milestone_restore: MilestonePayload | None = restoring(
        SUBJECT,
        "milestone",
        "Restores an archived milestone: it returns to the lists and counts again.",
    )
    milestone_reorder: MilestonePayload | None = altering(
        SUBJECT,
        reorder_input("MilestoneReorderInput", "milestone"),
        lambda tx, id, input: commands.reorder(tx, id, after(input, "Milestone")),
        "Moves a milestone to another position among those of its key result.",
    )
