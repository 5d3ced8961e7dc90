"""The months, quarters, half-years and years that the dates of goals stand for."""

from calendar import monthrange
from datetime import date
from enum import StrEnum


class DateGranularity(StrEnum):
    """From short to long."""

    DAY = "DAY"
    MONTH = "MONTH"
    QUARTER = "QUARTER"
    HALF_YEAR = "HALF_YEAR"
    YEAR = "YEAR"


MONTHS = {
    DateGranularity.MONTH: 1,
    DateGranularity.QUARTER: 3,
    DateGranularity.HALF_YEAR: 6,
    DateGranularity.YEAR: 12,
}


def first_day(day: date, granularity: DateGranularity, fiscal_year_start_month: int = 1) -> date:
    """The first day of the granule that a day lies in. Raises ValueError before the year 1.

    Quarters, half-years and years are those of a fiscal year that begins on the first of `fiscal_year_start_month`
    (1..12).
    """
    if granularity == DateGranularity.DAY:
        return day
    since = day.year * 12 + day.month - fiscal_year_start_month
    year, month = divmod(since - since % MONTHS[granularity] + fiscal_year_start_month - 1, 12)
    return date(year, month + 1, 1)


def last_day(day: date, granularity: DateGranularity, fiscal_year_start_month: int = 1) -> date:
    """The last day of the granule that a day lies in, itself inside. Raises ValueError after the year 9999."""
    if granularity == DateGranularity.DAY:
        return day
    first = first_day(day, granularity, fiscal_year_start_month)
    year, month = divmod(first.year * 12 + first.month - 2 + MONTHS[granularity], 12)
    return date(year, month + 1, monthrange(year, month + 1)[1])
