"""The tables of cycles and of their history."""

from datetime import date, datetime
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from service.cadence.models import OwnCadence, cadence_checks
from service.cycles.states import CycleActivation, CycleState
from service.postgres.tables import (
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
)


class CycleKind(StrEnum):
    YEAR = "YEAR"
    HALF_YEAR = "HALF_YEAR"
    QUARTER = "QUARTER"
    MONTH = "MONTH"
    SIX_WEEKS = "SIX_WEEKS"
    CUSTOM = "CUSTOM"


class CycleFacts(OwnCadence, Facts):
    """`starts_on` and `ends_on` are both inside the cycle; `starts_at` and `ends_at` are the half-open
    instants they mean in the organization's time zone. `state` is the stored one, from which `effective_state` follows.
    `activated_at` is when somebody activated the cycle; None if it became ACTIVE at its start. Goals have their own
    dates inside the cycle, unless it `allows_dates_outside`. While the cycle is CLOSED, `status_policy_id` is the
    version of the status policy that was in force at its close, and that judges its goals."""

    name: str = Field(sa_type=Name, min_length=1, max_length=200)
    kind: CycleKind = Field(sa_type=choice(CycleKind))
    state: CycleState = Field(default=CycleState.PLANNING, sa_type=choice(CycleState))
    activation: CycleActivation = Field(
        default=CycleActivation.AT_START,
        sa_type=choice(CycleActivation),
        sa_column_kwargs={"server_default": text("'AT_START'")},
    )
    activated_at: datetime | None = Field(default=None, sa_type=Instant)
    status_policy_id: UUID | None = None
    starts_on: date
    ends_on: date
    starts_at: datetime = Field(sa_type=Instant)
    ends_at: datetime = Field(sa_type=Instant)
    parent_id: UUID | None = None
    retrospective: str | None = Field(default=None, sa_type=LongText, max_length=20_000)
    allows_dates_outside: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class Cycle(CycleFacts, Changeable, table=True):
    __tablename__: ClassVar[str] = "cycles"
    __table_args__ = (
        CheckConstraint("starts_on <= ends_on AND starts_at < ends_at", name="order"),
        CheckConstraint("(state = 'CLOSED') = (status_policy_id IS NOT NULL)", name="status_policy"),
        *cadence_checks(),
        reference("parent_id", "cycles"),
        reference("status_policy_id", "status_policies"),
        Index(
            *("ix_cycles_status_policy", "organization_id", "status_policy_id"),
            postgresql_where=text("status_policy_id IS NOT NULL"),
        ),
        order_index("cycles", "starts_on", "start"),
        *filter_indexes(
            "cycles", "starts_on", parent="parent_id", name="name", kind="kind", state="state", end="ends_on"
        ),
        *changeable_keys("cycles"),
    )


class CycleRevision(CycleFacts, Revision, table=True):
    __tablename__: ClassVar[str] = "cycle_revisions"
    __table_args__ = revision_keys("cycle_revisions", "cycles")
