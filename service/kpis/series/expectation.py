"""The measurements of a KPI that are expected at an instant: those whose grace has ended.

Source of the definitions: docs/numbers.md, 15 and 16.
"""

from datetime import date, datetime, timedelta
from functools import lru_cache

from service.kpis.enums import Frequency
from service.kpis.series.calendar import day_of, shifted, start_of
from service.values.record import record

DEFAULT_GRACE_DAYS = {
    Frequency.DAILY: 1,
    Frequency.WEEKLY: 2,
    Frequency.MONTHLY: 5,
    Frequency.QUARTERLY: 10,
    Frequency.YEARLY: 30,
}


@record
class Expectation:
    """Measurements are expected from the period of `began` on (None: never), if their periods ended before `due`.
    Periods that end on `today` or later are running. All three are days in the KPI's time zone."""

    began: date | None
    due: date
    today: date

    def span(self, frequency: Frequency, start_month: int, first: date, last: date) -> tuple[date, date] | None:
        """The first days of the first and the last expected period that begin from `first` to `last`, both inside. None
        if there is none, as for IRREGULAR."""
        if self.began is None or frequency is Frequency.IRREGULAR:
            return None
        oldest, newest = due_periods(self.began, self.due, frequency, start_month)
        bounds = periods_between(frequency, start_month, max(first, oldest), last)
        if bounds is None:
            return None
        begin, end = bounds[0], min(bounds[1], newest)
        return (begin, end) if begin <= end else None


def expectation(
    frequency: Frequency,
    time_zone: str,
    began: date | None,
    now: datetime,
    grace_days: int | None = None,
    archived_at: datetime | None = None,
) -> Expectation:
    """The expectation of a KPI at `now`. A period is due `grace_days` (default: those of the frequency) after its end.
    Periods that had not ended when the KPI was archived are never due."""
    grace = DEFAULT_GRACE_DAYS.get(frequency, 0) if grace_days is None else grace_days
    due = day_of(now - timedelta(days=grace), time_zone)
    if archived_at is not None:
        due = min(due, day_of(archived_at, time_zone))
    return Expectation(began, due, day_of(now, time_zone))


# The same for all buckets of a series.
@lru_cache(maxsize=1024)
def due_periods(began: date, due: date, frequency: Frequency, start_month: int) -> tuple[date, date]:
    """The first days of the period of `began` and of the last one that ended before `due`."""
    newest = shifted(start_of(due, frequency, start_month), frequency, -1)
    return start_of(began, frequency, start_month), newest


def periods_between(frequency: Frequency, start_month: int, first: date, last: date) -> tuple[date, date] | None:
    """The first days of the first and the last period that begin from `first` to `last`; None if none does."""
    begin = start_of(first, frequency, start_month)
    if begin < first:
        begin = shifted(begin, frequency, 1)
    end = start_of(last, frequency, start_month)
    return (begin, end) if begin <= end else None
