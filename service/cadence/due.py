"""When the next check-in is due by a cadence. No database, no clock."""

from datetime import UTC, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

from service.values.record import record

DAYS_A_WEEK = 7


class Weekday(StrEnum):
    MONDAY = "MONDAY"
    TUESDAY = "TUESDAY"
    WEDNESDAY = "WEDNESDAY"
    THURSDAY = "THURSDAY"
    FRIDAY = "FRIDAY"
    SATURDAY = "SATURDAY"
    SUNDAY = "SUNDAY"


_NUMBERS = {weekday: number for number, weekday in enumerate(Weekday)}


@record
class Cadence:
    """The expected time between two check-ins: `days`, 1 to 366; and the day of the week that they are due on, in a
    time zone. Without a weekday they are due when the days have passed, to the instant."""

    days: int = DAYS_A_WEEK
    weekday: Weekday | None = None
    time_zone: str = "UTC"


def due_after(last: datetime, cadence: Cadence) -> datetime:
    """When the check-in after the one at `last` is due (docs/numbers.md, 11).

    With a weekday it is due when the nearest such day begins: nearest to the day of `last` plus the days of the
    cadence, so at most three days before or after it. A check-in up to three days late does not move the next one.
    """
    if cadence.weekday is None:
        return last + timedelta(days=cadence.days)
    zone = ZoneInfo(cadence.time_zone)
    day = last.astimezone(zone).date() + timedelta(days=cadence.days)
    shift = (_NUMBERS[cadence.weekday] - day.weekday() + 3) % DAYS_A_WEEK - 3
    return datetime.combine(day + timedelta(days=shift), time(), zone).astimezone(UTC)
