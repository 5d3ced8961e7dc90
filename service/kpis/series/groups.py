"""Groups of measurements of a KPI, and one value from several groups.

Postgres makes groups of very many measurements. A single measurement is a group, too, so that both are judged alike.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from service.kpis.enums import Aggregation, NullReason
from service.kpis.series.aggregate import aggregate
from service.kpis.series.period_value import InputCounts, PeriodValue
from service.values.decimals import ExactNumber, mean

# What a group has for each function.
_ATTRIBUTES: Mapping[str, str] = {
    Aggregation.LAST: "last",
    Aggregation.SUM: "total",
    Aggregation.AVERAGE: "total",
    Aggregation.MIN: "minimum",
    Aggregation.MAX: "maximum",
}


class MeasurementGroup(NamedTuple):
    """Measurements of consecutive periods, `size` in number, of which `value_count` have a value.

    All begin on `starts_on` or later. The newest with a value begins on `last_on`. Of `total`, `minimum` with
    `maximum`, and `last`, only those are set that the aggregation of the KPI needs. Without a value `null_reason` is
    that of the newest measurement. `input_counts` are those of a single measurement.
    """

    starts_on: date
    size: int
    value_count: int
    total: Decimal | None = None
    minimum: Decimal | None = None
    maximum: Decimal | None = None
    last: Decimal | None = None
    last_on: date | None = None
    null_reason: str | None = None
    lacks_input: bool = False
    input_counts: InputCounts | None = None


def group_of_one(measurement: PeriodValue) -> MeasurementGroup:
    """A single measurement as a group."""
    start, value, reason = measurement.starts_on, measurement.value, measurement.null_reason
    if value is None:
        lacks_input = reason == NullReason.INPUT_MISSING
        return MeasurementGroup(
            start, 1, 0, null_reason=reason, lacks_input=lacks_input, input_counts=measurement.input_counts
        )
    return MeasurementGroup(start, 1, 1, value, value, value, value, start, input_counts=measurement.input_counts)


def aggregate_groups(groups: Sequence[MeasurementGroup], function: str) -> ExactNumber | None:
    """As `aggregate`, of all values in groups that have any, in the order of time."""
    if not groups:
        return None
    if function == Aggregation.COUNT:
        return Decimal(count_values(groups))
    name = _ATTRIBUTES[function]
    values = [getattr(group, name) for group in groups]
    if function == Aggregation.AVERAGE:
        return mean(values, count_values(groups))
    return values[0] if len(values) == 1 else aggregate(values, function)


def count_values(groups: Sequence[MeasurementGroup]) -> int:
    """The number of values in the groups."""
    count = 0
    for group in groups:
        count += group.value_count
    return count
