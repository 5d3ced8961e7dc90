"""What a workspace file says of KPIs, their targets, their points, and the key results that they measure."""

from typing import ClassVar, Literal

from pydantic import Field

from service.key_results.kpi_link_models import KpiLinkRole
from service.kpis.enums import (
    Aggregation,
    Direction,
    Frequency,
    Indicator,
    KpiSource,
    KpiValueType,
    ThresholdKind,
)
from service.pillars.models import Perspective
from service.workspace.item import Day, Item, Key, Known, Number, Text, Weight, ref


class KpiItem(Known):
    """KPI to create or update: a measure that is followed over years."""

    type: Literal["Kpi"] = "Kpi"
    REFERENCES: ClassVar[dict[str, str]] = {"parent": "Kpi", "owner": "Person", "team": "Team"}
    name: Text = Field(description="Name of the KPI, 1 to 200 characters.")
    definition: Text | None = Field(
        None, description="Definition of what exactly the KPI measures, and how; at most 20 000 characters."
    )
    unit: Text | None = Field(
        None, description="Unit of the KPI's values as free text, such as EUR, % or hours; at most 50 characters."
    )
    direction: Direction = Field(
        Direction.HIGHER,
        description="Direction in which the KPI's values are good. Left out of a new KPI: HIGHER.",
    )
    indicator: Indicator | None = Field(None, description="Kind of indicator that the KPI is: LEADING or LAGGING.")
    value_type: KpiValueType = Field(
        KpiValueType.QUANTITATIVE,
        description="Type of the KPI's values: numbers or labels of a scale. Left out of a new KPI: QUANTITATIVE.",
    )
    scale: list[Text] = Field(
        [], description="Labels of a qualitative KPI's scale from worst to best, 2 to 50; empty for a quantitative KPI."
    )
    frequency: Frequency = Field(
        Frequency.MONTHLY, description="Frequency at which the KPI is measured. Left out of a new KPI: MONTHLY."
    )
    cumulative: bool = Field(
        False,
        description="True if each value of the KPI contains those before it in the fiscal year (year to date). "
        "Left out of a new KPI: false.",
    )
    aggregation: Aggregation = Field(
        Aggregation.LAST,
        description="Function by which several values of the KPI become one value of a longer period. Left out of "
        "a new KPI: LAST.",
    )
    source: KpiSource | None = Field(
        None,
        description="Source of the KPI's measurements. Left out of a new KPI: FORMULA with a formula, else "
        "MEASURED. Null: as if left out.",
    )
    formula: Text | None = Field(
        None,
        description="Formula that the KPI is computed by, such as [sales] / [orders]; it names other KPIs by "
        "external id. For the source FORMULA, and only for it.",
    )
    time_zone: Text | None = Field(
        None,
        description="Time zone in which the KPI's days begin and end, by its IANA name such as Europe/Berlin. "
        "Without one, that of the organization.",
    )
    grace_days: int | None = Field(
        None,
        description="Days of grace after a measurement of the KPI is due before it is LATE, 0 to 366. Without them, a "
        "default by frequency.",
    )
    category: Text | None = Field(
        None, description="Category of the KPI, a free text to group and find it by; at most 200 characters."
    )
    perspective: Perspective | None = Field(None, description="Balanced Scorecard perspective of the KPI.")
    weight: Weight = Field(
        1.0,
        description="Weight of the KPI in the mean of its parent, 0 to 1 000 000. Left out of a new KPI: 1.",
    )
    parent: Key | None = ref("parent KPI that the KPI is a part of")
    owner: Key | None = ref("person who is responsible for the KPI")
    team: Key | None = ref("team that the KPI belongs to")


class KpiTargetItem(Known):
    """Target of a KPI to create or update: the value or band that the KPI should have over some time."""

    type: Literal["KpiTarget"] = "KpiTarget"
    REFERENCES: ClassVar[dict[str, str]] = {"kpi": "Kpi"}
    kpi: Key = ref("KPI that the target is for", ...)
    starts_on: Day = Field(description="First day of the target's validity, such as 2026-01-01.")
    ends_on: Day | None = Field(None, description="Last day of the target's validity; without one it has no end.")
    value: Number | None = Field(
        None,
        description="Target value in the KPI's unit, for HIGHER and LOWER; of a qualitative KPI the position of a "
        "label on its scale, 1 the worst.",
    )
    lower: Number | None = Field(
        None, description="Lower bound of the target band in the KPI's unit, itself inside; for RANGE only."
    )
    upper: Number | None = Field(
        None, description="Upper bound of the target band in the KPI's unit, itself inside; for RANGE only."
    )
    threshold_kind: ThresholdKind = Field(
        ThresholdKind.RATIO,
        description="Kind of the thresholds `green` and `amber`: attainments or values. Left out of a new target: "
        "RATIO.",
    )
    green: Number | None = Field(
        None,
        description="Threshold of the status GREEN, itself GREEN: an attainment, 1 if null, or with ABSOLUTE a "
        "value (for RANGE a distance from the band).",
    )
    amber: Number | None = Field(
        None,
        description="Threshold of the status AMBER, itself AMBER; worse is RED. An attainment, 0.9 if null, or "
        "with ABSOLUTE a value (for RANGE a distance from the band).",
    )


class MeasurementItem(Item):
    """Measurement of a KPI to record or correct: its value for one period; matched by the KPI and the period."""

    type: Literal["Measurement"] = "Measurement"
    REFERENCES: ClassVar[dict[str, str]] = {"kpi": "Kpi"}
    external_id: ClassVar[None] = None
    kpi: Key = ref("KPI that the measurement belongs to", ...)
    on: Day = Field(description="Day in the period that the measurement stands for, such as 2026-03-31 for March.")
    value: Number = Field(
        description="Value in the KPI's unit; of a qualitative KPI the position of its label on the scale, 1 the worst."
    )
    source: Text | None = Field(
        None, description="Name of the system that the value comes from, at most 200 characters."
    )
    reason: Text | None = Field(
        None, description="Reason for recording or correcting the value, at most 2 000 characters."
    )


class KpiLinkItem(Item):
    """Link of a KPI to a key result that it measures or guards; matched by these two and the role."""

    type: Literal["KpiLink"] = "KpiLink"
    REFERENCES: ClassVar[dict[str, str]] = {"key_result": "KeyResult", "kpi": "Kpi"}
    external_id: Key | None = Field(
        None, description="External id of the KPI link in your own system, if it has one; 1 to 200 characters."
    )
    key_result: Key = ref("key result that the KPI measures or guards", ...)
    kpi: Key = ref("KPI that measures or guards the key result", ...)
    role: KpiLinkRole = Field(
        KpiLinkRole.MEASURE, description="Role of the KPI: MEASURE or GUARDRAIL of the key result. Left out: MEASURE."
    )
