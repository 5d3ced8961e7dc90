"""The tables of key results, of milestones, and of their history."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric, text
from sqlmodel import Field

from service.cadence.models import OwnCadence, cadence_checks
from service.kpis.unit_models import UnitFacts, unit_checks
from service.objectives.models import (
    Derived,
    Lifecycle,
    OwnDates,
    ReviewFacts,
    date_checks,
    span_indexes,
    step_indexes,
)
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
    uncommon_indexes,
)


class KeyResultKind(StrEnum):
    INCREASE = "INCREASE"
    DECREASE = "DECREASE"
    INCREASE_BY = "INCREASE_BY"
    DECREASE_BY = "DECREASE_BY"
    INCREASE_BY_PERCENT = "INCREASE_BY_PERCENT"
    DECREASE_BY_PERCENT = "DECREASE_BY_PERCENT"
    REACH = "REACH"
    AT_LEAST = "AT_LEAST"
    AT_MOST = "AT_MOST"
    WITHIN_RANGE = "WITHIN_RANGE"
    MILESTONE = "MILESTONE"
    BINARY = "BINARY"
    BASELINE = "BASELINE"


class ControlMode(StrEnum):
    LATEST = "LATEST"
    ADHERENCE = "ADHERENCE"
    DISTANCE = "DISTANCE"


class ValueSource(StrEnum):
    MANUAL = "MANUAL"
    ALIGNED_OBJECTIVES = "ALIGNED_OBJECTIVES"
    MILESTONES = "MILESTONES"
    KPI = "KPI"


class KeyResultFacts(OwnDates, OwnCadence, ReviewFacts, UnitFacts, Facts):
    """`target` is the limit of the control kinds; `change_by` the amount or percentage of the BY kinds."""

    objective_id: UUID
    title: str = Field(sa_type=Name, min_length=1, max_length=500)
    description: str | None = Field(default=None, sa_type=LongText, max_length=20_000)
    kind: KeyResultKind | None = Field(default=None, sa_type=choice(KeyResultKind))
    mode: ControlMode = Field(default=ControlMode.LATEST, sa_type=choice(ControlMode))
    value_source: ValueSource = Field(default=ValueSource.MANUAL, sa_type=choice(ValueSource))
    source_kpi_id: UUID | None = None
    lifecycle: Lifecycle = Field(default=Lifecycle.ACTIVE, sa_type=choice(Lifecycle))
    baseline: Decimal | None = Field(default=None, sa_type=Numeric)
    target: Decimal | None = Field(default=None, sa_type=Numeric)
    change_by: Decimal | None = Field(default=None, sa_type=Numeric)
    lower: Decimal | None = Field(default=None, sa_type=Numeric)
    upper: Decimal | None = Field(default=None, sa_type=Numeric)
    weight: float = 1.0
    owner_id: UUID | None = None
    position: float = 0.0


class KeyResult(Derived, KeyResultFacts, Changeable, table=True):
    """`measured_baseline` and `measured_target` stand in where its KPI says what its own facts leave open."""

    __tablename__: ClassVar[str] = "key_results"
    __table_args__ = (
        CheckConstraint("weight >= 0 AND weight < 'Infinity'", name="weight"),
        CheckConstraint("lower <= upper", name="range"),
        *date_checks(),
        *unit_checks(),
        *cadence_checks(),
        reference("objective_id", "objectives"),
        reference("owner_id", "people"),
        reference("source_kpi_id", "kpis"),
        Index("ix_key_results_source_kpi", "organization_id", "source_kpi_id"),
        order_index("key_results", "title"),
        order_index("key_results", "position"),
        order_index("key_results", "changed_at", "changed"),
        *span_indexes("key_results"),
        *filter_indexes(
            *("key_results", "position"),
            **{"objective": "objective_id", "owner": "owner_id", "kind": "kind"},
        ),
        *uncommon_indexes(
            *("key_results", "position"),
            lifecycle=Lifecycle.ACTIVE,
            unit=None,
            unit_kind=None,
            currency=None,
            guardrail_breached="false",
        ),
        *step_indexes("key_results"),
        *changeable_keys("key_results"),
    )

    current: Decimal | None = Field(default=None, sa_type=Numeric)
    has_data: bool = False
    regressed: bool = False
    measured_baseline: Decimal | None = Field(default=None, sa_type=Numeric)
    measured_target: Decimal | None = Field(default=None, sa_type=Numeric)
    guardrail_breached: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class KeyResultRevision(KeyResultFacts, Revision, table=True):
    __tablename__: ClassVar[str] = "key_result_revisions"
    __table_args__ = revision_keys("key_result_revisions", "key_results")


class MilestoneFacts(Facts):
    key_result_id: UUID
    title: str = Field(sa_type=Name, min_length=1, max_length=500)
    weight: float = 1.0
    done_at: datetime | None = Field(default=None, sa_type=Instant)
    position: float = 0.0


class Milestone(MilestoneFacts, Changeable, table=True):
    __tablename__: ClassVar[str] = "milestones"
    __table_args__ = (
        CheckConstraint("weight >= 0 AND weight < 'Infinity'", name="weight"),
        reference("key_result_id", "key_results"),
        Index("ix_milestones_key_result", "organization_id", "key_result_id", "position", "id"),
        *changeable_keys("milestones"),
    )


class MilestoneRevision(MilestoneFacts, Revision, table=True):
    __tablename__: ClassVar[str] = "milestone_revisions"
    __table_args__ = revision_keys("milestone_revisions", "milestones")
