"""The tables of objectives and of their history."""

from datetime import UTC, date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, CheckConstraint, DateTime, Double, Index, Numeric, Text, text
from sqlmodel import Field, SQLModel

from service.cadence.due import Weekday
from service.cadence.models import OwnCadence, cadence_checks
from service.cycles.granules import DateGranularity
from service.pillars.models import Perspective
from service.postgres.tables import (
    AS_FLOAT,
    LIVE,
    UNREAD,
    Changeable,
    Facts,
    Instant,
    LongText,
    Name,
    Revision,
    changeable_keys,
    choice,
    filter_indexes,
    order_index,
    reference,
    revision_keys,
    uncommon_indexes,
)
from service.values.decimals import MAX_PROGRESS_DIGITS
from service.values.presence import Presence
from service.values.visibility import Visibility

# When a goal begins and is due, until it is settled in the transaction that creates it.
NOT_SETTLED = datetime(1, 1, 1, tzinfo=UTC)


class Level(StrEnum):
    COMPANY = "COMPANY"
    TEAM = "TEAM"
    INDIVIDUAL = "INDIVIDUAL"


class ObjectiveKind(StrEnum):
    ASPIRATIONAL = "ASPIRATIONAL"
    COMMITTED = "COMMITTED"
    LEARNING = "LEARNING"


class Lifecycle(StrEnum):
    DRAFT = "DRAFT"
    ACTIVE = "ACTIVE"
    CANCELLED = "CANCELLED"


class ProgressSource(StrEnum):
    KEY_RESULTS = "KEY_RESULTS"
    ALIGNED_OBJECTIVES = "ALIGNED_OBJECTIVES"
    BOTH = "BOTH"
    MANUAL = "MANUAL"


class StatusSource(StrEnum):
    WORST_CONTRIBUTOR = "WORST_CONTRIBUTOR"
    PACE = "PACE"


def steps(kind: Any) -> Any:
    """A list in a column, which only rollup reads as a whole."""
    return Field(
        default_factory=list,
        sa_type=cast(Any, ARRAY(kind)),
        sa_column_kwargs={"server_default": text("'{}'"), "info": {UNREAD: True}},
    )


def share(precision: int) -> Any:
    """An exact fraction in a column, with 24 digits after the point, which is answered as a float."""
    kind = cast(Any, Numeric(precision, MAX_PROGRESS_DIGITS))
    return Field(default=None, sa_type=kind, sa_column_kwargs={"info": {AS_FLOAT: True}})


class ReviewFacts(SQLModel):
    """What people say of a goal at its end. `final_score` is 0..1, `score_reason` why it is not the proposed one, and
    `score_waiver` why there is none."""

    final_score: Decimal | None = share(25)
    score_reason: str | None = Field(default=None, sa_type=LongText, max_length=2_000)
    score_waiver: str | None = Field(default=None, sa_type=LongText, min_length=1, max_length=2_000)
    retrospective: str | None = Field(default=None, sa_type=LongText, max_length=20_000)


def unread(kind: Any) -> Any:
    """A column that is there to be compared with in statements."""
    return Field(default=None, sa_type=kind, sa_column_kwargs={"info": {UNREAD: True}})


class OwnDates(SQLModel):
    """The dates of its own that a goal has: its first day and the day that it is due on, both inside, at the ends of
    what their granularities name. `own_starts_at` and `own_due_at` are the half-open instants that these days mean in
    the organization's time zone. All three columns of a date are null if the cycle's counts instead."""

    starts_on: date | None = None
    start_granularity: DateGranularity | None = Field(
        default=None, sa_type=choice(DateGranularity, "start_granularity")
    )
    own_starts_at: datetime | None = unread(Instant)
    due_on: date | None = None
    due_granularity: DateGranularity | None = Field(default=None, sa_type=choice(DateGranularity, "due_granularity"))
    own_due_at: datetime | None = unread(Instant)


