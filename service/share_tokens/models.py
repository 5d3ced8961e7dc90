"""The table of share tokens."""

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index
from sqlalchemy.dialects.postgresql import JSONB
from sqlmodel import Field

from service.postgres.tables import UNREAD, Instant, Name, TenantRow, reference


class ShareToken(TenantRow, table=True):
    """Only the SHA-256 of the secret is stored. A token shows an objective with what serves it, or the KPIs that match
    a filter; `kpi_filter` is that filter as the schema takes it. `creator_id` is the person whose rights bound what it
    shows. `shows_names` tells whether names of people are shown."""

    __tablename__: ClassVar[str] = "share_tokens"
    __table_args__ = (
        CheckConstraint("num_nonnulls(objective_id, kpi_filter) = 1", name="content"),
        reference("creator_id", "people"),
        reference("objective_id", "objectives"),
        Index("ix_share_tokens_created", "organization_id", "created_at", "id"),
        Index("ix_share_tokens_creator", "organization_id", "creator_id", "created_at", "id"),
        Index("ix_share_tokens_objective", "organization_id", "objective_id", "created_at", "id"),
    )

    creator_id: UUID
    name: str = Field(sa_type=Name, min_length=1, max_length=200)
    secret_hash: bytes = Field(sa_column_kwargs={"info": {UNREAD: True}})
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime = Field(sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)
    shows_names: bool = False
    objective_id: UUID | None = None
    kpi_filter: dict[str, Any] | None = Field(default=None, sa_type=JSONB)
