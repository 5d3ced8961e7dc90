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
    """Somebody of the organization."""

    type: Literal["Person"] = "Person"
    name: Text = Field(description="The name to show; 1 to 200 characters.")
    email: Text | None = Field(None, description="Unique in the organization.")
    role: Role = Field(Role.MEMBER, description="What the person may do.")


class TeamItem(Known):
    """A team."""

    type: Literal["Team"] = "Team"
    REFERENCES: ClassVar[dict[str, str]] = {"parent": "Team"}
    name: Text = Field(description="What it is called; 1 to 200 characters.")
    parent: Key | None = ref("The team it is part of")


class MembershipItem(Item):
    """That a person belongs to a team; known by the two, not by an external id."""

    type: Literal["Membership"] = "Membership"
    REFERENCES: ClassVar[dict[str, str]] = {"team": "Team", "person": "Person"}
    external_id: ClassVar[None] = None
    team: Key = ref("The team", ...)
    person: Key = ref("The person", ...)
    role: MembershipRole = Field(MembershipRole.MEMBER, description="Whether the person leads the team.")


class PillarItem(Known):
    """A strategic theme."""

    type: Literal["Pillar"] = "Pillar"
    name: Text = Field(description="What it is called; 1 to 200 characters.")
    description: Text | None = Field(None, description="What it is about.")


class CycleItem(Known):
    """A timeframe."""

    type: Literal["Cycle"] = "Cycle"
    REFERENCES: ClassVar[dict[str, str]] = {"parent": "Cycle"}
    name: Text = Field(description="What it is called; 1 to 200 characters.")
    kind: CycleKind = Field(description="How long it is.")
    state: CycleState = Field(
        CycleState.PLANNING, description="State of the cycle as people have set it; not enforced so far."
    )
    starts_on: Day = Field(description="Its first day.")
    ends_on: Day = Field(description="Its last day.")
    parent: Key | None = ref("The longer cycle it is part of")


class ObjectiveItem(Known):
    """What is to be achieved."""

    type: Literal["Objective"] = "Objective"
    REFERENCES: ClassVar[dict[str, str]] = {"cycle": "Cycle", "owner": "Person", "team": "Team", "pillar": "Pillar"}
    cycle: Key = ref("When it is to be achieved", ...)
    title: Text = Field(description="In words; 1 to 500 characters.")
    description: Text | None = Field(None, description="Why, and what is meant by it.")
    level: Level = Field(Level.TEAM, description="Whose objective it is.")
    kind: ObjectiveKind = Field(ObjectiveKind.ASPIRATIONAL, description="How it is meant.")
    lifecycle: Lifecycle = Field(Lifecycle.ACTIVE, description="Whether it counts.")
    visibility: Visibility = Field(
        Visibility.ORGANIZATION, description="Audience it is meant for; not enforced so far."
    )
    perspective: Perspective | None = Field(None, description="Its perspective of the Balanced Scorecard.")
    progress_source: ProgressSource = Field(ProgressSource.KEY_RESULTS, description="What its progress comes from.")
    status_source: StatusSource = Field(StatusSource.WORST_CONTRIBUTOR, description="What its status comes from.")
    owner: Key | None = ref("Who answers for it")
    team: Key | None = ref("Which team it belongs to")
    pillar: Key | None = ref("The theme it serves")


class KeyResultItem(Known):
    """A measurable outcome of an objective."""

    type: Literal["KeyResult"] = "KeyResult"
    REFERENCES: ClassVar[dict[str, str]] = {"objective": "Objective", "owner": "Person", "source_kpi": "Kpi"}
    objective: Key = ref("What it measures", ...)
    title: Text = Field(description="In words; 1 to 500 characters.")
    description: Text | None = Field(None, description="How it is measured.")
    kind: KeyResultKind | None = Field(None, description="How it is measured; without it, a draft.")
    mode: ControlMode = Field(ControlMode.LATEST, description="How a limit becomes progress.")
    value_source: ValueSource | None = Field(None, description="Where its value comes from.")
    source_kpi: Key | None = ref("The KPI that its value comes from")
    lifecycle: Lifecycle = Field(Lifecycle.ACTIVE, description="Whether it counts.")
    unit: Text | None = Field(None, description="What its values are counted in.")
    baseline: Number | None = Field(None, description="Where it begins.")
    target: Number | None = Field(None, description="What is aimed at, or the limit.")
    change_by: Number | None = Field(None, description="The amount or percentage of the BY kinds.")
    lower: Number | None = Field(None, description="The lower bound of WITHIN_RANGE.")
    upper: Number | None = Field(None, description="The upper bound of WITHIN_RANGE.")
    weight: Weight = Field(1.0, description="How much it counts beside its siblings.")
    owner: Key | None = ref("Who answers for it")


class MilestoneItem(Known):
    """A stage of a key result of kind MILESTONE."""

    type: Literal["Milestone"] = "Milestone"
    REFERENCES: ClassVar[dict[str, str]] = {"key_result": "KeyResult"}
    key_result: Key = ref("What it is a stage of", ...)
    title: Text = Field(description="What is to be reached; 1 to 500 characters.")
    weight: Weight = Field(1.0, description="How much it counts beside the others.")
    done_at: Instant | None = Field(None, description="When it was reached.")


class AlignmentItem(Item):
    """That an objective serves another one or a key result; known by its ends."""

    type: Literal["Alignment"] = "Alignment"
    REFERENCES: ClassVar[dict[str, str]] = {
        "objective": "Objective",
        "parent": "Objective",
        "parent_key_result": "KeyResult",
    }
    external_id: Key | None = Field(None, description="The id by which the file knows it, if any.")
    objective: Key = ref("The objective that serves", ...)
    parent: Key | None = ref("The objective served")
    parent_key_result: Key | None = ref("The key result served, instead of `parent`")
    kind: AlignmentKind = Field(AlignmentKind.CONTRIBUTES, description="Whether its progress counts.")
    weight: Weight = Field(1.0, description="How much it counts beside others.")
    is_primary: bool | None = Field(None, description="Whether tree views hang the objective here.")


class CheckInItem(Known):
    """What was said about a key result or an objective."""

    type: Literal["CheckIn"] = "CheckIn"
    REFERENCES: ClassVar[dict[str, str]] = {"key_result": "KeyResult", "objective": "Objective", "author": "Person"}
    key_result: Key | None = ref("The key result it is about")
    objective: Key | None = ref("The objective it is about, instead of `keyResult`")
    value: Number | None = Field(None, description="The value in its own unit.")
    confidence: Share | None = Field(None, description="How sure the author is, 0 to 1.")
    status: SaidStatus | None = Field(None, description="How it stands, in the author's words.")
    note: Text | None = Field(None, description="What else there is to say.")
    at: Instant = Field(description="When it was true, inside the cycle and not in the future.")
    author: Key | None = ref("Who said it")


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
