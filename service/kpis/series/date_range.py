"""The date range of a series, and the periods without a value."""

from collections.abc import Sequence
from datetime import date, timedelta

from service.kpis.enums import Frequency
from service.kpis.series.buckets import Bucket, KpiDefinition
from service.kpis.series.calendar import last_day, shifted, start_from_first, start_of
from service.kpis.series.series import coarser

YEAR = timedelta(days=365)


def date_range(
    definition: KpiDefinition,
    today: date,
    first: date | None,
    last: date | None,
    size: Frequency | None = None,
    *,
    only_ended: bool = False,
) -> tuple[date, date]:
    """The first day of the period of `first` and the last day of that of `last`: periods of `size`, or the KPI's own
    where those are longer.

    `last` defaults to today, `first` to a year before it. With `only_ended`, only periods that ended before today.
    """
    period = coarser(definition.frequency, size or definition.frequency)
    end = today if last is None else last
    begin = end - YEAR if first is None else first
    final = start_of(end, period, definition.fiscal_year_start_month)
    if only_ended and last_day(final, period) >= today:
        final = shifted(start_of(today, period, definition.fiscal_year_start_month), period, -1)
    return start_from_first(begin, period, definition.fiscal_year_start_month), last_day(final, period)


def missing_periods(buckets: Sequence[Bucket], began: date | None) -> list[date]:
    """The first days of periods without a value after `began`; none if that is None."""
    return [b.starts_on for b in buckets if began and b.starts_on > began and b.value is None]
