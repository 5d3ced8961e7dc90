"""Changing objectives."""

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
from schema.objectives import NOT_ENFORCED, Objective
from service.changing import new
from service.objectives import commands, queries
from service.objectives.models import (
    Level,
    Lifecycle,
    ObjectiveKind,
    ProgressSource,
    StatusSource,
    Visibility,
)
from service.objectives.models import Objective as ObjectiveRow
from service.pillars.models import Perspective
from service.transaction import Transaction


@strawberry.input(description="A new objective.")
class ObjectiveCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    cycle_id: strawberry.ID = strawberry.field(description="When it is to be achieved.")
    title: str = strawberry.field(description="What is to be achieved; 1 to 500 characters.")
    description: str | None = optional("Why, and what is meant by it; at most 20 000 characters.")
    level: Level | None = optional("Whose objective it is; TEAM when left out.")
    kind: ObjectiveKind | None = optional("How it is meant; ASPIRATIONAL when left out.")
    lifecycle: Lifecycle | None = optional("Whether it counts; ACTIVE when left out.")
    visibility: Visibility | None = optional(
        f"Audience that the objective is meant for; ORGANIZATION when left out. {NOT_ENFORCED}"
    )
    perspective: Perspective | None = optional("Its perspective of the Balanced Scorecard.")
    progress_source: ProgressSource | None = optional("What its progress comes from; KEY_RESULTS when left out.")
    status_source: StatusSource | None = optional("What its status comes from; WORST_CONTRIBUTOR when left out.")
    owner_id: strawberry.ID | None = optional("Who answers for it.")
    team_id: strawberry.ID | None = optional("Which team it belongs to.")
    pillar_id: strawberry.ID | None = optional("The strategic theme it serves.")


@strawberry.input(description="Changes to an objective: what is left out stays, null empties.")
class ObjectiveUpdateInput:
    id: strawberry.ID = strawberry.field(description="Which objective.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    effective_at: datetime | None = optional(EFFECTIVE_AT)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(EXTERNAL_ID)
    cycle_id: Maybe[strawberry.ID] = optional("When it is to be achieved.")
    title: Maybe[str] = optional("What is to be achieved; 1 to 500 characters.")
    description: Maybe[str | None] = optional("Why, and what is meant by it; at most 20 000 characters.")
    level: Maybe[Level] = optional("Whose objective it is.")
    kind: Maybe[ObjectiveKind] = optional("How it is meant.")
    lifecycle: Maybe[Lifecycle] = optional("Whether it counts.")
    visibility: Maybe[Visibility] = optional(f"Audience that the objective is meant for. {NOT_ENFORCED}")
    perspective: Maybe[Perspective | None] = optional("Its perspective of the Balanced Scorecard.")
    progress_source: Maybe[ProgressSource] = optional("What its progress comes from; a switch deletes nothing.")
    status_source: Maybe[StatusSource] = optional("What its status comes from.")
    owner_id: Maybe[strawberry.ID | None] = optional("Who answers for it.")
    team_id: Maybe[strawberry.ID | None] = optional("Which team it belongs to.")
    pillar_id: Maybe[strawberry.ID | None] = optional("The strategic theme it serves.")


@strawberry.type(description="An objective after a change, or as it is when the change was refused.")
class ObjectivePayload:
    objective: Objective | None = strawberry.field(description="The objective; null when there is none.")
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


OBJECTIVE = Subject(ObjectivePayload, queries.OBJECTIVES, "Objective")


async def _objective_create(tx: Transaction, input: ObjectiveCreateInput) -> UUID:
    row = new(tx, ObjectiveRow, facts(input, "Objective"))
    await commands.create(tx, [row])
    return row.id


@strawberry.type
class ObjectiveMutations:
    """Fields of Mutation."""

    objective_create: ObjectivePayload | None = creating(
        OBJECTIVE,
        ObjectiveCreateInput,
        _objective_create,
        "Adds an objective.",
        argument="The objective.",
    )
    objective_update: ObjectivePayload | None = altering(
        OBJECTIVE,
        ObjectiveUpdateInput,
        lambda tx, id, input: commands.change(tx, change(input, "Objective")),
        "Changes an objective.",
    )
    objective_archive: ObjectivePayload | None = altering(
        OBJECTIVE,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, id, True, input.reason),
        "Archives an objective: it stops counting and leaves the lists. Nothing is lost.",
    )
    objective_restore: ObjectivePayload | None = altering(
        OBJECTIVE,
        ArchiveInput,
        lambda tx, id, input: commands.set_archived(tx, id, False, input.reason),
        "Brings an archived objective back.",
    )
    objective_reorder: ObjectivePayload | None = altering(
        OBJECTIVE,
        ReorderInput,
        lambda tx, id, input: commands.reorder(tx, id, after(input, "Objective")),
        "Puts an objective at another place among those of its cycle.",
    )
