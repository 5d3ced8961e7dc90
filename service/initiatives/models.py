"""The tables of initiatives, and of the key results that they serve."""

from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from service.objectives.models import share
from service.postgres.tables import (
    Changeable,
    Facts,
    Instant,
    LongText,
    Name,
    TenantRow,
    changeable_keys,
    choice,
    filter_indexes,
    order_index,
    reference,
)
from service.values.visibility import Visibility


class InitiativeState(StrEnum):
    PLANNED = "PLANNED"
    IN_PROGRESS = "IN_PROGRESS"
    PAUSED = "PAUSED"
    DONE = "DONE"
    CANCELLED = "CANCELLED"


class InitiativeFacts(Facts):
    """`progress` is 0..1, of the work and not of what it moves."""

    title: str = Field(sa_type=Name, min_length=1, max_length=500)
    description: str | None = Field(default=None, sa_type=LongText, max_length=20_000)
    state: InitiativeState = Field(default=InitiativeState.PLANNED, sa_type=choice(InitiativeState))
    progress: Decimal | None = share(25)
    starts_on: date | None = None
    due_on: date | None = None
    visibility: Visibility = Field(default=Visibility.ORGANIZATION, sa_type=choice(Visibility))
    owner_id: UUID | None = None
    team_id: UUID | None = None


class Initiative(InitiativeFacts, Changeable, table=True):
    """`state` and `progress` are those of the newest valid check-in that states them, else those that it was created
    with: `current_values` computes them, and doctor compares."""

    __tablename__: ClassVar[str] = "initiatives"
    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        CheckConstraint("initial_progress BETWEEN 0 AND 1", name="initial_progress"),
        CheckConstraint("starts_on <= due_on", name="dates"),
        reference("owner_id", "people"),
        reference("team_id", "teams"),
        order_index("initiatives", "title"),
        order_index("initiatives", "due_on", "due"),
        *filter_indexes("initiatives", "title", owner="owner_id", team="team_id", state="state"),
        *changeable_keys("initiatives"),
    )

    initial_state: InitiativeState = Field(
        default=InitiativeState.PLANNED, sa_type=choice(InitiativeState, "initialstate")
    )
    initial_progress: Decimal | None = share(25)


class InitiativeKeyResult(TenantRow, table=True):
    """A key result that an initiative is to move, until `ended_at`. Nothing is computed from it."""

    __tablename__: ClassVar[str] = "initiative_key_results"
    __table_args__ = (
        UniqueConstraint("organization_id", "initiative_id", "key_result_id", name="uq_initiative_key_results_ends"),
        reference("initiative_id", "initiatives"),
        reference("key_result_id", "key_results"),
        Index("ix_initiative_key_results_key_result", "organization_id", "key_result_id"),
    )

    initiative_id: UUID
    key_result_id: UUID
    created_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
