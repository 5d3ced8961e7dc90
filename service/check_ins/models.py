"""The table of check-ins, with their corrections and withdrawals."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Identity, Index, Numeric, UniqueConstraint, text
from sqlmodel import Field

from service.postgres.tables import UNREAD, Facts, Instant, LongText, Name, TenantRow, choice, reference


class SaidStatus(StrEnum):
    ON_TRACK = "ON_TRACK"
    AT_RISK = "AT_RISK"
    OFF_TRACK = "OFF_TRACK"


def statement_keys(table: str, *stated: str) -> tuple[Any, ...]:
    """The keys and checks of a table of check-ins: who made them, and what they replace. `stated` are the columns that
    a withdrawal leaves empty."""
    return (
        UniqueConstraint("organization_id", "external_id"),
        CheckConstraint("invalid_since >= recorded_at", name="invalid_since"),
        CheckConstraint("replaces_id <> id", name="replaces"),
        CheckConstraint(
            "NOT is_withdrawal OR (replaces_id IS NOT NULL AND invalid_since IS NOT NULL "
            f"AND num_nonnulls({', '.join(stated)}) = 0)",
            name="withdrawal",
        ),
        reference("author_id", "people"),
        reference("recorder_id", "people"),
        reference("service_account_id", "service_accounts"),
        # One row replaces another one at most. There is no foreign key: a restore would hold all check-ins in memory.
        Index(
            *(f"ix_{table}_replaces", "organization_id", "replaces_id"),
            unique=True,
            postgresql_where=text("replaces_id IS NOT NULL"),
        ),
        # Whoever deletes an organization has each of its people looked for in check-ins.
        Index(f"ix_{table}_author", "organization_id", "author_id"),
        Index(
            *(f"ix_{table}_recorder", "organization_id", "recorder_id"),
            postgresql_where=text("recorder_id IS NOT NULL"),
        ),
        Index(
            *(f"ix_{table}_service_account", "organization_id", "service_account_id"),
            postgresql_where=text("service_account_id IS NOT NULL"),
        ),
    )


def counted() -> Any:
    """A column that the database counts up."""
    return Field(
        default=None,
        sa_type=BigInteger,
        nullable=False,
        sa_column_args=(Identity(),),
        sa_column_kwargs={"info": {UNREAD: True}},
    )


class CheckInFacts(Facts):
    objective_id: UUID
    key_result_id: UUID | None = None
    value: Decimal | None = Field(default=None, sa_type=Numeric)
    confidence: float | None = None
    status: SaidStatus | None = Field(default=None, sa_type=choice(SaidStatus))
    note: str | None = Field(default=None, sa_type=LongText, max_length=20_000)
    author_id: UUID | None = None
    recorder_id: UUID | None = None
    service_account_id: UUID | None = None
    at: datetime = Field(sa_type=Instant)
    replaces_id: UUID | None = None
    is_withdrawal: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class CheckIn(CheckInFacts, TenantRow, table=True):
    """`at` is when the statement was true, `recorded_at` when it was made. Without a key result it is
    about the objective itself, and a value is its progress as a fraction. `recorder_id` is the person who made it on
    behalf of the author, None if the author did.

    A row is never changed, but for `invalid_since`: when another row replaced it, which names it in `replaces_id`. That
    row is a correction, or a withdrawal, which says nothing and is invalid itself from the beginning. Whatever reads
    what was said reads the rows without `invalid_since`; what was valid at a time are those that were recorded by then
    and have no `invalid_since` until then.

    The latest is the one with the greatest `at`, then `recorded_at`, then `sequence`, which the database counts up:
    check-ins of one request have the same times, and their order within it decides."""

    __tablename__: ClassVar[str] = "check_ins"
    __table_args__ = (
        CheckConstraint("confidence BETWEEN 0 AND 1", name="confidence"),
        CheckConstraint("value > '-Infinity' AND value < 'Infinity'", name="value"),
        reference("objective_id", "objectives"),
        reference("key_result_id", "key_results"),
        Index("ix_check_ins_key_result", "organization_id", "key_result_id", "at", "recorded_at", "sequence"),
        Index(
            "ix_check_ins_objective",
            *("organization_id", "objective_id", "at", "recorded_at", "sequence"),
            postgresql_where=text("key_result_id IS NULL"),
        ),
        # Whoever deletes an organization has each of its objectives looked for in check-ins.
        Index("ix_check_ins_objective_any", "organization_id", "objective_id"),
        *statement_keys("check_ins", "value", "confidence", "status", "note"),
    )

    external_id: str | None = Field(default=None, sa_type=Name, min_length=1, max_length=200)
    recorded_at: datetime = Field(sa_type=Instant)
    invalid_since: datetime | None = Field(default=None, sa_type=Instant)
    sequence: int | None = counted()
