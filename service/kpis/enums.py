"""The words of KPIs: their kinds, and how they stand."""

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
    """From the finest calendar to the coarsest; IRREGULAR has days, and no day is expected."""

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
    """From best to worst of those that are judged; the rest has nothing, or not all of it, to be judged by."""

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
    """Why there is a point of a KPI without a value."""

    DELETED = "DELETED"
    DIVIDE_BY_ZERO = "DIVIDE_BY_ZERO"
    INPUT_MISSING = "INPUT_MISSING"
    OUT_OF_RANGE = "OUT_OF_RANGE"


class Trend(StrEnum):
    IMPROVING = "IMPROVING"
    DECLINING = "DECLINING"
    FLAT = "FLAT"
