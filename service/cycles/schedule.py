"""The calendar of cycles that are planned ahead: periods of a pattern that follow each other without gaps."""

from collections.abc import Mapping
from datetime import date, timedelta
from enum import StrEnum

from service.values.record import record

MONTHS_OF_YEAR = 12
SIX_WEEKS = timedelta(weeks=6)
DAY = timedelta(days=1)


class SchedulePattern(StrEnum):
    FISCAL_QUARTERS = "FISCAL_QUARTERS"
    MONTHS = "MONTHS"
    SIX_WEEKS = "SIX_WEEKS"
    HALF_YEARS = "HALF_YEARS"


# The kind of the cycles of each pattern.
KINDS: Mapping[SchedulePattern, str] = {
    SchedulePattern.FISCAL_QUARTERS: "QUARTER",
    SchedulePattern.MONTHS: "MONTH",
    SchedulePattern.SIX_WEEKS: "SIX_WEEKS",
    SchedulePattern.HALF_YEARS: "HALF_YEAR",
}
# How many months a period has, and the letter of its number in names.
_LENGTHS: Mapping[SchedulePattern, tuple[int, str]] = {
    SchedulePattern.FISCAL_QUARTERS: (3, "Q"),
    SchedulePattern.MONTHS: (1, ""),
    SchedulePattern.HALF_YEARS: (6, "H"),
}
_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July", "August", "September", "October"),
    *("November", "December"),
)


@record
class Period:
    """A period of a pattern, from its first to its last day, both inside."""

    name: str
    starts_on: date
    ends_on: date


def periods(pattern: SchedulePattern, day: date, count: int, fiscal_start: int = 1) -> list[Period]:
    """So many periods that follow each other, beginning with the one that contains a day.

    Six weeks begin on the Monday of its week. Quarters and half-years are those of fiscal years, which begin with the
    month `fiscal_start`, 1..12.
    """
    if pattern is SchedulePattern.SIX_WEEKS:
        monday = day - timedelta(days=day.weekday())
        return [_six_weeks(monday + number * SIX_WEEKS) for number in range(count)]
    length, letter = _LENGTHS[pattern]
    offset = 0 if pattern is SchedulePattern.MONTHS else fiscal_start - 1
    month = day.year * MONTHS_OF_YEAR + day.month - 1 - offset
    first = month - month % length + offset
    return [_months(first + number * length, length, letter, offset) for number in range(count)]


def next_day(pattern: SchedulePattern, last_day: date, fiscal_start: int = 1) -> date:
    """The first day of the first period that begins after a day, on which the last cycle of the pattern ends."""
    if pattern is SchedulePattern.SIX_WEEKS:
        after = last_day + DAY
        return after + timedelta(days=-after.weekday() % 7)
    [first, second] = periods(pattern, last_day + DAY, 2, fiscal_start)
    return first.starts_on if first.starts_on > last_day else second.starts_on


def _six_weeks(starts_on: date) -> Period:
    ends_on = starts_on + SIX_WEEKS - DAY
    return Period(f"{starts_on} \N{EN DASH} {ends_on}", starts_on, ends_on)


def _months(first: int, length: int, letter: str, offset: int) -> Period:
    """The period of so many months from a month on, as counted from the year 0."""
    starts_on, ends_on = _first_day(first), _first_day(first + length) - DAY
    if not letter:
        return Period(f"{_MONTHS[starts_on.month - 1]} {starts_on.year}", starts_on, ends_on)
    fiscal_year, month = divmod(first - offset, MONTHS_OF_YEAR)
    part = f"{letter}{month // length + 1}"
    # A fiscal year is named after the calendar year in which it ends.
    name = f"FY{fiscal_year + 1} {part}" if offset else f"{part} {fiscal_year}"
    return Period(name, starts_on, ends_on)


def _first_day(month: int) -> date:
    year, of_year = divmod(month, MONTHS_OF_YEAR)
    return date(year, of_year + 1, 1)
