"""The tables of measurements and of their revisions."""

from datetime import date, datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Numeric
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

from service.kpis.enums import NullReason
from service.postgres.tables import Instant, LongText, Name, choice, reference


class MeasurementFacts(SQLModel):
    """One value of one measurement: who recorded it, when, why and from which source.

    Without a value there is a `null_reason`: the measurement was deleted, or its formula has no value.
    `version` counts from 1. `event_id` is the event of the call that recorded it.
    """

    id: UUID = Field(default_factory=uuid7)
    value: Decimal | None = Field(default=None, sa_type=Numeric)
    null_reason: NullReason | None = Field(default=None, sa_type=choice(NullReason))
    version: int = 1
    recorded_at: datetime = Field(sa_type=Instant)
    author_id: UUID | None = None
    event_id: UUID | None = None
    source: str | None = Field(default=None, sa_type=Name, max_length=200)
    reason: str | None = Field(default=None, sa_type=LongText, max_length=2_000)


class Measurement(MeasurementFacts, table=True):
    """The effective value of a period that begins on `starts_on`.

    For a computed KPI, `part_count` of `expected_part_count` inputs have a value. For a parent KPI, `partial_value` is
    the sum or mean of those. All three are empty for a recorded measurement."""

    __tablename__: ClassVar[str] = "kpi_measurements"
    __table_args__ = (
        CheckConstraint("value > '-Infinity' AND value < 'Infinity'", name="value"),
        CheckConstraint("(value IS NULL) = (null_reason IS NOT NULL)", name="reason"),
        reference("kpi_id", "kpis"),
    )

    # The foreign key to the KPI contains the organization. A second one to it would cost a fifth of the time.
    organization_id: UUID = Field(primary_key=True)
    kpi_id: UUID = Field(primary_key=True)
    starts_on: date = Field(primary_key=True)
    part_count: int | None = None
    expected_part_count: int | None = None
    partial_value: Decimal | None = Field(default=None, sa_type=Numeric)


class MeasurementRevision(MeasurementFacts, table=True):
    """A value that was effective until it was corrected or deleted."""

    __tablename__: ClassVar[str] = "kpi_measurement_revisions"
    __table_args__ = (
        reference("kpi_id", "kpis"),
        Index("ix_kpi_measurement_revisions_recorded", "organization_id", "kpi_id", "recorded_at", "id"),
    )

    organization_id: UUID = Field(primary_key=True)
    kpi_id: UUID = Field(primary_key=True)
    starts_on: date = Field(primary_key=True)
    version: int = Field(default=1, primary_key=True)