def date_checks() -> tuple[CheckConstraint, ...]:
    """The constraints of own dates: a day has a granularity and an instant, or all of them are null."""
    sides = {"start": "starts_on, start_granularity, own_starts_at", "due": "due_on, due_granularity, own_due_at"}
    return tuple(
        CheckConstraint(f"num_nonnulls({columns}) IN (0, 3)", name=f"own_{name}") for name, columns in sides.items()
    )


class ObjectiveFacts(OwnDates, OwnCadence, ReviewFacts, Facts):
    cycle_id: UUID
    title: str = Field(sa_type=Name, min_length=1, max_length=500)
    description: str | None = Field(default=None, sa_type=LongText, max_length=20_000)
    level: Level = Field(default=Level.TEAM, sa_type=choice(Level))
    kind: ObjectiveKind = Field(default=ObjectiveKind.ASPIRATIONAL, sa_type=choice(ObjectiveKind))
    lifecycle: Lifecycle = Field(default=Lifecycle.ACTIVE, sa_type=choice(Lifecycle))
    visibility: Visibility = Field(default=Visibility.ORGANIZATION, sa_type=choice(Visibility))
    perspective: Perspective | None = Field(default=None, sa_type=choice(Perspective))
    progress_source: ProgressSource = Field(default=ProgressSource.KEY_RESULTS, sa_type=choice(ProgressSource))
    status_source: StatusSource = Field(default=StatusSource.WORST_CONTRIBUTOR, sa_type=choice(StatusSource))
    owner_id: UUID | None = None
    team_id: UUID | None = None
    pillar_id: UUID | None = None
    position: float = 0.0


def span_indexes(table: str) -> tuple[Index, ...]:
    """The indexes of lists by when goals begin and are due."""
    return order_index(table, "starts_at", "start"), order_index(table, "due_at", "due")


def step_indexes(table: str) -> tuple[Index, ...]:
    """The indexes of lists by status, staleness, progress and confidence, of rows whose stored step is not that of the
    moment, and of goals with a check-in to come."""
    ends = (("until", "step_until"), ("since", "step_since"))
    return (
        *filter_indexes(table, "position", status="step_status", staleness="step_staleness", reason="step_reason"),
        order_index(table, "progress_order", "progress"),
        Index(
            *(f"ix_{table}_confidence", "organization_id", text(LIVE), "confidence", "id"),
            postgresql_where=text("confidence IS NOT NULL"),
        ),
        *(
            Index(f"ix_{table}_{name}", "organization_id", column, postgresql_where=text(f"{column} IS NOT NULL"))
            for name, column in ends
        ),
        Index(
            *(f"ix_{table}_check_in_due", "organization_id", "check_in_due_at", "id"),
            postgresql_where=text("check_in_due_at IS NOT NULL"),
        ),
    )


class Derived(SQLModel):
    """What rollup stores on a goal. Its standing is a step function of time: from `status_since[n]` on its status is
    `status_steps[n]`, because of `status_reasons[n]`; it is as stale as `staleness_steps[n]` says, and what was stated
    contradicts its pace where `diverging_steps[n]`. The step in force when that was written is stored again, for
    indexes: from `step_since` (null: always) until before `step_until` (null: for ever) the status is `step_status` and
    the staleness is `step_staleness`, because of `step_reason`. `progress_order` is what lists are sorted by. The next
    check-in is due at `check_in_due_at`, while one is expected. The goal begins at `starts_at` and is due at `due_at`,
    by its own dates or those of its cycle. Check-ins are expected by the cadence of `cadence_days` and
    `cadence_weekday`, its own or the inherited one; in a closed cycle, that of its close. `changed_at` is the last
    write that changed anything the goal shows: its own columns, these, or what belongs to it."""

    progress: Decimal | None = share(25)
    progress_raw: Decimal | None = share(80)
    progress_reason: str | None = Field(default=None, sa_type=Name)
    progress_order: float | None = unread(Double())
    confidence: float | None = None
    status_since: list[datetime] = steps(DateTime(timezone=True))
    status_steps: list[str] = steps(Text())
    status_reasons: list[str] = steps(Text())
    staleness_steps: list[str] = steps(Text())
    diverging_steps: list[bool] = steps(Boolean())
    step_since: datetime | None = unread(Instant)
    step_until: datetime | None = unread(Instant)
    step_status: str | None = unread(Name)
    step_staleness: str | None = unread(Name)
    step_reason: str | None = unread(Name)
    check_in_due_at: datetime | None = unread(Instant)
    cadence_days: int | None = None
    cadence_weekday: Weekday | None = Field(default=None, sa_type=choice(Weekday, "cadence_weekday_name"))
    starts_at: datetime = Field(default=NOT_SETTLED, sa_type=Instant)
    due_at: datetime = Field(default=NOT_SETTLED, sa_type=Instant)
    changed_at: datetime = Field(sa_type=Instant)


