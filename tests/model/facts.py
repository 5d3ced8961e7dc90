"""What is known of goals: the facts that commands leave behind, and nothing that follows from them."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from fractions import Fraction
from typing import Any

CONTROL_KINDS = ("AT_LEAST", "AT_MOST", "WITHIN_RANGE")
DAY = timedelta(days=1)


@dataclass(frozen=True)
class Cadence:
    """How many days are between check-ins, and the number of the weekday that they are due on; Monday is 0."""

    days: int = 7
    weekday: int | None = None

    def after(self, last: datetime) -> datetime:
        """When the next one is due; a weekday is that which is nearest, in UTC."""
        if self.weekday is None:
            return last + self.days * DAY
        day = last.replace(hour=0, minute=0, second=0, microsecond=0) + self.days * DAY
        week = [day + n * DAY for n in range(-3, 4)]
        return next(each for each in week if each.weekday() == self.weekday)


@dataclass
class Policy:
    """What an organization has decided about status; paces are fractions."""

    on_track: Fraction = Fraction(9, 10)
    at_risk: Fraction = Fraction(7, 10)
    cadence: Cadence = Cadence()


@dataclass
class Cycle:
    """A timeframe, from the first instant of its first day to the last of its last. That of a goal is one, too.

    One that `is_manual` is PLANNING until it is `activated`. `policy` is the one in force at its close while it is
    CLOSED.
    """

    starts: datetime
    ends: datetime
    allows_dates_outside: bool = False
    state: str = "PLANNING"
    is_manual: bool = False
    activated: datetime | None = None
    policy: Policy | None = None
    cadence: Cadence | None = None

    @property
    def waits(self) -> bool:
        """Whether somebody has to activate it first."""
        return self.is_manual and self.state == "PLANNING"

    def within(self, other: "Cycle") -> "Cycle":
        """The part of it that lies in another one; it has no length if there is none."""
        starts = max(self.starts, other.starts)
        return Cycle(starts, max(starts, min(self.ends, other.ends)))

    def elapsed(self, now: datetime) -> Fraction:
        """The share that has passed, 0 to 1."""
        passed = min(max(now, self.starts), self.ends) - self.starts
        return Fraction(passed // timedelta(microseconds=1), (self.ends - self.starts) // timedelta(microseconds=1))


@dataclass
class CheckIn:
    """A valid statement about a goal: what was corrected or withdrawn is forgotten.

    The latest one is the greatest `at`, then `recorded`, then `sequence`.
    """

    at: datetime
    recorded: datetime
    sequence: int
    value: Fraction | None = None
    status: str | None = None
    confidence: Fraction | None = None
    id: str = ""

    @property
    def order(self) -> tuple[datetime, datetime, int]:
        return self.at, self.recorded, self.sequence


@dataclass
class Milestone:
    """A stage of a key result."""

    weight: Fraction
    done_at: datetime | None = None
    archived: bool = False


@dataclass
class Followed:
    """What a KPI says to the key result that follows it: where it began, what it has come to, and its freshness."""

    baseline: Fraction | None
    current: Fraction | None
    freshness: str
    next_measurement_due_at: datetime | None


@dataclass
class Goal:
    """What key results and objectives have in common. `kept_cadence` is that of the close of the cycle."""

    lifecycle: str = "ACTIVE"
    archived: bool = False
    created: datetime | None = None
    active_since: datetime | None = None
    owner: str | None = None
    check_ins: list[CheckIn] = field(default_factory=list)
    starts: datetime | None = None
    due: datetime | None = None
    final_score: Fraction | None = None
    is_waived: bool = False
    cadence: Cadence | None = None
    kept_cadence: Cadence | None = None

    def latest(self, name: str) -> Any:
        """The newest check-in that gives a value, a status or a confidence."""
        given = [each for each in self.check_ins if getattr(each, name) is not None]
        return max(given, key=lambda each: each.order) if given else None

    @property
    def newest_check_in(self) -> CheckIn | None:
        return max(self.check_ins, key=lambda each: each.order, default=None)


@dataclass
class KeyResult(Goal):
    """A measurable outcome; `followed` is there when its value source is KPI."""

    objective: str = ""
    kind: str | None = None
    baseline: Fraction | None = None
    target: Fraction | None = None
    change_by: Fraction | None = None
    lower: Fraction | None = None
    upper: Fraction | None = None
    mode: str = "LATEST"
    weight: Fraction = Fraction(1)
    value_source: str = "MANUAL"
    milestones: dict[str, Milestone] = field(default_factory=dict)
    followed: Followed | None = None
    guardrail_red: bool = False

    @property
    def stages(self) -> list[Milestone]:
        return [each for each in self.milestones.values() if not each.archived]


@dataclass
class Objective(Goal):
    """A qualitative aim."""

    cycle: str = ""
    team: str | None = None
    kind: str = "ASPIRATIONAL"
    level: str = "TEAM"
    progress_source: str = "KEY_RESULTS"
    status_source: str = "WORST_CONTRIBUTOR"


@dataclass
class Alignment:
    """An edge from an objective to the objective or the key result that it serves."""

    objective: str
    parent: str | None = None
    parent_key_result: str | None = None
    kind: str = "CONTRIBUTES"
    weight: Fraction = Fraction(1)
    archived: bool = False


@dataclass
class CarryOver:
    """What was decided about a goal for another cycle, and the goal that carries it on."""

    goal: str
    cycle: str
    decision: str
    successor: str | None = None
