"""The tables of objectives and of their history."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import ARRAY, Boolean, DateTime, Index, Numeric, Text, text
from sqlmodel import Field, SQLModel

from service.pillars.models import Perspective
from service.postgres.tables import (
    AS_FLOAT,
    UNREAD,
    Changeable,
    Facts,
    Instant,
    LongText,
    Name,
    Revision,
    changeable_keys,
    choice,
    reference,
    revision_keys,
)
from service.values.decimals import MAX_PROGRESS_DIGITS


class Level(StrEnum):
    COMPANY = "COMPANY"
    TEAM = "TEAM"
    INDIVIDUAL = "INDIVIDUAL"


class ObjectiveKind(StrEnum):
    ASPIRATIONAL = "ASPIRATIONAL"
    COMMITTED = "COMMITTED"
    LEARNING = "LEARNING"


class Visibility(StrEnum):
    ORGANIZATION = "ORGANIZATION"
    TEAM = "TEAM"
    PRIVATE = "PRIVATE"


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


class ObjectiveFacts(Facts):
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


class Derived(SQLModel):
    """What rollup stores on a goal. Its standing is a step function of time: from `status_since[n]` on its status is
    `status_steps[n]`, because of `status_reasons[n]`; it is as stale as `staleness_steps[n]` says, and what was stated
    contradicts its pace where `diverging_steps[n]`. The next check-in is due at `check_in_due_at`, while one is
    expected. `changed_at` is the last write that changed anything the goal shows: its own columns, these, or what
    belongs to it."""

    progress: Decimal | None = share(25)
    progress_raw: Decimal | None = share(80)
    progress_reason: str | None = Field(default=None, sa_type=Name)
    confidence: float | None = None
    status_since: list[datetime] = steps(DateTime(timezone=True))
    status_steps: list[str] = steps(Text())
    status_reasons: list[str] = steps(Text())
    staleness_steps: list[str] = steps(Text())
    diverging_steps: list[bool] = steps(Boolean())
    check_in_due_at: datetime | None = Field(default=None, sa_type=Instant, sa_column_kwargs={"info": {UNREAD: True}})
    changed_at: datetime = Field(sa_type=Instant)


class Objective(Derived, ObjectiveFacts, Changeable, table=True):
    """`guardrail_breached` is whether a KPI in RED guards anything that counts toward it, directly or further below."""

    __tablename__: ClassVar[str] = "objectives"
    __table_args__ = (
        reference("cycle_id", "cycles"),
        reference("owner_id", "people"),
        reference("team_id", "teams"),
        reference("pillar_id", "pillars"),
        Index("ix_objectives_title", "organization_id", "title", "id"),
        Index("ix_objectives_position", "organization_id", "position", "id"),
        Index("ix_objectives_level", "organization_id", "level", "position", "id"),
        Index("ix_objectives_cycle", "organization_id", "cycle_id"),
        Index("ix_objectives_owner", "organization_id", "owner_id"),
        Index("ix_objectives_team", "organization_id", "team_id"),
        Index("ix_objectives_changed", "organization_id", "changed_at", "id"),
        *changeable_keys("objectives"),
    )

    coverage: Decimal | None = share(25)
    guardrail_breached: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class ObjectiveRevision(ObjectiveFacts, Revision, table=True):
    __tablename__: ClassVar[str] = "objective_revisions"
    __table_args__ = revision_keys("objective_revisions", "objectives")
