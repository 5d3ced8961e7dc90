"""The table of carry-overs."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlmodel import Field

from service.carry_overs.decisions import CarryOverDecision
from service.postgres.tables import Facts, Instant, TenantRow, choice, reference


class CarryOverFacts(Facts):
    objective_id: UUID
    key_result_id: UUID | None = None
    cycle_id: UUID
    decision: CarryOverDecision = Field(sa_type=choice(CarryOverDecision))
    successor_id: UUID | None = None
    successor_key_result_id: UUID | None = None
    decided_at: datetime = Field(sa_type=Instant)


class CarryOver(CarryOverFacts, TenantRow, table=True):
    """What was decided about an objective, or about one of its key results, for the cycle that came next. The goal
    itself is left as it is. An ABANDON may become another decision later; a successor stays."""

    __tablename__: ClassVar[str] = "carry_overs"
    __table_args__ = (
        CheckConstraint("(decision = 'ABANDON') = (successor_id IS NULL)", name="successor"),
        CheckConstraint(
            "(successor_key_result_id IS NULL) = (key_result_id IS NULL OR decision = 'ABANDON')",
            name="successor_key_result",
        ),
        CheckConstraint("successor_id <> objective_id", name="self"),
        UniqueConstraint(
            *("organization_id", "objective_id", "key_result_id", "cycle_id"),
            name="uq_carry_overs_goal",
            postgresql_nulls_not_distinct=True,
        ),
        reference("objective_id", "objectives"),
        reference("key_result_id", "key_results"),
        reference("cycle_id", "cycles"),
        reference("successor_id", "objectives"),
        reference("successor_key_result_id", "key_results"),
        Index("ix_carry_overs_key_result", "organization_id", "key_result_id"),
        Index("ix_carry_overs_cycle", "organization_id", "cycle_id"),
        # An objective carries on one other at most, and so does a key result.
        Index(
            *("ix_carry_overs_successor", "organization_id", "successor_id", "key_result_id"),
            unique=True,
            postgresql_where=text("successor_id IS NOT NULL"),
            postgresql_nulls_not_distinct=True,
        ),
        Index("ix_carry_overs_successor_key_result", "organization_id", "successor_key_result_id", unique=True),
    )
