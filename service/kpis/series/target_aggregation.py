"""The target of a longer period: what the targets of its measurements come to by the same aggregation.

Source of the definitions: docs/numbers.md, 16.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from service.kpis.enums import Aggregation, Frequency, ThresholdKind
from service.kpis.series.calendar import distance, last_day, shifted, start_of
from service.kpis.targets.evaluation import Target
from service.values.decimals import EXACT, ExactNumber, mean

# A target with the number of measurements whose last day it covers.
Covered = tuple[Target, int]


def covering(
    targets: Sequence[Target], frequency: Frequency, fiscal_year_start_month: int, begin: date, end: date
) -> list[Covered]:
    """The targets of the measurements from the period that begins on `begin` to the one that begins on `end`, each
    with the number of its measurements, in the order of time; `targets` are in that order."""
    final = last_day(end, frequency)
    place = bisect_right(targets, last_day(begin, frequency), key=lambda target: target.starts_on) - 1
    found: list[Covered] = []
    for number in range(max(place, 0), len(targets)):
        target = targets[number]
        if target.starts_on > final:
            break
        first, last = max(begin, start_of(target.starts_on, frequency, fiscal_year_start_month)), end
        if target.ends_on is not None and target.ends_on < final:
            last = start_of(target.ends_on, frequency, fiscal_year_start_month)
            if last_day(last, frequency) > target.ends_on:
                last = shifted(last, frequency, -1)
        if first <= last:
            found.append((target, distance(first, last, frequency) + 1))
    return found


def combined(covered: Sequence[Covered], function: str) -> Target:
    """One target of several for SUM or AVERAGE, of which there is at least one. Means are exact fractions. Absolute
    thresholds are combined like the values; ratios are those of the latest."""
    latest = covered[-1][0]
    names = ["value", "lower", "upper"]
    if latest.kind == ThresholdKind.ABSOLUTE:
        names += ["green", "amber"]
    numbers: dict[str, Any] = {name: _combined(covered, name, function) for name in names}
    return replace(latest, **numbers)


def _combined(covered: Sequence[Covered], name: str, function: str) -> ExactNumber | None:
    numbers = [(getattr(target, name), count) for target, count in covered]
    if any(number is None for number, _ in numbers):
        return None
    with localcontext(EXACT):
        totals = [number * count for number, count in numbers]
        if function == Aggregation.SUM:
            return sum(totals, Decimal(0))
    return mean(totals, sum(count for _, count in numbers))
