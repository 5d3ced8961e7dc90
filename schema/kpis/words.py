"""The words of KPIs, described for whoever has only the schema."""

from enum import StrEnum

from schema.inputs import described
from service.key_results.link_models import KpiLinkRole
from service.kpis.points import Recorded
from service.kpis.words import (
    Aggregation,
    Direction,
    Frequency,
    Freshness,
    Indicator,
    KpiNature,
    KpiSource,
    KpiStatus,
    KpiStatusReason,
    NullReason,
    ThresholdKind,
    Trend,
)


class KpiBucket(StrEnum):
    DAY = "DAILY"
    WEEK = "WEEKLY"
    MONTH = "MONTHLY"
    QUARTER = "QUARTERLY"
    YEAR = "YEARLY"


class ErrorPolicy(StrEnum):
    REJECT_ALL = "REJECT_ALL"
    REJECT_FAILED = "REJECT_FAILED"


described(
    Direction,
    "Which values of a KPI are good.",
    name="KpiDirection",
    HIGHER="The higher the better.",
    LOWER="The lower the better.",
    RANGE="Those inside a band, bounds included.",
)
described(
    Indicator,
    "What a KPI tells about.",
    name="KpiIndicator",
    LEADING="What is to come: it can still be acted on.",
    LAGGING="What has happened.",
)
described(
    KpiNature,
    "Whether a KPI has numbers or grades.",
    QUANTITATIVE="Numbers in a unit.",
    QUALITATIVE="Grades of a scale; its values are places on it, 1 is the worst.",
)
described(
    Frequency,
    "How often a KPI is measured: it has one point for each of these periods.",
    name="KpiFrequency",
    IRREGULAR="Whenever; at most one point a day, and none is expected.",
    DAILY="Every day.",
    WEEKLY="Every week, from Monday to Sunday.",
    MONTHLY="Every month.",
    QUARTERLY="Every quarter of the fiscal year.",
    YEARLY="Every fiscal year.",
)
described(
    Aggregation,
    "How several values of a KPI become one of a longer period.",
    name="KpiAggregation",
    LAST="The latest one.",
    SUM="Their sum.",
    AVERAGE="Their mean.",
    MIN="The lowest.",
    MAX="The highest.",
    COUNT="How many there are.",
)
described(
    KpiSource,
    "Where the points of a KPI come from.",
    MEASURED="They are recorded.",
    FORMULA="They are computed by its formula from other KPIs.",
    CHILDREN_SUM="They are the sums of its children's values.",
    CHILDREN_MEAN="They are the means of its children's values, by their weights.",
)
described(
    ThresholdKind,
    "What the thresholds of a target are compared with.",
    name="KpiThresholdKind",
    RATIO="With the attainment.",
    ABSOLUTE="With the value itself; for the direction RANGE, with its distance to the band.",
)
described(
    KpiStatus,
    "How a value stands against its target.",
    GREEN="Good.",
    AMBER="To be watched.",
    RED="Bad.",
    INCOMPLETE="Good so far, or not to be told, while an expected measurement of a longer period is missing.",
    NO_TARGET="There is a value and no target, which says nothing about it.",
    NO_DATA="There is no value, or the last one is too old.",
)
described(
    KpiStatusReason,
    "Why the status is what it is.",
    NO_VALUE="There is no value.",
    NO_TARGET_COVERS_IT="No target covers the last day of its period, or of that of an expected measurement in it.",
    ABSOLUTE_THRESHOLDS="By the thresholds of the target, as values.",
    RATIO_THRESHOLDS="By the attainment; GREEN from 1, AMBER from 0.9, unless the target says otherwise.",
    WORST_OF_THRESHOLDS="Targets of the period judge by ratios and by values; the worse judgement counts.",
    TARGET_LABEL="By the scale: GREEN at or above the target's label, AMBER one below, else RED.",
    MEASUREMENTS_MISSING="An expected measurement of the period is missing.",
    STALE="More than one measurement is overdue, so the last value says nothing about now.",
)
described(
    Freshness,
    "Whether the points of a KPI come when they are due.",
    name="KpiFreshness",
    FRESH="Nothing is due.",
    DUE="A point is due, and within its grace.",
    LATE="A point is overdue.",
    MISSING="More than one point is overdue, or there has never been one.",
)
described(
    NullReason,
    "Why there is no value.",
    name="KpiNullReason",
    DELETED="The point was deleted.",
    DIVIDE_BY_ZERO="Its formula divides by 0.",
    INPUT_MISSING="Something that it is computed from has no value, or not all of its measurements.",
    OUT_OF_RANGE="It has more digits than a Decimal keeps.",
)
described(
    Trend,
    "Where the least-squares line through the last six values goes.",
    name="KpiTrend",
    IMPROVING="To better values.",
    DECLINING="To worse values.",
    FLAT="To the same.",
)
described(
    KpiBucket,
    "The periods that a series has points for.",
    DAY="Days.",
    WEEK="Weeks, from Monday to Sunday.",
    MONTH="Months.",
    QUARTER="Quarters of the fiscal year.",
    YEAR="Fiscal years.",
)
described(
    ErrorPolicy,
    "What happens to good points beside bad ones.",
    name="KpiErrorPolicy",
    REJECT_ALL="Nothing is recorded when any point is refused.",
    REJECT_FAILED="What is good is recorded.",
)
described(
    Recorded,
    "What became of a point.",
    name="KpiPointOutcome",
    CREATED="It was not there and was added.",
    REVISED="There was another value, which is kept as a revision.",
    DELETED="It was there and was deleted; what it was is kept as a revision.",
    UNCHANGED="It was there just so, or there was nothing to delete.",
    FAILED="It was refused.",
    SKIPPED="It is good, and was not recorded since others were refused.",
)
described(
    KpiLinkRole,
    "What a KPI is to a key result.",
    MEASURE="It shows how the key result is doing, beside its own value.",
    GUARDRAIL="While it is in RED, the key result is not achieved.",
)