def presence() -> Any:
    """A column that is there to find rows by what is around them."""
    info = {"server_default": text(f"'{Presence.NONE}'"), "info": {UNREAD: True}}
    return Field(default=Presence.NONE, sa_type=Name, sa_column_kwargs=info)


class Objective(Derived, ObjectiveFacts, Changeable, table=True):
    """`guardrail_breached` is whether a KPI in RED guards anything that counts toward it, directly or further below.
    `score` is `final_score`, or else the mean of the final scores of its key results.

    What is around it, without what is archived, is stored for indexes: whether there are objectives that it serves, or
    serves while they are ACTIVE, and objectives that serve it, and whether it has key results."""

    __tablename__: ClassVar[str] = "objectives"
    __table_args__ = (
        *date_checks(),
        *cadence_checks(),
        reference("cycle_id", "cycles"),
        reference("owner_id", "people"),
        reference("team_id", "teams"),
        reference("pillar_id", "pillars"),
        order_index("objectives", "title"),
        order_index("objectives", "position"),
        order_index("objectives", "changed_at", "changed"),
        *span_indexes("objectives"),
        *filter_indexes(
            *("objectives", "position"),
            **{"level": "level", "cycle": "cycle_id", "owner": "owner_id", "team": "team_id", "pillar": "pillar_id"},
            **{"children": "child_presence"},
        ),
        *uncommon_indexes(
            *("objectives", "position"),
            kind=ObjectiveKind.ASPIRATIONAL,
            lifecycle=Lifecycle.ACTIVE,
            visibility=Visibility.ORGANIZATION,
            perspective=None,
            guardrail_breached="false",
            parent_presence=Presence.OPEN,
            has_key_results="true",
        ),
        Index(
            *("ix_objectives_cycle_parents", "organization_id", "cycle_id", "parent_presence", text(LIVE)),
            *("position", "id"),
            postgresql_where=text(f"parent_presence <> '{Presence.OPEN}'"),
        ),
        Index(
            *("ix_objectives_unaligned", "organization_id", "active_parent_presence", text(LIVE), "position", "id"),
            postgresql_where=text(f"active_parent_presence <> '{Presence.OPEN}' AND level <> '{Level.COMPANY}'"),
        ),
        *step_indexes("objectives"),
        *changeable_keys("objectives"),
    )

    coverage: Decimal | None = share(25)
    score: Decimal | None = share(25)
    guardrail_breached: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})
    parent_presence: Presence = presence()
    active_parent_presence: Presence = presence()
    child_presence: Presence = presence()
    has_key_results: bool = Field(
        default=False, sa_column_kwargs={"server_default": text("false"), "info": {UNREAD: True}}
    )


class ObjectiveRevision(ObjectiveFacts, Revision, table=True):
    __tablename__: ClassVar[str] = "objective_revisions"
    __table_args__ = revision_keys("objective_revisions", "objectives")
