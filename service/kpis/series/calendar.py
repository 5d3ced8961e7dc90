"""Calendar periods of KPIs: days, weeks, months, quarters and years.

A period is identified by its first day. Quarters and years follow a fiscal year that begins on the first of
`fiscal_year_start_month` (1..12). Weeks follow ISO 8601 and begin on Monday. `day_of` converts an instant to a day in
the time zone of the KPI.
"""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from service.kpis.enums import Frequency
from service.values.parsing import MIN_YEAR

# No period begins before it, since clients cannot send an earlier day.
FIRST_DAY = date(MIN_YEAR, 1, 1)
DAY = timedelta(days=1)
MONTHS = {Frequency.MONTHLY: 1, Frequency.QUARTERLY: 3, Frequency.YEARLY: 12}


def day_of(at: datetime, time_zone: str) -> date:
    """The day that an instant falls on in a time zone."""
    return at.astimezone(ZoneInfo(time_zone)).date()


def midnight(day: date, time_zone: str) -> datetime:
    """The instant at which a day begins in a time zone, in UTC, also on days when clocks change."""
    return datetime.combine(day, time(), ZoneInfo(time_zone)).astimezone(UTC)


def start_of(day: date, frequency: Frequency, fiscal_year_start_month: int = 1) -> date:
    """The first day of the period that a day lies in."""
    if frequency is Frequency.WEEKLY:
        return day - timedelta(days=day.weekday())
    if frequency in MONTHS:
        length = MONTHS[frequency]
        since = day.year * 12 + day.month - fiscal_year_start_month
        return _month(since - since % length + fiscal_year_start_month - 1)
    return day


def start_from_first(day: date, frequency: Frequency, fiscal_year_start_month: int = 1) -> date:
    """As `start_of`, but the start of the next period if the period begins before `FIRST_DAY`."""
    start = start_of(max(day, FIRST_DAY), frequency, fiscal_year_start_month)
    return start if start >= FIRST_DAY else shifted(start, frequency, 1)


def shifted(start: date, frequency: Frequency, periods: int) -> date:
    """The first day of the period `periods` later (earlier below 0). Raises OverflowError."""
    if frequency is Frequency.WEEKLY:
        return start + timedelta(weeks=periods)
    if frequency in MONTHS:
        return _month(start.year * 12 + start.month - 1 + periods * MONTHS[frequency])
    return start + timedelta(days=periods)


def last_day(start: date, frequency: Frequency) -> date:
    """The last day of a period."""
    return shifted(start, frequency, 1) - DAY


def distance(first: date, second: date, frequency: Frequency) -> int:
    """The number of periods from one first day of a period to another; for IRREGULAR, of days."""
    if frequency in MONTHS:
        return ((second.year - first.year) * 12 + second.month - first.month) // MONTHS[frequency]
    days = (second - first).days
    return days // 7 if frequency is Frequency.WEEKLY else days


def starts(first: date, last: date, frequency: Frequency, fiscal_year_start_month: int = 1) -> Iterator[date]:
    """The first days of all periods from the one of `first` to the one of `last`."""
    start = start_of(first, frequency, fiscal_year_start_month)
    while start <= last:
        yield start
        start = shifted(start, frequency, 1)


def periods(
    first: date, last: date, frequency: Frequency, fiscal_year_start_month: int = 1
) -> Iterator[tuple[date, date]]:
    """The first and last days of all periods from the one of `first` to the one of `last`."""
    start = start_of(first, frequency, fiscal_year_start_month)
    while start <= last:
        following = shifted(start, frequency, 1)
        yield start, following - DAY
        start = following


def _month(number: int) -> date:
    """The first day of a month, counted from January of the year 0."""
    if not 12 <= number < 120_000:
        raise OverflowError("Years go from 1 to 9999.")
    return date(number // 12, number % 12 + 1, 1)
