"""The table of events."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from service.postgres.tables import COMMON, UNREAD, Instant, LongText, Name, TenantRow, choice


class Verb(StrEnum):
    CREATED = "CREATED"
    UPDATED = "UPDATED"
    REORDERED = "REORDERED"
    ARCHIVED = "ARCHIVED"
    RESTORED = "RESTORED"
    CHECKED_IN = "CHECKED_IN"
    CORRECTED = "CORRECTED"
    WITHDRAWN = "WITHDRAWN"
    ALIGNED = "ALIGNED"
    UNALIGNED = "UNALIGNED"
    REVOKED = "REVOKED"
    RECORDED = "RECORDED"
    DELETED = "DELETED"
    LINKED = "LINKED"
    UNLINKED = "UNLINKED"
    ERASED = "ERASED"
    ACTIVATED = "ACTIVATED"
    CLOSING_BEGUN = "CLOSING_BEGUN"
    EXTENDED = "EXTENDED"
    SCORED = "SCORED"
    CLOSED = "CLOSED"
    REOPENED = "REOPENED"
    CARRIED_OVER = "CARRIED_OVER"


class Event(TenantRow, table=True):
    """`changes` maps each changed field to its value before and after; `input_digest` is that of the input that
    created the subject under an id of the client's own. `actor_id` is the person who made the change, and
    `service_account_id` the service account that made it, alone or on behalf of the person. No foreign keys but the
    tenant's: an event outlives whatever it is about. An event never changes, but that the erasure of a person takes
    personal data out of it."""

    __tablename__: ClassVar[str] = "events"
    __table_args__ = (
        Index("ix_events_subject", "organization_id", "subject_id", "id"),
        Index("ix_events_objective", "organization_id", "objective_id", "id"),
        Index("ix_events_actor", "organization_id", "actor_id", "id"),
        # Most changes are made by people alone: their events do not write this index.
        Index(
            "ix_events_service_account",
            *("organization_id", "service_account_id", "id"),
            postgresql_where=text("service_account_id IS NOT NULL"),
            info={COMMON: None},
        ),
        Index("ix_events_verb", "organization_id", "verb", "id"),
        Index("ix_events_subject_type", "organization_id", "subject_type", "id"),
        Index("ix_events_recorded", "organization_id", "recorded_at", "id"),
    )

    recorded_at: datetime = Field(sa_type=Instant)
    verb: Verb = Field(sa_type=choice(Verb))
    subject_type: str = Field(sa_type=Name)
    subject_id: UUID
    objective_id: UUID | None = None
    actor_id: UUID | None = None
    service_account_id: UUID | None = None
    request_id: str | None = Field(default=None, sa_type=Name)
    reason: str | None = Field(default=None, sa_type=LongText, max_length=2_000)
    changes: dict[str, Any] = Field(sa_type=JSONB)
    input_digest: bytes | None = Field(default=None, sa_column_kwargs={"info": {UNREAD: True}})
