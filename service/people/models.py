"""Tables of the organization, its people, teams, memberships and API keys."""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar, cast
from uuid import UUID

from sqlalchemy import ARRAY, CheckConstraint, Index, Text, UniqueConstraint, text
from sqlmodel import Field, SQLModel
from uuid_utils.compat import uuid7

from service.cadence.due import Weekday
from service.cadence.models import OwnCadence, cadence_checks
from service.people.permissions import MemberEditing
from service.postgres.tables import (
    Changeable,
    Facts,
    Instant,
    LongText,
    Name,
    Revision,
    TenantRow,
    changeable_keys,
    choice,
    filter_indexes,
    order_index,
    reference,
    revision_keys,
)
from service.values.urls import MAX_URL_LENGTH


class Role(StrEnum):
    OWNER = "OWNER"
    ADMIN = "ADMIN"
    MEMBER = "MEMBER"
    VIEWER = "VIEWER"


class MembershipRole(StrEnum):
    LEAD = "LEAD"
    MEMBER = "MEMBER"


class Organization(SQLModel, table=True):
    """The tenant, and its status policy now: pace thresholds as fractions, and the cadence of check-ins;
    `fiscal_year_start_month` is the month that its fiscal year begins with. `member_editing` says which goals a MEMBER
    may edit: all, or those that are the member's own."""

    __tablename__: ClassVar[str] = "organizations"
    __table_args__ = (
        CheckConstraint("at_risk_pace <= on_track_pace AND at_risk_pace >= 0", name="paces"),
        *cadence_checks(),
        CheckConstraint("fiscal_year_start_month BETWEEN 1 AND 12", name="fiscal_year_start_month"),
    )

    id: UUID = Field(default_factory=uuid7, primary_key=True)
    name: str = Field(sa_type=Name, min_length=1, max_length=200)
    time_zone: str = Field(default="UTC", sa_type=Name)
    on_track_pace: float = Field(default=0.9)
    at_risk_pace: float = Field(default=0.7)
    check_in_cadence_days: int = Field(default=7)
    check_in_weekday: Weekday | None = Field(default=None, sa_type=choice(Weekday))
    fiscal_year_start_month: int = Field(default=1, sa_column_kwargs={"server_default": text("1")})
    member_editing: MemberEditing = Field(
        default=MemberEditing.ALL,
        sa_type=choice(MemberEditing),
        sa_column_kwargs={"server_default": text("'ALL'")},
    )
    version: int = Field(default=1)
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)


class StatusPolicy(TenantRow, table=True):
    """A version of an organization's status policy, in force from `valid_from` until the next `number`. The newest one
    is the policy in the row of the organization. A closed cycle keeps the version that was in force at its close."""

    __tablename__: ClassVar[str] = "status_policies"
    __table_args__ = (
        UniqueConstraint("organization_id", "number"),
        CheckConstraint("at_risk_pace <= on_track_pace AND at_risk_pace >= 0", name="paces"),
        *cadence_checks(),
        CheckConstraint("number >= 1", name="number"),
        reference("author_id", "people"),
        reference("service_account_id", "service_accounts"),
        *(
            Index(
                *(f"ix_status_policies_{name}", "organization_id", f"{name}_id"),
                postgresql_where=text(f"{name}_id IS NOT NULL"),
            )
            for name in ("author", "service_account")
        ),
    )

    number: int
    on_track_pace: float
    at_risk_pace: float
    check_in_cadence_days: int
    check_in_weekday: Weekday | None = Field(default=None, sa_type=choice(Weekday))
    valid_from: datetime = Field(sa_type=Instant)
    author_id: UUID | None = None
    service_account_id: UUID | None = None
    reason: str | None = Field(default=None, sa_type=LongText, max_length=2_000)


class ProfileFacts(SQLModel):
    """How a person or a team is shown. `color` is `#RRGGBB`, `locale` a language tag of BCP 47, `time_zone` an IANA
    name."""

    avatar_url: str | None = Field(default=None, sa_type=Name, max_length=MAX_URL_LENGTH)
    color: str | None = Field(default=None, sa_type=Name)
    locale: str | None = Field(default=None, sa_type=Name)
    time_zone: str | None = Field(default=None, sa_type=Name)


