"""Enums of KPIs."""

from enum import StrEnum


class Direction(StrEnum):
    HIGHER = "HIGHER"
    LOWER = "LOWER"
    RANGE = "RANGE"


class Indicator(StrEnum):
    LEADING = "LEADING"
    LAGGING = "LAGGING"


class KpiValueType(StrEnum):
    QUANTITATIVE = "QUANTITATIVE"
    QUALITATIVE = "QUALITATIVE"


class Frequency(StrEnum):
    """From the shortest periods to the longest. IRREGULAR has days, none of which is expected."""

    IRREGULAR = "IRREGULAR"
    DAILY = "DAILY"
    WEEKLY = "WEEKLY"
    MONTHLY = "MONTHLY"
    QUARTERLY = "QUARTERLY"
    YEARLY = "YEARLY"


class Aggregation(StrEnum):
    LAST = "LAST"
    SUM = "SUM"
    AVERAGE = "AVERAGE"
    MIN = "MIN"
    MAX = "MAX"
    COUNT = "COUNT"


class KpiSource(StrEnum):
    MEASURED = "MEASURED"
    FORMULA = "FORMULA"
    CHILDREN_SUM = "CHILDREN_SUM"
    CHILDREN_MEAN = "CHILDREN_MEAN"


class ThresholdKind(StrEnum):
    RATIO = "RATIO"
    ABSOLUTE = "ABSOLUTE"


class KpiStatus(StrEnum):
    """GREEN, AMBER and RED from best to worst; the others are not judged."""

    GREEN = "GREEN"
    AMBER = "AMBER"
    RED = "RED"
    INCOMPLETE = "INCOMPLETE"
    NO_TARGET = "NO_TARGET"
    NO_DATA = "NO_DATA"


class KpiStatusReason(StrEnum):
    NO_VALUE = "NO_VALUE"
    TARGET_MISSING = "TARGET_MISSING"
    ABSOLUTE_THRESHOLDS = "ABSOLUTE_THRESHOLDS"
    RATIO_THRESHOLDS = "RATIO_THRESHOLDS"
    WORST_OF_THRESHOLDS = "WORST_OF_THRESHOLDS"
    TARGET_LABEL = "TARGET_LABEL"
    MEASUREMENTS_MISSING = "MEASUREMENTS_MISSING"
    STALE = "STALE"


class Freshness(StrEnum):
    FRESH = "FRESH"
    DUE = "DUE"
    LATE = "LATE"
    MISSING = "MISSING"


class NullReason(StrEnum):
    """The reason why a measurement has no value."""

    DELETED = "DELETED"
    DIVIDE_BY_ZERO = "DIVIDE_BY_ZERO"
    INPUT_MISSING = "INPUT_MISSING"
    OUT_OF_RANGE = "OUT_OF_RANGE"


class Trend(StrEnum):
    IMPROVING = "IMPROVING"
    DECLINING = "DECLINING"
    FLAT = "FLAT"
