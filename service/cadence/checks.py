"""The rules for the cadence of an organization, a team, a cycle or a goal."""

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from service.cadence.due import DAYS_A_WEEK
from service.errors import Refusal

MIN_DAYS, MAX_DAYS = 1, 366
# What people set.
CADENCE = frozenset({"check_in_cadence_days", "check_in_weekday"})


class CadenceOutOfRange(Refusal):
    """A cadence of {days} days is outside the range: send a whole number from {minimum} to {maximum}."""

    meaning = "Cadence of <days> days, outside its range. Send a whole number from <minimum> to <maximum>."


class WeekdayOfShortCadence(Refusal):
    """The weekday {weekday} needs a cadence of at least 7 days; the cadence has {days}."""

    meaning = (
        "Weekday <weekday> of a cadence of <days> days, which is shorter than a week. Send at least 7 days, or no "
        "weekday."
    )


def check_cadences(rows: Sequence[Any]) -> dict[UUID, list[Refusal]]:
    """What is wrong with the cadences of rows, by the ids of those with which something is."""
    refusals = {row.id: list(check_own_cadence(row)) for row in rows}
    return {id: each for id, each in refusals.items() if each}


def check_own_cadence(owner: Any) -> Iterator[Refusal]:
    """Yields what is wrong with the cadence of a row, at the field `checkInCadence`."""
    yield from check_cadence(owner.check_in_cadence_days, owner.check_in_weekday, "checkInCadence")


def check_cadence(days: int | None, weekday: str | None, *path: str) -> Iterator[Refusal]:
    """Yields CadenceOutOfRange and WeekdayOfShortCadence, at a field of the input and what lies in it."""
    if days is not None and not MIN_DAYS <= days <= MAX_DAYS:
        yield CadenceOutOfRange(path, days=days, minimum=MIN_DAYS, maximum=MAX_DAYS)
    elif weekday is not None and (days is None or days < DAYS_A_WEEK):
        yield WeekdayOfShortCadence(path, weekday=str(weekday), days=days or 0)