class PersonFacts(ProfileFacts, Facts):
    name: str = Field(sa_type=Name, min_length=1, max_length=200)
    email: str | None = Field(default=None, sa_type=Name, max_length=320)
    role: Role = Field(default=Role.MEMBER, sa_type=choice(Role))


class Person(PersonFacts, Changeable, table=True):
    """A person with `erased_at` stays as an id: its personal data is a placeholder, and nothing brings it back."""

    __tablename__: ClassVar[str] = "people"
    __table_args__ = (
        UniqueConstraint("organization_id", "email"),
        CheckConstraint(
            "erased_at IS NULL OR (archived_at IS NOT NULL AND email IS NULL AND external_id IS NULL)", name="erased"
        ),
        order_index("people", "name"),
        *filter_indexes("people", "name", role="role"),
        *changeable_keys("people"),
    )

    erased_at: datetime | None = Field(default=None, sa_type=Instant)


class TeamFacts(OwnCadence, ProfileFacts, Facts):
    name: str = Field(sa_type=Name, min_length=1, max_length=200)
    parent_id: UUID | None = None


class Team(TeamFacts, Changeable, table=True):
    __tablename__: ClassVar[str] = "teams"
    __table_args__ = (
        *cadence_checks(),
        reference("parent_id", "teams"),
        order_index("teams", "name"),
        *filter_indexes("teams", "name", parent="parent_id"),
        *changeable_keys("teams"),
    )


class TeamRevision(TeamFacts, Revision, table=True):
    __tablename__: ClassVar[str] = "team_revisions"
    __table_args__ = revision_keys("team_revisions", "teams")


class MembershipFacts(Facts):
    team_id: UUID
    person_id: UUID
    role: MembershipRole = Field(default=MembershipRole.MEMBER, sa_type=choice(MembershipRole))


class Membership(MembershipFacts, TenantRow, table=True):
    __tablename__: ClassVar[str] = "memberships"
    __table_args__ = (
        UniqueConstraint("organization_id", "team_id", "person_id"),
        Index("ix_memberships_person", "organization_id", "person_id"),
        reference("team_id", "teams"),
        reference("person_id", "people"),
    )

    created_at: datetime = Field(sa_type=Instant)
    ended_at: datetime | None = Field(default=None, sa_type=Instant)


class ApiKey(TenantRow, table=True):
    """Belongs to a person or to a service account. Only the SHA-256 of the secret is kept. `scopes` None: all that the
    role of the holder allows. `replaces_id` is the key that this one was made to replace."""

    __tablename__: ClassVar[str] = "api_keys"
    __table_args__ = (
        CheckConstraint("num_nonnulls(person_id, service_account_id) = 1", name="holder"),
        reference("person_id", "people"),
        reference("service_account_id", "service_accounts"),
        reference("replaces_id", "api_keys"),
        Index("ix_api_keys_created", "organization_id", "created_at", "id"),
        Index("ix_api_keys_person", "organization_id", "person_id", "created_at", "id"),
        Index(
            *("ix_api_keys_replaces", "organization_id", "replaces_id"),
            postgresql_where=text("replaces_id IS NOT NULL"),
        ),
        Index("ix_api_keys_service_account", "organization_id", "service_account_id", "created_at", "id"),
    )

    person_id: UUID | None = None
    service_account_id: UUID | None = None
    name: str = Field(sa_type=Name, min_length=1, max_length=200)
    secret_hash: bytes
    created_at: datetime = Field(sa_type=Instant)
    expires_at: datetime | None = Field(default=None, sa_type=Instant)
    revoked_at: datetime | None = Field(default=None, sa_type=Instant)
    last_used_at: datetime | None = Field(default=None, sa_type=Instant)
    scopes: list[str] | None = Field(default=None, sa_type=cast(Any, ARRAY(Text())))
    replaces_id: UUID | None = None
