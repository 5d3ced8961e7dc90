"""Which periods a series looks at, and which of them have no value."""

from collections.abc import Sequence
from datetime import date, timedelta

from service.kpis.enums import Frequency
from service.kpis.series.buckets import Bucket, Measure
from service.kpis.series.calendar import last_day, shifted, start_from_first, start_of
from service.kpis.series.series import coarser

YEAR = timedelta(days=365)


def window(
    measure: Measure,
    today: date,
    first: date | None,
    last: date | None,
    size: Frequency | None = None,
    *,
    over: bool = False,
) -> tuple[date, date]:
    """The first day of the period of `first` and the last day of that of `last`: periods of `size`, or the KPI's own
    where those are longer.

    The last is by default today, the first a year before it. With `over`, only periods that are over by today.
    """
    period = coarser(measure.frequency, size or measure.frequency)
    end = today if last is None else last
    begin = end - YEAR if first is None else first
    final = start_of(end, period, measure.fiscal_year_start_month)
    if over and last_day(final, period) >= today:
        final = shifted(start_of(today, period, measure.fiscal_year_start_month), period, -1)
    return start_from_first(begin, period, measure.fiscal_year_start_month), last_day(final, period)


def missing_periods(buckets: Sequence[Bucket], began: date | None) -> list[date]:
    """The first days of periods without a value since a KPI began; none of one that never did."""
    return [b.starts_on for b in buckets if began and b.starts_on > began and b.value is None]
