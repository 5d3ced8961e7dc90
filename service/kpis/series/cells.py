"""The cells of a series: the longest stretches of days whose measurements may be summed before they are judged.

A bucket is cut where its measurements are judged differently: where their target changes, and where measurements are
not expected.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from datetime import date

from service.kpis.enums import Aggregation, Frequency
from service.kpis.series.buckets import KpiDefinition
from service.kpis.series.calendar import DAY, periods, start_of
from service.kpis.series.expectation import Expectation
from service.kpis.targets.evaluation import Target

Cell = tuple[date, date]


def cells(
    definition: KpiDefinition,
    targets: Sequence[Target],
    expected: Expectation,
    function: str,
    first: date,
    last: date,
    period: Frequency,
) -> list[Cell]:
    """The first and last days of the cells of all periods from the one of `first` to the one of `last`, in order.

    In each cell, either all measurements are expected or none, and those that are judged one by one have one target.
    """
    month = definition.fiscal_year_start_month
    cuts = _cuts(definition, targets, expected, function)
    result: list[Cell] = []
    for start, end in periods(first, last, period, month):
        for cut in cuts[bisect_right(cuts, start) : bisect_left(cuts, end + DAY)]:
            result.append((start, cut - DAY))
            start = cut
        result.append((start, end))
    return result


def _cuts(definition: KpiDefinition, targets: Sequence[Target], expected: Expectation, function: str) -> list[date]:
    frequency, month = definition.frequency, definition.fiscal_year_start_month
    changes = {start_of(target.starts_on, frequency, month) for target in targets}
    changes |= {start_of(target.ends_on + DAY, frequency, month) for target in targets if target.ends_on is not None}
    if expected.began is None or frequency is Frequency.IRREGULAR:
        return sorted(changes)
    begin, end = start_of(expected.began, frequency, month), start_of(expected.due, frequency, month)
    if function not in (Aggregation.MIN, Aggregation.MAX) and len({target.kind for target in targets}) < 2:
        # The targets of expected measurements are counted without them.
        changes = {day for day in changes if not begin <= day <= end}
    return sorted({*changes, begin, end})
