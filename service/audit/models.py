"""The table of audit events."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from service.audit.kinds import AuditEventKind
from service.postgres.tables import Instant, Name, TenantRow, choice


class AuditEvent(TenantRow, table=True):
    """`actor_id` is the person who acted, null for the operator and for whom is not known; `service_account_id` is the
    service account, alone or on behalf of the actor; `api_key_id` the key of the request. `occurrences` are how many
    times it happened since the first one, within a minute. `details` have ids, roles, scopes, times and names of
    fields: no names or addresses of people, no secrets and no values of variables.

    No foreign keys but the tenant's: an audit event outlives whatever it is about.
    """

    __tablename__: ClassVar[str] = "audit_events"
    __table_args__ = (
        Index("ix_audit_events_kind", "organization_id", "kind", "id"),
        Index("ix_audit_events_actor", "organization_id", "actor_id", "id"),
        Index("ix_audit_events_api_key", "organization_id", "api_key_id", "id"),
        Index("ix_audit_events_subject", "organization_id", "subject_id", "id"),
        Index("ix_audit_events_subject_type", "organization_id", "subject_type", "id"),
        Index("ix_audit_events_code", "organization_id", "code", "id"),
        Index("ix_audit_events_client_address", "organization_id", "client_address", "id"),
        Index("ix_audit_events_recorded", "organization_id", "recorded_at", "id"),
    )

    recorded_at: datetime = Field(sa_type=Instant)
    kind: AuditEventKind = Field(sa_type=choice(AuditEventKind))
    actor_id: UUID | None = None
    service_account_id: UUID | None = None
    api_key_id: UUID | None = None
    subject_type: str | None = Field(default=None, sa_type=Name)
    subject_id: UUID | None = None
    code: str | None = Field(default=None, sa_type=Name)
    occurrences: int = Field(default=1)
    request_id: str | None = Field(default=None, sa_type=Name)
    client_address: str | None = Field(default=None, sa_type=Name)
    details: dict[str, Any] = Field(sa_type=JSONB)
