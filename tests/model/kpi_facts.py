"""What is known of KPIs, and their calendar: facts that commands leave behind, and nothing that follows from them."""

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

DAY = timedelta(days=1)
MONTHS = {"MONTHLY": 1, "QUARTERLY": 3, "YEARLY": 12}
FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "QUARTERLY", "YEARLY")


@dataclass(frozen=True, order=True)
class Period:
    """A stretch of days, both included."""

    first: date
    last: date


def period_of(frequency: str, day: date, fiscal_year_start_month: int = 1) -> Period:
    """The period that a day belongs to; of an irregular KPI the day itself."""
    if frequency in ("DAILY", "IRREGULAR"):
        return Period(day, day)
    if frequency == "WEEKLY":
        monday = day - day.weekday() * DAY
        return Period(monday, monday + 6 * DAY)
    months = MONTHS[frequency]
    since = (day.month - fiscal_year_start_month) % 12 % months
    first = shifted(day.replace(day=1), -since)
    return Period(first, shifted(first, months) - DAY)


def shifted(first: date, months: int) -> date:
    """The first day of a month so many months later."""
    number = first.year * 12 + first.month - 1 + months
    return date(number // 12, number % 12 + 1, 1)


@dataclass
class Target:
    """What a KPI should be from one day to another; `green` and `amber` are thresholds of its kind."""

    first: date
    last: date | None = None
    value: Fraction | None = None
    lower: Fraction | None = None
    upper: Fraction | None = None
    kind: str = "RATIO"
    green: Fraction | None = None
    amber: Fraction | None = None
    archived: bool = False

    def covers(self, day: date) -> bool:
        return not self.archived and self.first <= day and (self.last is None or day <= self.last)


@dataclass
class Kpi:
    """A measure; `points` are recorded values by the first day of their period, null when deleted."""

    created: date
    frequency: str = "MONTHLY"
    aggregation: str = "LAST"
    direction: str = "HIGHER"
    cumulative: bool = False
    grace_days: int = 1
    time_zone: str = "UTC"
    source: str = "MEASURED"
    formula: Any = None
    parent: str | None = None
    weight: Fraction = Fraction(1)
    archived: date | None = None
    points: dict[date, Fraction | None] = field(default_factory=dict)
    targets: dict[str, Target] = field(default_factory=dict)

    def target_on(self, day: date) -> Target | None:
        """The one target that covers a day."""
        return next((each for each in self.targets.values() if each.covers(day)), None)

    def over(self, last: date) -> datetime:
        """The instant at which a day is over where the KPI is measured."""
        return datetime.combine(last + DAY, time(), ZoneInfo(self.time_zone)).astimezone(UTC)

    def today(self, now: datetime) -> date:
        return now.astimezone(ZoneInfo(self.time_zone)).date()
