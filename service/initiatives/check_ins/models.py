"""The table of check-ins on initiatives, with their corrections and withdrawals."""

from datetime import datetime
from decimal import Decimal
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, text
from sqlmodel import Field

from service.check_ins.models import counted, statement_keys
from service.initiatives.models import InitiativeState
from service.objectives.models import share
from service.postgres.tables import Facts, Instant, LongText, Name, TenantRow, choice, reference


class InitiativeCheckInFacts(Facts):
    initiative_id: UUID
    progress: Decimal | None = share(25)
    state: InitiativeState | None = Field(default=None, sa_type=choice(InitiativeState))
    note: str | None = Field(default=None, sa_type=LongText, max_length=20_000)
    author_id: UUID | None = None
    recorder_id: UUID | None = None
    service_account_id: UUID | None = None
    at: datetime = Field(sa_type=Instant)
    replaces_id: UUID | None = None
    is_withdrawal: bool = Field(default=False, sa_column_kwargs={"server_default": text("false")})


class InitiativeCheckIn(InitiativeCheckInFacts, TenantRow, table=True):
    """Its columns mean what those of CheckIn mean, and it is replaced as that is."""

    __tablename__: ClassVar[str] = "initiative_check_ins"
    __table_args__ = (
        CheckConstraint("progress BETWEEN 0 AND 1", name="progress"),
        reference("initiative_id", "initiatives"),
        Index(
            *("ix_initiative_check_ins_initiative", "organization_id", "initiative_id"),
            *("at", "recorded_at", "sequence"),
        ),
        *statement_keys("initiative_check_ins", "progress", "state", "note"),
    )

    external_id: str | None = Field(default=None, sa_type=Name, min_length=1, max_length=200)
    recorded_at: datetime = Field(sa_type=Instant)
    invalid_since: datetime | None = Field(default=None, sa_type=Instant)
    sequence: int | None = counted()
