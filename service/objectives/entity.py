"""Declaration of objectives."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.cadence.items import CADENCE_INPUT_NAMES, CADENCE_OMITTED, CadenceFields
from service.cycles.granules import DateGranularity
from service.entities.entity import Archiving, Entity, Omission, Upsert, filters, involvements
from service.entities.export import Export
from service.entities.items import Day, IdentifiedItem, Key, Number, Text, ref
from service.objectives import commands, queries
from service.objectives.models import (
    Level,
    Lifecycle,
    Objective,
    ObjectiveKind,
    ProgressSource,
    StatusSource,
)
from service.people.permissions import ensure_editor
from service.pillars.models import Perspective
from service.values.visibility import Visibility


class ObjectiveItem(CadenceFields, IdentifiedItem):
    """Objective to create or update: what somebody wants to achieve within a cycle."""

    INPUT_NAMES: ClassVar[Mapping[str, str]] = {"start": "startsOn", "due": "dueOn", **CADENCE_INPUT_NAMES}
    type: Literal["Objective"] = "Objective"
    REFERENCES: ClassVar[Mapping[str, str]] = {"cycle": "Cycle", "owner": "Person", "team": "Team", "pillar": "Pillar"}
    cycle: Key = ref("cycle that the objective belongs to", ...)
    title: Text = Field(description="Title of the objective: what is to be achieved, 1 to 500 characters.")
    description: Text | None = Field(
        None, description="Description of the objective: why, and what is meant by it; at most 20 000 characters."
    )
    level: Level = Field(
        Level.TEAM,
        description="Level of the objective: COMPANY, TEAM or INDIVIDUAL. Left out of a new objective: TEAM.",
    )
    kind: ObjectiveKind = Field(
        ObjectiveKind.ASPIRATIONAL,
        description="Kind of the objective: how it is meant. Left out of a new objective: ASPIRATIONAL.",
    )
    lifecycle: Lifecycle = Field(
        Lifecycle.ACTIVE,
        description="Lifecycle of the objective; only ACTIVE counts. Left out of a new objective: ACTIVE.",
    )
    visibility: Visibility = Field(
        Visibility.ORGANIZATION,
        description="Visibility of the objective: who can read it. Left out of a new objective: ORGANIZATION.",
    )
    perspective: Perspective | None = Field(None, description="Balanced Scorecard perspective of the objective.")
    progress_source: ProgressSource = Field(
        ProgressSource.KEY_RESULTS,
        description="Source of the objective's progress. Left out of a new objective: KEY_RESULTS.",
    )
    status_source: StatusSource = Field(
        StatusSource.WORST_CONTRIBUTOR,
        description="Source of the objective's status. Left out of a new objective: WORST_CONTRIBUTOR.",
    )
    final_score: Number | None = Field(
        None, description="Final score of the objective, 0 to 1; for cycles that are CLOSING, or new with their goals."
    )
    score_reason: Text | None = Field(
        None, description="Reason why the final score of the objective differs from the proposed one."
    )
    score_waiver: Text | None = Field(None, description="Reason why the objective has no score.")
    retrospective: Text | None = Field(
        None, description="Retrospective of the objective: what was learned; at most 20 000 characters."
    )
    starts_on: Day | None = Field(
        None,
        description="First day of the objective itself, inside its cycle; any day of what "
        "`startGranularity` names. Empty: that of the cycle.",
    )
    start_granularity: DateGranularity | None = Field(
        None, description="Granularity of the first day: what begins with it. Left out of a new date: DAY."
    )
    due_on: Day | None = Field(
        None,
        description="Day that the objective itself is due on, inside its cycle; any day of what "
        "`dueGranularity` names. Empty: that of the cycle.",
    )
    due_granularity: DateGranularity | None = Field(
        None, description="Granularity of the due date: what ends with it. Left out of a new date: DAY."
    )
    owner: Key | None = ref("person who is responsible for the objective")
    team: Key | None = ref("team that the objective belongs to")
    pillar: Key | None = ref("pillar (strategic theme) that the objective serves")


# Of key results, too.
OWN_DATES_OMITTED = (
    Omission(
        ("starts_on", "start_granularity", "due_on", "due_granularity"),
        ("type", "create", "update"),
        "`start` and `due` have a day with its granularity.",
    ),
    Omission(
        ("own_starts_at", "own_due_at"),
        ("type", "create", "update", "item"),
        "They follow from the days and from the organization's time zone.",
    ),
)
OBJECTIVE = Entity(
    model=Objective,
    by_id=queries.OBJECTIVES,
    by_external_id=queries.BY_EXTERNAL_ID,
    listing=queries.ALL_OBJECTIVES,
    filters=filters(
        Objective,
        *("id", "external_id", "title", "level", "kind", "lifecycle", "visibility", "perspective"),
        *("cycle_id", "owner_id", "team_id", "pillar_id", "progress", "created_at", "updated_at", "changed_at"),
        *("starts_at", "due_at", "confidence", "guardrail_breached", "has_key_results"),
        **queries.STATUS_FILTERS,
        **involvements(Objective, "id", "objective_id"),
    ),
    item=ObjectiveItem,
    export=Export(order=("position",)),
    upsert=Upsert(create=commands.create, change=commands.change, completing=commands.complete),
    archiving=Archiving(ensure_allowed=ensure_editor, lock=commands.lock_to_archive),
    omitted=(
        Omission(("final_score", "score_reason", "score_waiver"), ("create", "update"), "objectiveScore sets them."),
        Omission(("retrospective",), ("create",), "A goal is looked back on when its cycle is ending."),
        *OWN_DATES_OMITTED,
        CADENCE_OMITTED,
        Omission(
            ("position",), ("create", "update", "item"), "objectiveReorder sets it; lines of a file keep their order."
        ),
    ),
)
