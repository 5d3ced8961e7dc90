"""The table of participants."""

from datetime import datetime
from typing import ClassVar
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint
from sqlmodel import Field

from service.people.permissions import ParticipantRole
from service.postgres.tables import Facts, Instant, TenantRow, choice, reference


class ParticipantFacts(Facts):
    objective_id: UUID | None = None
    kpi_id: UUID | None = None
    initiative_id: UUID | None = None
    person_id: UUID | None = None
    team_id: UUID | None = None
    role: ParticipantRole = Field(default=ParticipantRole.READER, sa_type=choice(ParticipantRole))


class Participant(ParticipantFacts, TenantRow, table=True):
    """A person or a team with one role in an objective, a KPI or an initiative, until `ended_at`. Followers do not see
    it by that."""

    __tablename__: ClassVar[str] = "participants"
    __table_args__ = (
        CheckConstraint("num_nonnulls(objective_id, kpi_id, initiative_id) = 1", name="goal"),
        CheckConstraint("num_nonnulls(person_id, team_id) = 1", name="member"),
        CheckConstraint("role <> 'CO_OWNER' OR person_id IS NOT NULL", name="co_owner"),
        UniqueConstraint(
            *("organization_id", "objective_id", "kpi_id", "initiative_id", "person_id", "team_id"),
            name="uq_participants_member",
            postgresql_nulls_not_distinct=True,
        ),
        reference("objective_id", "objectives"),
        reference("kpi_id", "kpis"),
        reference("initiative_id", "initiatives"),
        reference("person_id", "people"),
        reference("team_id", "teams"),
        Index("ix_participants_objective", "organization_id", "objective_id"),
        Index("ix_participants_kpi", "organization_id", "kpi_id"),
        Index("ix_participants_initiative", "organization_id", "initiative_id"),
        Index("ix_participants_person", "organization_id", "person_id"),
        Index("ix_participants_team", "organization_id", "team_id"),
    )

    created_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)
