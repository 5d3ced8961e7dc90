"""What a workspace file says: one item a line, told apart by `type`, linked by external ids."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field, TypeAdapter, ValidationError

from service.alignment.models import AlignmentKind
from service.check_ins.models import SaidStatus
from service.cycles.models import CycleKind, CycleState
from service.key_results.models import ControlMode, KeyResultKind, ValueSource
from service.objectives.models import (
    Level,
    Lifecycle,
    ObjectiveKind,
    ProgressSource,
    StatusSource,
    Visibility,
)
from service.people.models import MembershipRole, Role
from service.pillars.models import Perspective
from service.workspace.item import Day, Instant, Item, Key, Known, Number, Share, Text, Weight, ref
from service.workspace.kpi_items import KpiItem, KpiLinkItem, KpiTargetItem, MeasurementItem


class PersonItem(Known):
    """Person of the organization to create or update."""

    type: Literal["Person"] = "Person"
    name: Text = Field(description="Name of the person to show, 1 to 200 characters.")
    email: Text | None = Field(
        None, description="Email address of the person, unique in the organization; at most 320 characters."
    )
    role: Role = Field(
        Role.MEMBER,
        description="Role of the person, which decides what the person may do. Left out of a new person: MEMBER.",
    )


class TeamItem(Known):
    """Team of the organization to create or update."""

    type: Literal["Team"] = "Team"
    REFERENCES: ClassVar[dict[str, str]] = {"parent": "Team"}
    name: Text = Field(description="Name of the team, 1 to 200 characters.")
    parent: Key | None = ref("parent team that the team is a part of")


class MembershipItem(Item):
    """Membership of a person in a team, to create or update; matched by team and person, not by an external id."""

    type: Literal["Membership"] = "Membership"
    REFERENCES: ClassVar[dict[str, str]] = {"team": "Team", "person": "Person"}
    external_id: ClassVar[None] = None
    team: Key = ref("team that the person belongs to", ...)
    person: Key = ref("person who belongs to the team", ...)
    role: MembershipRole = Field(
        MembershipRole.MEMBER,
        description="Role of the person in the team: LEAD or MEMBER. Left out of a new membership: MEMBER.",
    )


class PillarItem(Known):
    """Pillar (strategic theme that objectives serve) to create or update."""

    type: Literal["Pillar"] = "Pillar"
    name: Text = Field(description="Name of the pillar, 1 to 200 characters.")
    description: Text | None = Field(
        None, description="Description of what the pillar is about, at most 20 000 characters."
    )


class CycleItem(Known):
    """Cycle (timeframe for goals) to create or update."""

    type: Literal["Cycle"] = "Cycle"
    REFERENCES: ClassVar[dict[str, str]] = {"parent": "Cycle"}
    name: Text = Field(description="Name of the cycle, 1 to 200 characters.")
    kind: CycleKind = Field(description="Kind of the cycle by its length: YEAR, QUARTER or CUSTOM.")
    state: CycleState = Field(
        CycleState.PLANNING,
        description="State of the cycle as people have set it; not enforced so far. Left out of a new cycle: PLANNING.",
    )
    starts_on: Day = Field(description="First day of the cycle, such as 2026-01-01.")
    ends_on: Day = Field(description="Last day of the cycle, inside it, such as 2026-03-31.")
    parent: Key | None = ref("longer cycle that the cycle is a part of and lies inside")


class ObjectiveItem(Known):
    """Objective to create or update: what somebody wants to achieve within a cycle."""

    type: Literal["Objective"] = "Objective"
    REFERENCES: ClassVar[dict[str, str]] = {"cycle": "Cycle", "owner": "Person", "team": "Team", "pillar": "Pillar"}
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
        description="Audience that the objective is meant for; not enforced so far. Left out of a new objective: "
        "ORGANIZATION.",
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
    owner: Key | None = ref("person who is responsible for the objective")
    team: Key | None = ref("team that the objective belongs to")
    pillar: Key | None = ref("pillar (strategic theme) that the objective serves")


class KeyResultItem(Known):
    """Key result to create or update: a measurable outcome of an objective."""

    type: Literal["KeyResult"] = "KeyResult"
    REFERENCES: ClassVar[dict[str, str]] = {"objective": "Objective", "owner": "Person", "source_kpi": "Kpi"}
    objective: Key = ref("objective that the key result measures", ...)
    title: Text = Field(description="Title of the key result: what is measured, 1 to 500 characters.")
    description: Text | None = Field(
        None, description="Description of how the key result is measured, at most 20 000 characters."
    )
    kind: KeyResultKind | None = Field(
        None,
        description="Kind of the key result: how its value becomes progress. A key result without kind is a draft.",
    )
    mode: ControlMode = Field(
        ControlMode.LATEST,
        description="Mode in which a limit (AT_LEAST, AT_MOST, WITHIN_RANGE) becomes progress; LATEST for other kinds. "
        "Left out of a new key result: LATEST.",
    )
    value_source: ValueSource | None = Field(
        None,
        description="Source of the key result's value. Left out of a new key result: KPI with `sourceKpi`, MILESTONES "
        "for the kind MILESTONE, else MANUAL. Null: as if left out.",
    )
    source_kpi: Key | None = ref("KPI that the key result takes its value from", more="For the value source KPI only.")
    lifecycle: Lifecycle = Field(
        Lifecycle.ACTIVE,
        description="Lifecycle of the key result; only ACTIVE counts. Left out of a new key result: ACTIVE. DRAFT "
        "instead of ACTIVE while something is missing that its kind needs.",
    )
    unit: Text | None = Field(
        None, description="Unit of the key result's values as free text, such as EUR or %; at most 50 characters."
    )
    baseline: Number | None = Field(None, description="Baseline: value where the key result begins, in its unit.")
    target: Number | None = Field(
        None,
        description="Target value of the key result, or its limit, in its unit. Not for kinds with BY in their name.",
    )
    change_by: Number | None = Field(
        None,
        description="Change from the baseline, an amount or a percentage above 0; for kinds with BY in their name.",
    )
    lower: Number | None = Field(
        None, description="Lower bound of the key result's range, itself inside; for the kind WITHIN_RANGE."
    )
    upper: Number | None = Field(
        None, description="Upper bound of the key result's range, itself inside; for the kind WITHIN_RANGE."
    )
    weight: Weight = Field(
        1.0,
        description="Weight of the key result among the contributors of its objective, 0 to 1 000 000; 0: not "
        "counted. Left out of a new key result: 1.",
    )
    owner: Key | None = ref("person who is responsible for the key result")


class MilestoneItem(Known):
    """Milestone to create or update: a stage of a key result of kind MILESTONE."""

    type: Literal["Milestone"] = "Milestone"
    REFERENCES: ClassVar[dict[str, str]] = {"key_result": "KeyResult"}
    key_result: Key = ref("key result that the milestone is a stage of", ..., "Its kind is MILESTONE.")
    title: Text = Field(description="Title of the milestone: what is to be reached, 1 to 500 characters.")
    weight: Weight = Field(
        1.0,
        description="Weight of the milestone among those of its key result, 0 to 1 000 000. Left out of a new "
        "milestone: 1.",
    )
    done_at: Instant | None = Field(
        None, description="Time at which the milestone was reached, not in the future; null: not reached yet."
    )


class AlignmentItem(Item):
    """Alignment of an objective with an objective or key result that it serves; matched by these two."""

    type: Literal["Alignment"] = "Alignment"
    REFERENCES: ClassVar[dict[str, str]] = {
        "objective": "Objective",
        "parent": "Objective",
        "parent_key_result": "KeyResult",
    }
    external_id: Key | None = Field(
        None, description="External id of the alignment in your own system, if it has one; 1 to 200 characters."
    )
    objective: Key = ref("objective that serves the other one", ...)
    parent: Key | None = ref("objective that is served", more="Either this or `parentKeyResult`.")
    parent_key_result: Key | None = ref("key result that is served", more="Either this or `parent`.")
    kind: AlignmentKind = Field(
        AlignmentKind.CONTRIBUTES,
        description="Kind of the alignment: with CONTRIBUTES the objective's progress counts, with SUPPORTS it "
        "does not. Left out of a new alignment: CONTRIBUTES.",
    )
    weight: Weight = Field(
        1.0,
        description="Weight of the objective among the contributors of what it serves, 0 to 1 000 000; 0: not "
        "counted. Left out of a new alignment: 1.",
    )
    is_primary: bool | None = Field(
        None,
        description="True if tree views show the objective below this parent; another primary alignment of it then is "
        "primary no more. Left out: unchanged; of a new alignment, true if the objective has no primary one.",
    )


class CheckInItem(Known):
    """Check-in to create: a statement about a key result or an objective. An existing check-in cannot be changed."""

    type: Literal["CheckIn"] = "CheckIn"
    REFERENCES: ClassVar[dict[str, str]] = {"key_result": "KeyResult", "objective": "Objective", "author": "Person"}
    key_result: Key | None = ref("key result that the check-in is about", more="Either this or `objective`.")
    objective: Key | None = ref("objective that the check-in is about", more="Either this or `keyResult`.")
    value: Number | None = Field(
        None,
        description="Value of the key result at that time, in its unit, or progress of the objective, 0 to 1; only "
        "where the source of value or progress is MANUAL.",
    )
    confidence: Share | None = Field(None, description="Confidence of the author that the goal is reached, 0 to 1.")
    status: SaidStatus | None = Field(None, description="Status of the goal in the author's judgement.")
    note: Text | None = Field(None, description="Note about the goal in free text, at most 20 000 characters.")
    at: Instant = Field(description="Time at which the check-in was true, inside the cycle and not in the future.")
    author: Key | None = ref("person who made the check-in", more="Left out: the person who imports it.")


KINDS: tuple[type[Item], ...] = (
    PersonItem,
    TeamItem,
    MembershipItem,
    PillarItem,
    CycleItem,
    KpiItem,
    KpiTargetItem,
    MeasurementItem,
    ObjectiveItem,
    KeyResultItem,
    KpiLinkItem,
    MilestoneItem,
    AlignmentItem,
    CheckInItem,
)
AnyItem = Annotated[
    PersonItem
    | TeamItem
    | MembershipItem
    | PillarItem
    | CycleItem
    | KpiItem
    | KpiTargetItem
    | MeasurementItem
    | ObjectiveItem
    | KeyResultItem
    | KpiLinkItem
    | MilestoneItem
    | AlignmentItem
    | CheckInItem,
    Field(discriminator="type"),
]
adapter: TypeAdapter[Any] = TypeAdapter(AnyItem)


TYPE_NAMES = frozenset(str(kind.model_fields["type"].default) for kind in KINDS)


def complaints(error: ValidationError, *, of_union: bool = True) -> list[tuple[tuple[str, ...], str]]:
    """The path of each field at fault, and why; `of_union`: paths begin with the item's type, which is left out."""
    return [
        (
            ("type",) if each["type"].startswith("union_tag") else tuple(map(str, each["loc"][of_union:])),
            each["msg"].removeprefix("Value error, "),
        )
        for each in error.errors(include_url=False, include_context=False, include_input=False)
    ]
