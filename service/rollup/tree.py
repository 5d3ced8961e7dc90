"""A part of the goal graph as frozen data: all that the evaluator may look at."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from enum import IntEnum
from uuid import UUID

from service.cycles.pace import Policy
from service.key_results.progress import Definition, Evidence
from service.rollup.status_timeline import BEGINNING, Course, Due, Stated


class Guard(IntEnum):
    """What the KPIs that guard a key result make of it, the worst last: none is in RED, one was never measured, one is
    in RED."""

    KEPT = 0
    UNKNOWN = 1
    BREACHED = 2


@dataclass(frozen=True, slots=True)
class Stored:
    """Derived values of a goal. `progress` and `raw` have 24 digits after the point; `course` is its standing over
    time, `current` the value of a key result, `coverage` the share (0..1) of an objective's contributors that have
    progress, by weight; the next check-in is due at `due_at`, if one is expected at all."""

    progress: Decimal | None
    raw: Decimal | None
    reason: str | None
    confidence: float | None
    course: Course
    current: Decimal | None = None
    has_data: bool = False
    regressed: bool = False
    measured_baseline: Decimal | None = None
    measured_target: Decimal | None = None
    guardrail_breached: bool = False
    coverage: Decimal | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class ObjectiveNode:
    """`said_value` is the progress that the latest check-in on the objective itself states, 0..1; `stated` the newest
    status stated, `checked_in_at` the newest check-in of any kind. It is in force since `active_since`, and scored
    when its cycle is `closed`."""

    id: UUID
    progress_source: str
    status_source: str
    lifecycle: str
    archived: bool
    starts_at: datetime
    ends_at: datetime
    stated: Stated | None
    said_value: Decimal | None
    confidence: float | None
    stored: Stored
    active_since: datetime = BEGINNING
    checked_in_at: datetime | None = None
    closed: bool = False


@dataclass(frozen=True, slots=True)
class KeyResultNode:
    """`measured` is its definition completed by its KPI, where it follows one, and `followed` says when that KPI's
    next measurement is due; `guard` is what the KPIs that guard it make of it, None without any."""

    id: UUID
    objective_id: UUID
    definition: Definition
    evidence: Evidence
    value_source: str
    weight: float
    lifecycle: str
    archived: bool
    stated: Stated | None
    confidence: float | None
    stored: Stored
    measured: Definition | None = None
    guard: Guard | None = None
    active_since: datetime = BEGINNING
    checked_in_at: datetime | None = None
    followed: Due | None = None


@dataclass(frozen=True, slots=True)
class Edge:
    """An alignment, with what is stored of the objective below it."""

    id: UUID
    objective_id: UUID
    parent_id: UUID
    parent_key_result_id: UUID | None
    kind: str
    weight: float
    lifecycle: str
    archived: bool
    child: Stored


@dataclass(frozen=True, slots=True)
class Tree:
    """`objectives` come children before parents. Objectives below the tree appear only in the edges."""

    policy: Policy
    objectives: Sequence[ObjectiveNode]
    key_results: Mapping[UUID, Sequence[KeyResultNode]]
    edges: Mapping[UUID, Sequence[Edge]]


@dataclass(frozen=True, slots=True)
class Term:
    """One contributor that counts: its id, its weight, and what it brings."""

    id: UUID
    weight: float
    progress: Decimal
    raw: Decimal


@dataclass(frozen=True, slots=True)
class Exclusion:
    """One contributor that does not count, and why."""

    id: UUID
    reason: str


@dataclass(frozen=True, slots=True)
class Derivation:
    """A computed number with everything that led to it."""

    values: Stored
    terms: Sequence[Term] = field(default=())
    excluded: Sequence[Exclusion] = field(default=())


@dataclass(frozen=True, slots=True)
class Derivations:
    """What `evaluate` found, by id."""

    objectives: Mapping[UUID, Derivation]
    key_results: Mapping[UUID, Derivation]
