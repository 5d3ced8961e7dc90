"""Aggregates the targets of measurements into the target of a longer period.

Source of the definitions: docs/numbers.md, 16.
"""

from bisect import bisect_right
from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from service.kpis.enums import Aggregation, Frequency, ThresholdKind
from service.kpis.series.calendar import distance, last_day, shifted, start_of
from service.kpis.targets.evaluation import Target
from service.values.decimals import EXACT_CONTEXT, ExactNumber, mean

# A target with the number of periods whose last day it covers.
TargetCount = tuple[Target, int]


def targets_of_periods(
    targets: Sequence[Target], frequency: Frequency, fiscal_year_start_month: int, begin: date, end: date
) -> list[TargetCount]:
    """The targets of the periods that begin from `begin` to `end`, each with the number of its periods. `targets` and
    the result are in the order of time."""
    final = last_day(end, frequency)
    index = bisect_right(targets, last_day(begin, frequency), key=lambda target: target.starts_on) - 1
    counts: list[TargetCount] = []
    for number in range(max(index, 0), len(targets)):
        target = targets[number]
        if target.starts_on > final:
            break
        first, last = max(begin, start_of(target.starts_on, frequency, fiscal_year_start_month)), end
        if target.ends_on is not None and target.ends_on < final:
            last = start_of(target.ends_on, frequency, fiscal_year_start_month)
            if last_day(last, frequency) > target.ends_on:
                last = shifted(last, frequency, -1)
        if first <= last:
            counts.append((target, distance(first, last, frequency) + 1))
    return counts


def aggregate_targets(target_counts: Sequence[TargetCount], function: str) -> Target:
    """The sum or mean of at least one target, for SUM or AVERAGE. A mean is an exact fraction. Absolute thresholds are
    aggregated like values; ratio thresholds are those of the latest target."""
    latest = target_counts[-1][0]

    def combine(name: str) -> ExactNumber | None:
        return _aggregate_numbers(target_counts, name, function)

    is_absolute = latest.kind == ThresholdKind.ABSOLUTE
    return Target(
        latest.starts_on,
        latest.ends_on,
        combine("value"),
        combine("lower"),
        combine("upper"),
        latest.kind,
        combine("green") if is_absolute else latest.green,
        combine("amber") if is_absolute else latest.amber,
    )


def _aggregate_numbers(target_counts: Sequence[TargetCount], name: str, function: str) -> ExactNumber | None:
    total, count = Decimal(0), 0
    for target, periods in target_counts:
        number = getattr(target, name)
        if number is None:
            return None
        total = EXACT_CONTEXT.add(total, EXACT_CONTEXT.multiply(number, periods))
        count += periods
    return total if function == Aggregation.SUM else mean([total], count)
