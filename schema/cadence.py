"""The cadence of check-ins, of goals and of what they inherit it from."""

import strawberry

from schema.descriptions.enums import describe_enum
from service.cadence.due import Weekday
from service.postgres.database import Row

describe_enum(
    Weekday,
    "Weekday of a cadence: check-ins are due when that day begins.",
    MONDAY="First day of the week.",
    TUESDAY="Second day of the week.",
    WEDNESDAY="Third day of the week.",
    THURSDAY="Fourth day of the week.",
    FRIDAY="Fifth day of the week.",
    SATURDAY="Sixth day of the week.",
    SUNDAY="Last day of the week.",
)
DAYS = "Days from one expected check-in to the next, 1 to 366."
CADENCE = "Cadence of check-ins on {goals}, in days and with a weekday."
UNCHANGED_OR_INHERITED = "Left out: unchanged. Null: inherited."
INHERITED = "Left out: inherited."


@strawberry.input(
    description="Cadence of check-ins: the days between two of them, and the weekday that they are due on."
)
class CheckInCadenceInput:
    days: int = strawberry.field(description=DAYS)
    weekday: Weekday | None = strawberry.field(
        default=None,
        description="Weekday that check-ins are due on, in the time zone of the team or the organization; for a "
        "cadence of at least 7 days. Left out: none, they are due when the days have passed.",
    )


@strawberry.type(description="Cadence of check-ins: how often they are expected, and on which weekday.")
class CheckInCadence:
    days: int = strawberry.field(description=DAYS)
    weekday: Weekday | None = strawberry.field(
        description="Weekday that check-ins are due on: the one nearest to the day on which the days have passed since "
        "the last one. Null: they are due when the days have passed, to the instant."
    )


def own_cadence(row: Row) -> CheckInCadence | None:
    """The cadence that a row has of its own."""
    if row.check_in_cadence_days is None:
        return None
    return CheckInCadence(days=row.check_in_cadence_days, weekday=row.check_in_weekday)
