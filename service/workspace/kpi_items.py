"""What a workspace file says of KPIs, their targets, their points, and the key results that they measure."""

from typing import ClassVar, Literal

from pydantic import Field

from service.key_results.link_models import KpiLinkRole
from service.kpis.words import (
    Aggregation,
    Direction,
    Frequency,
    Indicator,
    KpiNature,
    KpiSource,
    ThresholdKind,
)
from service.pillars.models import Perspective
from service.workspace.item import Day, Item, Key, Known, Number, Text, Weight, ref


class KpiItem(Known):
    """A measure that is watched over years."""

    type: Literal["Kpi"] = "Kpi"
    REFERENCES: ClassVar[dict[str, str]] = {"parent": "Kpi", "owner": "Person", "team": "Team"}
    name: Text = Field(description="What it is called; 1 to 200 characters.")
    definition: Text | None = Field(None, description="What exactly is measured, and how.")
    unit: Text | None = Field(None, description="What its values are counted in.")
    direction: Direction = Field(Direction.HIGHER, description="Which values are good.")
    indicator: Indicator | None = Field(None, description="Whether it tells what is to come or what has been.")
    nature: KpiNature = Field(KpiNature.QUANTITATIVE, description="Whether it has numbers or grades.")
    scale: list[Text] = Field([], description="The grades of a qualitative KPI, from worst to best.")
    frequency: Frequency = Field(Frequency.MONTHLY, description="How often it is measured.")
    cumulative: bool = Field(False, description="Whether a value contains those before it in the year.")
    aggregation: Aggregation = Field(Aggregation.LAST, description="How several values become one.")
    source: KpiSource | None = Field(None, description="Where its points come from.")
    formula: Text | None = Field(None, description="What it is computed by; KPIs stand in it by external id.")
    time_zone: Text | None = Field(None, description="IANA name of the time zone of its days.")
    grace_days: int | None = Field(None, description="Days after a point is due before it is late.")
    category: Text | None = Field(None, description="A group of your own.")
    perspective: Perspective | None = Field(None, description="Its perspective of the Balanced Scorecard.")
    weight: Weight = Field(1.0, description="How much it counts in the mean of its parent.")
    parent: Key | None = ref("The KPI that it is part of")
    owner: Key | None = ref("Who answers for it")
    team: Key | None = ref("Which team it belongs to")


class KpiTargetItem(Known):
    """What a KPI should be over some time."""

    type: Literal["KpiTarget"] = "KpiTarget"
    REFERENCES: ClassVar[dict[str, str]] = {"kpi": "Kpi"}
    kpi: Key = ref("The KPI that it is for", ...)
    starts_on: Day = Field(description="The first day it holds for.")
    ends_on: Day | None = Field(None, description="The last day it holds for.")
    value: Number | None = Field(None, description="What the KPI should be.")
    lower: Number | None = Field(None, description="The lower bound of the band.")
    upper: Number | None = Field(None, description="The upper bound of the band.")
    threshold_kind: ThresholdKind = Field(ThresholdKind.RATIO, description="What the thresholds are compared with.")
    green: Number | None = Field(None, description="GREEN from here on.")
    amber: Number | None = Field(None, description="AMBER from here on, else RED.")


class MeasurementItem(Item):
    """The value of a KPI for the period that a day lies in; known by the two."""

    type: Literal["Measurement"] = "Measurement"
    REFERENCES: ClassVar[dict[str, str]] = {"kpi": "Kpi"}
    external_id: ClassVar[None] = None
    kpi: Key = ref("The KPI", ...)
    on: Day = Field(description="A day of its period.")
    value: Number = Field(description="The value in the KPI's unit.")
    source: Text | None = Field(None, description="The system that it comes from.")
    reason: Text | None = Field(None, description="Why it was recorded or corrected.")


class KpiLinkItem(Item):
    """That a KPI measures or guards a key result; known by its ends."""

    type: Literal["KpiLink"] = "KpiLink"
    REFERENCES: ClassVar[dict[str, str]] = {"key_result": "KeyResult", "kpi": "Kpi"}
    external_id: Key | None = Field(None, description="The id by which the file knows it, if any.")
    key_result: Key = ref("The key result", ...)
    kpi: Key = ref("The KPI", ...)
    role: KpiLinkRole = Field(KpiLinkRole.MEASURE, description="What the KPI is to the key result.")
