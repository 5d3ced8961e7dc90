"""The dates of its own that a goal has, and the rules for them (docs/decisions/0045)."""

from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from service.cycles.calendar import instants
from service.cycles.granules import DateGranularity, first_day, last_day
from service.errors import Refusal
from service.values.record import record

FIRST_YEAR, LAST_YEAR = 1900, 2200


class Side(NamedTuple):
    """One end of a goal's span: its name in inputs, and its columns."""

    name: str
    day: str
    granularity: str
    instant: str


START = Side("start", "starts_on", "start_granularity", "own_starts_at")
DUE = Side("due", "due_on", "due_granularity", "own_due_at")
SIDES = (START, DUE)
# What people set.
DATES = frozenset({START.day, START.granularity, DUE.day, DUE.granularity})


class GoalDateOutOfRange(Refusal):
    """A date of a goal lies between the years 1900 and 2200."""

    meaning = "Date of a goal outside the years 1900 to 2200. Send a day in these years."


class GoalDayMissing(Refusal):
    """The granularity {granularity} belongs to a day, and there is none."""

    meaning = "Granularity <granularity> of a date without its day. Send the day too, or leave the granularity out."


class GoalDatesInverted(Refusal):
    """The goal would be due on {due_on}, before it starts on {starts_on}."""

    meaning = (
        "Due date <dueOn> of a goal before its start <startsOn>; a date that the goal does not have is its cycle's. "
        "Send a start that is not after the due date."
    )


class GoalDateOutsideCycle(Refusal):
    """The date {on} is outside the cycle of the goal ({starts_on} to {ends_on})."""

    meaning = (
        "Date <on> of a goal outside its cycle (<startsOn> to <endsOn>). Send a day inside it, or set "
        "`allowsDatesOutside` of the cycle."
    )


@record
class Timeframe:
    """What bounds the dates of a goal: the days of its cycle, both inside; and what they mean: the time zone and the
    first month (1..12) of the fiscal year of its organization."""

    starts_on: date
    ends_on: date
    allows_dates_outside: bool = False
    time_zone: str = "UTC"
    fiscal_year_start_month: int = 1


def is_dated(values: Mapping[str, Any]) -> bool:
    """Whether these columns have a date of a goal that is not completed yet."""
    return any(
        (values.get(side.day) is not None or values.get(side.granularity) is not None)
        and values.get(side.instant) is None
        for side in SIDES
    )


def completed_dates(values: Mapping[str, Any], current: Mapping[str, Any], timeframe: Timeframe) -> dict[str, Any]:
    """All columns of the dates that are among the `values`, of a goal with these `current` columns: the day at the end
    of what its granularity names, DAY by default, and its instant."""
    columns: dict[str, Any] = {}
    for side in SIDES:
        if not {side.day, side.granularity} & values.keys():
            continue
        day = values.get(side.day, current.get(side.day))
        granularity = values.get(side.granularity, current.get(side.granularity)) or DateGranularity.DAY
        if day is None:
            columns |= dict.fromkeys((side.day, side.granularity, side.instant))
            continue
        # What stays as it is keeps its meaning when the fiscal year has changed.
        if (day, granularity) != (current.get(side.day), current.get(side.granularity)):
            day = _end(side, day, granularity, timeframe.fiscal_year_start_month)
        columns |= {
            side.day: day,
            side.granularity: granularity,
            side.instant: instants(day, day, timeframe.time_zone)[SIDES.index(side)],
        }
    return columns


def _end(side: Side, day: date, granularity: DateGranularity, fiscal_year_start_month: int) -> date:
    if not FIRST_YEAR <= day.year <= LAST_YEAR:
        return day
    return (first_day if side is START else last_day)(day, granularity, fiscal_year_start_month)


def check_granularities(values: Mapping[str, Any], current: Mapping[str, Any]) -> Iterator[Refusal]:
    """Yields GoalDayMissing for each granularity among the `values` that has no day."""
    for side in SIDES:
        granularity = values.get(side.granularity)
        if granularity is not None and values.get(side.day, current.get(side.day)) is None:
            yield GoalDayMissing((side.name,), granularity=granularity)


def check_dates(starts_on: date | None, due_on: date | None, timeframe: Timeframe) -> Iterator[Refusal]:
    """Yields a Refusal for each thing that is wrong with the dates of a goal in a cycle."""
    first, last, is_outside = starts_on or timeframe.starts_on, due_on or timeframe.ends_on, False
    for side, day in ((START, starts_on), (DUE, due_on)):
        if day is None:
            continue
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            is_outside = True
            yield GoalDateOutOfRange((side.name,))
        elif not timeframe.allows_dates_outside and not timeframe.starts_on <= day <= timeframe.ends_on:
            is_outside = True
            yield GoalDateOutsideCycle((side.name,), on=day, starts_on=timeframe.starts_on, ends_on=timeframe.ends_on)
    # A date outside the cycle is beyond the other end of it, too.
    if first > last and (not is_outside or (starts_on and due_on)):
        yield GoalDatesInverted(("start" if due_on is None else "due",), starts_on=first, due_on=last)


def is_past_due(due_at: datetime, now: datetime, *, is_in_force: bool, is_achieved: bool, is_closed: bool) -> bool:
    """Whether a goal should have been reached by now and was not, while there is still something to do about it."""
    return is_in_force and not is_achieved and not is_closed and due_at <= now
