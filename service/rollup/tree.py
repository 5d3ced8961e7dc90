"""A part of the goal graph as frozen data, the input of `evaluate`."""

from collections.abc import Mapping, Sequence
from dataclasses import field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from typing import NamedTuple
from uuid import UUID

from service.cadence.due import Cadence, Weekday
from service.cycles.pace import Policy
from service.key_results.progress import Definition, Evidence
from service.rollup.status_timeline import BEGINNING, CheckInDue, StatedStatus, StatusTimeline
from service.rollup.surroundings import Above, Surroundings
from service.values.record import record

DEFAULT_POLICY = Policy()
# The values of an objective, which has no value of its own, nor data.
OBJECTIVE_VALUES = (
    *("progress", "raw", "reason", "confidence", "timeline", "coverage", "check_in_due_at", "guardrail_breached"),
    *("starts_at", "due_at", "score", "cadence_days", "cadence_weekday", "surroundings"),
)
DEFAULT_CADENCE = Cadence()


class GuardrailState(IntEnum):
    """The worst state of the KPIs that guard a key result: none is in RED, one was never measured, one is in RED."""

    HELD = 0
    UNKNOWN = 1
    BREACHED = 2


class GoalValues(NamedTuple):
    """Derived values of a goal. `progress` and `raw` have 24 digits after the point. `current` is the value of a key
    result. `coverage` is the share (0..1) of an objective's contributors that have progress, by weight.
    `check_in_due_at` is when the next check-in is due; None if none is expected. The goal begins at `starts_at` and is
    due at `due_at`; None of goals that are not computed. `score` is that of an objective, 0..1. Check-ins on the goal
    are expected by the cadence of `cadence_days` and `cadence_weekday`. `surroundings` are those of an objective."""

    progress: Decimal | None
    raw: Decimal | None
    reason: str | None
    confidence: float | None = None
    timeline: StatusTimeline = ()
    current: Decimal | None = None
    has_data: bool = False
    regressed: bool = False
    measured_baseline: Decimal | None = None
    measured_target: Decimal | None = None
    guardrail_breached: bool = False
    coverage: Decimal | None = None
    check_in_due_at: datetime | None = None
    starts_at: datetime | None = None
    due_at: datetime | None = None
    score: Decimal | None = None
    cadence_days: int | None = None
    cadence_weekday: Weekday | None = None
    surroundings: Surroundings | None = None


class Span(NamedTuple):
    """A half-open span of time."""

    starts_at: datetime
    ends_at: datetime

    def within(self, outer: "Span") -> "Span":
        """The part of it that lies in another one. It ends where it begins, or before, if there is none."""
        if self is outer:
            return self
        return Span(max(self.starts_at, outer.starts_at), min(self.ends_at, outer.ends_at))

    def with_own(self, starts_at: datetime | None, due_at: datetime | None) -> "Span":
        """The span of a goal in it, as a cycle, whose own dates these are."""
        if starts_at is None and due_at is None:
            return self
        return Span(starts_at or self.starts_at, due_at or self.ends_at)


@record
class ObjectiveNode:
    """An objective. `stated_progress` is the value of the latest check-in on the objective itself, 0..1.
    `checked_in_at` is the time of the newest check-in of any kind. The objective is in force since `active_since`.
    `closed` tells if its cycle is closed, and `planned` if the cycle awaits its activation by people. `final_score` was
    given to the objective itself. A date of its own that it does not have is the cycle's. `policy` judges it and its
    key results. Check-ins on it are expected by its `cadence`. If it `is_settled`, the stored values are those of its
    own facts, unless something below it has changed. `above` is what it serves if that may have changed."""

    id: UUID
    progress_source: str
    status_source: str
    lifecycle: str
    archived: bool
    cycle_starts_at: datetime
    cycle_ends_at: datetime
    stated_status: StatedStatus | None
    stated_progress: Decimal | None
    confidence: float | None
    stored: GoalValues
    active_since: datetime = BEGINNING
    checked_in_at: datetime | None = None
    closed: bool = False
    planned: bool = False
    final_score: Decimal | None = None
    is_settled: bool = False
    own_starts_at: datetime | None = None
    own_due_at: datetime | None = None
    policy: Policy = DEFAULT_POLICY
    cadence: Cadence = DEFAULT_CADENCE
    above: Above | None = None

    @property
    def cycle(self) -> Span:
        """The span of its cycle, in which check-ins are admitted."""
        return Span(self.cycle_starts_at, self.cycle_ends_at)

    @property
    def span(self) -> Span:
        """The span of the objective."""
        return self.cycle.with_own(self.own_starts_at, self.own_due_at)


@record
class KeyResultNode:
    """A key result. If it follows a KPI, `kpi_definition` is its definition completed by the KPI, and `kpi_due` is when
    the KPI's next measurement is due. It has a `final_score`, or none if that `is_waived`. `guardrail` is None without
    guardrails. A date of its own that it does not have is the cycle's. Check-ins on it are expected by its `cadence`.
    If it `is_settled`, the stored values are those of the facts."""

    id: UUID
    objective_id: UUID
    definition: Definition
    evidence: Evidence
    value_source: str
    weight: float
    lifecycle: str
    archived: bool
    stated_status: StatedStatus | None
    confidence: float | None
    stored: GoalValues
    kpi_definition: Definition | None = None
    guardrail: GuardrailState | None = None
    active_since: datetime = BEGINNING
    checked_in_at: datetime | None = None
    kpi_due: CheckInDue | None = None
    final_score: Decimal | None = None
    is_waived: bool = False
    is_settled: bool = False
    own_starts_at: datetime | None = None
    own_due_at: datetime | None = None
    cadence: Cadence = DEFAULT_CADENCE

    def span(self, cycle: Span) -> Span:
        """The span of the key result in its cycle."""
        return cycle.with_own(self.own_starts_at, self.own_due_at)


@record
class Edge:
    """An alignment with the stored values of the objective below it. `is_open`: everybody sees that."""

    id: UUID
    objective_id: UUID
    parent_id: UUID
    parent_key_result_id: UUID | None
    kind: str
    weight: float
    lifecycle: str
    archived: bool
    child: GoalValues
    is_open: bool = True


@record
class Tree:
    """Goals to evaluate. `objectives` come children before parents. Objectives below the tree appear in edges only."""

    objectives: Sequence[ObjectiveNode]
    key_results: Mapping[UUID, Sequence[KeyResultNode]]
    edges: Mapping[UUID, Sequence[Edge]]


@record
class Term:
    """One contributor that counts."""

    id: UUID
    weight: float
    progress: Decimal
    raw: Decimal


@record
class Exclusion:
    """One contributor that does not count, with the reason."""

    id: UUID
    reason: str


@record
class Derivation:
    """The computed values of a goal with the contributors they come from."""

    values: GoalValues
    terms: Sequence[Term] = field(default=())
    excluded: Sequence[Exclusion] = field(default=())


@record
class Derivations:
    """The result of `evaluate`, by id."""

    objectives: Mapping[UUID, Derivation]
    key_results: Mapping[UUID, Derivation]


def objective_differs(stored: GoalValues, computed: GoalValues) -> bool:
    """Whether the stored values of an objective are not the computed ones. It has no value of its own, nor data."""
    return any(getattr(stored, name) != getattr(computed, name) for name in OBJECTIVE_VALUES)


def is_in_force(archived: bool, lifecycle: str) -> bool:
    """Whether a goal is neither archived, nor a draft, nor cancelled."""
    return not archived and lifecycle == "ACTIVE"
