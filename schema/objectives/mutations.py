"""Changing objectives."""

from datetime import datetime

import strawberry
from strawberry import Maybe

from schema.cadence import CADENCE, INHERITED, UNCHANGED_OR_INHERITED, CheckInCadenceInput
from schema.mutations.declare import (
    EFFECTIVE_AT,
    EXPECTED_VERSION,
    EXTERNAL_ID,
    NEW_EXTERNAL_ID,
    OWN_ID,
    REASON,
    UNCHANGED,
    UNCHANGED_OR_REMOVED,
    Subject,
    after,
    altering,
    archiving,
    optional,
    reorder_input,
    restoring,
    updating,
)
from schema.mutations.user_errors import USER_ERRORS, UserError
from schema.objectives import Objective
from schema.objectives.goal_dates import DUE, OF_CYCLE, START, UNCHANGED_OR_OF_CYCLE, GoalDateInput
from service.objectives import commands
from service.objectives.entity import OBJECTIVE
from service.objectives.models import (
    Level,
    Lifecycle,
    ObjectiveKind,
    ProgressSource,
    StatusSource,
)
from service.pillars.models import Perspective
from service.values.visibility import Visibility

CYCLE = "Id of the cycle that the objective belongs to."
TITLE = "Title of the objective: what is to be achieved. 1 to 500 characters."
TEXT = "Description of the objective: why it matters and what is meant by it. At most 20 000 characters."
LEVEL = "Level of the objective: COMPANY, TEAM or INDIVIDUAL."
KIND = "Kind of the objective: ASPIRATIONAL, COMMITTED or LEARNING."
LIFECYCLE = "Lifecycle of the objective; it counts toward progress and status while it is ACTIVE."
VISIBILITY = "Visibility of the objective with all that belongs to it: who can read it."
PERSPECTIVE = "Balanced Scorecard perspective of the objective."
PROGRESS_SOURCE = "Source of the objective's progress."
STATUS_SOURCE = "Source of the objective's status while no valid check-in states one."
OWNER = "Id of the person who is responsible for the objective."
TEAM = "Id of the team that the objective belongs to."
PILLAR = "Id of the pillar (strategic theme) that the objective serves."
RETROSPECTIVE = "Retrospective of the objective: what was learned. At most 20 000 characters."
CHECK_IN_CADENCE = CADENCE.format(goals="the objective and its key results")
NONE = "Left out: none."


@strawberry.input(description="Facts of an objective to create.")
class ObjectiveFactsInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    cycle_id: strawberry.ID = strawberry.field(description=CYCLE)
    title: str = strawberry.field(description=TITLE)
    description: str | None = optional(f"{TEXT} {NONE}")
    level: Level | None = optional(f"{LEVEL} Left out: TEAM.")
    kind: ObjectiveKind | None = optional(f"{KIND} Left out: ASPIRATIONAL.")
    lifecycle: Lifecycle | None = optional(f"{LIFECYCLE} Left out: ACTIVE.")
    visibility: Visibility | None = optional(f"{VISIBILITY} Left out: ORGANIZATION.")
    perspective: Perspective | None = optional(f"{PERSPECTIVE} {NONE}")
    progress_source: ProgressSource | None = optional(f"{PROGRESS_SOURCE} Left out: KEY_RESULTS.")
    status_source: StatusSource | None = optional(f"{STATUS_SOURCE} Left out: WORST_CONTRIBUTOR.")
    start: GoalDateInput | None = optional(f"{START} {OF_CYCLE}")
    due: GoalDateInput | None = optional(f"{DUE} {OF_CYCLE}")
    check_in_cadence: CheckInCadenceInput | None = optional(f"{CHECK_IN_CADENCE} {INHERITED}")
    owner_id: strawberry.ID | None = optional(f"{OWNER} {NONE}")
    team_id: strawberry.ID | None = optional(f"{TEAM} {NONE}")
    pillar_id: strawberry.ID | None = optional(f"{PILLAR} {NONE}")


@strawberry.input(description="Changes to an objective. Fields left out stay unchanged; null removes a value.")
class ObjectiveUpdateInput:
    id: strawberry.ID = strawberry.field(description="Id of the objective to change.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    effective_at: datetime | None = optional(EFFECTIVE_AT)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(NEW_EXTERNAL_ID)
    cycle_id: Maybe[strawberry.ID] = optional(f"{CYCLE} {UNCHANGED}")
    title: Maybe[str] = optional(f"{TITLE} {UNCHANGED}")
    description: Maybe[str | None] = optional(f"{TEXT} {UNCHANGED_OR_REMOVED}")
    level: Maybe[Level] = optional(f"{LEVEL} {UNCHANGED}")
    kind: Maybe[ObjectiveKind] = optional(f"{KIND} {UNCHANGED}")
    lifecycle: Maybe[Lifecycle] = optional(f"{LIFECYCLE} {UNCHANGED}")
    visibility: Maybe[Visibility] = optional(f"{VISIBILITY} {UNCHANGED}")
    perspective: Maybe[Perspective | None] = optional(f"{PERSPECTIVE} {UNCHANGED_OR_REMOVED}")
    progress_source: Maybe[ProgressSource] = optional(f"{PROGRESS_SOURCE} Another source deletes nothing. {UNCHANGED}")
    status_source: Maybe[StatusSource] = optional(f"{STATUS_SOURCE} {UNCHANGED}")
    start: Maybe[GoalDateInput | None] = optional(f"{START} {UNCHANGED_OR_OF_CYCLE}")
    due: Maybe[GoalDateInput | None] = optional(f"{DUE} {UNCHANGED_OR_OF_CYCLE}")
    check_in_cadence: Maybe[CheckInCadenceInput | None] = optional(f"{CHECK_IN_CADENCE} {UNCHANGED_OR_INHERITED}")
    owner_id: Maybe[strawberry.ID | None] = optional(f"{OWNER} {UNCHANGED_OR_REMOVED}")
    retrospective: Maybe[str | None] = optional(f"{RETROSPECTIVE} {UNCHANGED_OR_REMOVED}")
    team_id: Maybe[strawberry.ID | None] = optional(f"{TEAM} {UNCHANGED_OR_REMOVED}")
    pillar_id: Maybe[strawberry.ID | None] = optional(f"{PILLAR} {UNCHANGED_OR_REMOVED}")


@strawberry.type(
    description="Result of a change to an objective: the objective afterwards, and the reasons if it was refused."
)
class ObjectivePayload:
    objective: Objective | None = strawberry.field(
        description="Objective after the change, or as it is if the change was refused; null if there is none."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(ObjectivePayload, OBJECTIVE)


@strawberry.type
class ObjectiveMutations:
    """Fields of Mutation."""

    objective_update: ObjectivePayload | None = updating(
        SUBJECT,
        ObjectiveUpdateInput,
        "Changes the fields of an objective.",
    )
    objective_archive: ObjectivePayload | None = archiving(
        SUBJECT,
        "objective",
        "Archives an objective: it stops counting and leaves the lists. Nothing is deleted; `objectiveRestore` undoes "
        "it.",
    )
    objective_restore: ObjectivePayload | None = restoring(
        SUBJECT,
        "objective",
        "Restores an archived objective: it returns to the lists and counts again.",
    )
    objective_reorder: ObjectivePayload | None = altering(
        SUBJECT,
        reorder_input("ObjectiveReorderInput", "objective"),
        lambda tx, id, input: commands.reorder(tx, id, after(input, "Objective")),
        "Moves an objective to another position among the objectives of its cycle.",
    )
