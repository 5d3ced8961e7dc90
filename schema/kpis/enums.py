"""The words of KPIs, described for whoever has only the schema."""

from enum import StrEnum

from schema.descriptions.enums import describe_enum
from service.key_results.kpi_link_models import KpiLinkRole
from service.kpis.enums import (
    Aggregation,
    Direction,
    Frequency,
    Freshness,
    Indicator,
    KpiSource,
    KpiStatus,
    KpiStatusReason,
    KpiValueType,
    NullReason,
    ThresholdKind,
    Trend,
)
from service.kpis.measurements.points import RecordingOutcome


class KpiBucketFrequency(StrEnum):
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    YEARLY = "YEARLY"


class ErrorPolicy(StrEnum):
    REJECT_ALL = "REJECT_ALL"
    REJECT_FAILED = "REJECT_FAILED"


describe_enum(
    Direction,
    "Direction in which the values of a KPI are good.",
    name="KpiDirection",
    HIGHER="Higher values are better, as of sales.",
    LOWER="Lower values are better, as of costs.",
    RANGE="Values inside a band are good, bounds included, as of room temperature.",
)
describe_enum(
    Indicator,
    "Kind of indicator that a KPI is.",
    name="KpiIndicator",
    LEADING="Leading indicator: it tells what is to come and can still be acted on.",
    LAGGING="Lagging indicator: it tells what has happened.",
)
describe_enum(
    KpiValueType,
    "Type of a KPI's values: numbers, or labels of a scale.",
    QUANTITATIVE="Numbers in the unit of the KPI.",
    QUALITATIVE="Labels of a scale; the KPI's values are positions on it, 1 is the worst.",
)
describe_enum(
    Frequency,
    "Frequency at which a KPI is measured: it has one measurement for each of these periods.",
    name="KpiFrequency",
    IRREGULAR="Irregular frequency: at most one measurement a day, and none is expected.",
    DAILY="Day in the KPI's time zone.",
    WEEKLY="Week from Monday to Sunday.",
    MONTHLY="Month of the calendar year.",
    QUARTERLY="Quarter of the fiscal year.",
    YEARLY="Fiscal year of the organization.",
)
describe_enum(
    Aggregation,
    "Function by which several values of a KPI become one value of a longer period.",
    name="KpiAggregation",
    LAST="Latest of the values in the period.",
    SUM="Sum of the values in the period.",
    AVERAGE="Arithmetic mean of the values in the period.",
    MIN="Lowest of the values in the period.",
    MAX="Highest of the values in the period.",
    COUNT="Number of the values in the period.",
)
describe_enum(
    KpiSource,
    "Source of a KPI's measurements.",
    MEASURED="Measurements recorded by people or systems.",
    FORMULA="Measurements computed from other KPIs by the KPI's formula.",
    CHILDREN_SUM="Measurements computed as the sum of the child KPIs' values.",
    CHILDREN_MEAN="Measurements computed as the mean of the child KPIs' values, weighted by their `weight`.",
)
describe_enum(
    ThresholdKind,
    "Kind of a target's thresholds: the number that they are compared with.",
    name="KpiThresholdKind",
    RATIO="Attainment of the target, a fraction: 1 is exactly met.",
    ABSOLUTE="Value itself, in the KPI's unit; for the direction RANGE, its distance from the band.",
)
describe_enum(
    KpiStatus,
    "Status of a KPI's value against its target, a traffic light.",
    GREEN="Good value: the threshold for GREEN is met, by default the target itself.",
    AMBER="Value to be watched: the threshold for AMBER is met, by default an attainment of 0.9 or one label below.",
    RED="Bad value: the threshold for AMBER is missed.",
    INCOMPLETE="Value of a series bucket that is good so far, or cannot be judged yet, while an expected "
    "measurement is missing.",
    NO_TARGET="Value without a target, so it cannot be judged.",
    NO_DATA="No value, or the latest one is too old: more than one measurement is overdue.",
)
describe_enum(
    KpiStatusReason,
    "Reason of the status of a KPI or of a series bucket.",
    NO_VALUE="No value is there for the period.",
    TARGET_MISSING="No target covers the last day of the period, or of the period of an expected measurement in it.",
    ABSOLUTE_THRESHOLDS="Thresholds of the target compared with the value itself, for RANGE with its distance from "
    "the band.",
    RATIO_THRESHOLDS="Thresholds of the target compared with the attainment: GREEN from 1, AMBER from 0.9, unless the "
    "target says otherwise.",
    WORST_OF_THRESHOLDS="Targets of the period have RATIO and ABSOLUTE thresholds; the worse status counts.",
    TARGET_LABEL="Label compared with the target's label: GREEN at or above it, AMBER one label below, else RED.",
    MEASUREMENTS_MISSING="Missing measurement: one that is expected in the period is not there.",
    STALE="Stale value: more than one measurement is overdue, so the latest value says nothing about now.",
)
describe_enum(
    Freshness,
    "Freshness of a KPI: tells if its measurements come when they are due.",
    name="KpiFreshness",
    FRESH="No measurement is due yet; always so for an IRREGULAR KPI that was ever measured.",
    DUE="Measurement is due, and its days of grace have not passed.",
    LATE="One measurement is overdue: its days of grace have passed.",
    MISSING="More than one measurement is overdue, or there has never been one.",
)
describe_enum(
    NullReason,
    "Reason why a measurement of a KPI has no value.",
    name="KpiNullReason",
    DELETED="Deleted measurement; it can be recorded again.",
    DIVIDE_BY_ZERO="Division by 0 in the KPI's formula.",
    INPUT_MISSING="Missing input: a KPI that it is computed from has no value, or not all of its measurements.",
    OUT_OF_RANGE="Result with more digits before the decimal point than a Decimal keeps, 24.",
)
describe_enum(
    Trend,
    "Trend of a KPI by the least-squares line through its last six values, at least three.",
    name="KpiTrend",
    IMPROVING="Values get better: in the KPI's direction, for RANGE nearer to the band.",
    DECLINING="Values get worse: against the KPI's direction, for RANGE farther from the band.",
    FLAT="Values stay exactly the same by the line; for RANGE also while it stays inside the band.",
)
describe_enum(
    KpiBucketFrequency,
    "Length of the periods of a series, its buckets.",
    DAILY="One bucket for every day.",
    WEEKLY="One bucket for every week, from Monday to Sunday.",
    MONTHLY="One bucket for every month.",
    QUARTERLY="One bucket for every quarter of the fiscal year.",
    YEARLY="One bucket for every fiscal year.",
)
describe_enum(
    ErrorPolicy,
    "Policy for valid measurements when others of the same input are refused.",
    name="KpiErrorPolicy",
    REJECT_ALL="Nothing is recorded or deleted if any measurement is refused.",
    REJECT_FAILED="Valid measurements are recorded or deleted; only the refused ones are not.",
)
describe_enum(
    RecordingOutcome,
    "Outcome of recording or deleting a measurement.",
    name="KpiMeasurementOutcome",
    CREATED="New measurement: there was none for the period, and it was added.",
    REVISED="Corrected measurement, or one recorded again after its deletion; the former one is kept as a revision.",
    DELETED="Deleted measurement: the former value is kept as a revision.",
    UNCHANGED="Unchanged measurement: the same was there already, or there was nothing to delete.",
    FAILED="Refused measurement; `userErrors` give the reasons.",
    SKIPPED="Valid measurement that was not recorded or deleted, because others were refused (REJECT_ALL).",
)
describe_enum(
    KpiLinkRole,
    "Role of a KPI that is linked to a key result.",
    MEASURE="Measure: the KPI shows how the key result is doing, beside the key result's own value.",
    GUARDRAIL="Guardrail: while the KPI is in RED, the key result is not ACHIEVED.",
)
