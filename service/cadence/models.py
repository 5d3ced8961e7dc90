"""The columns of a cadence that teams, cycles and goals have of their own."""

from sqlalchemy import CheckConstraint
from sqlmodel import Field, SQLModel

from service.cadence.due import Weekday
from service.postgres.tables import choice

_OF_DAYS = "check_in_cadence_days BETWEEN 1 AND 366"
_OF_WEEKDAY = "check_in_weekday IS NULL OR (check_in_cadence_days IS NOT NULL AND check_in_cadence_days >= 7)"


class OwnCadence(SQLModel):
    """A cadence that counts instead of the one that would be inherited: the number of days between two check-ins, and
    the weekday that they are due on. Both are null if the cadence is inherited."""

    check_in_cadence_days: int | None = None
    check_in_weekday: Weekday | None = Field(default=None, sa_type=choice(Weekday))


def cadence_checks() -> tuple[CheckConstraint, ...]:
    """The constraints of a cadence."""
    return CheckConstraint(_OF_DAYS, name="cadence"), CheckConstraint(_OF_WEEKDAY, name="cadence_weekday")
