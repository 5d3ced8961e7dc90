"""Declaration of people, teams and memberships."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.cadence.items import CADENCE_INPUT_NAMES, CADENCE_OMITTED, CadenceFields
from service.entities.entity import Archiving, Entity, Omission, Upsert, filters
from service.entities.export import Export
from service.entities.items import IdentifiedItem, Item, Key, Text, ref
from service.people import commands, queries
from service.people.models import Membership, MembershipRole, Organization, Person, Role, StatusPolicy, Team
from service.people.permissions import ensure_administrator
from service.postgres.tables import columns_of
from service.reading.subtree import Subtree


class PersonItem(IdentifiedItem):
    """Person of the organization to create or update."""

    type: Literal["Person"] = "Person"
    name: Text = Field(description="Name of the person to show, 1 to 200 characters.")
    email: Text | None = Field(
        None, description="Email address of the person, unique in the organization; at most 320 characters."
    )
    avatar_url: Text | None = Field(
        None, description="Address of a picture of the person, by https or http; at most 2 000 characters."
    )
    color: Text | None = Field(None, description="Colour of the person, # and six hexadecimal digits such as #1A73E8.")
    locale: Text | None = Field(None, description="Language of the person, a tag of BCP 47 such as de or pt-BR.")
    time_zone: Text | None = Field(None, description="Time zone of the person, by its IANA name such as Europe/Berlin.")
    role: Role = Field(
        Role.MEMBER,
        description="Role of the person, which decides what the person may do. Left out of a new person: MEMBER.",
    )


class TeamItem(CadenceFields, IdentifiedItem):
    """Team of the organization to create or update."""

    INPUT_NAMES: ClassVar[Mapping[str, str]] = CADENCE_INPUT_NAMES
    type: Literal["Team"] = "Team"
    REFERENCES: ClassVar[Mapping[str, str]] = {"parent": "Team"}
    name: Text = Field(description="Name of the team, 1 to 200 characters.")
    parent: Key | None = ref("parent team that the team is a part of")
    avatar_url: Text | None = Field(
        None, description="Address of a picture of the team, by https or http; at most 2 000 characters."
    )
    color: Text | None = Field(None, description="Colour of the team, # and six hexadecimal digits such as #1A73E8.")
    locale: Text | None = Field(None, description="Language of the team, a tag of BCP 47 such as de or pt-BR.")
    time_zone: Text | None = Field(None, description="Time zone of the team, by its IANA name such as Europe/Berlin.")


class MembershipItem(Item):
    """Membership of a person in a team, to create or update; matched by team and person, not by an external id."""

    type: Literal["Membership"] = "Membership"
    REFERENCES: ClassVar[Mapping[str, str]] = {"team": "Team", "person": "Person"}
    IDENTITY: ClassVar[tuple[str, ...]] = ("team", "person")
    external_id: ClassVar[None] = None  # type: ignore[misc]
    team: Key = ref("team that the person belongs to", ...)
    person: Key = ref("person who belongs to the team", ...)
    role: MembershipRole = Field(
        MembershipRole.MEMBER,
        description="Role of the person in the team: LEAD or MEMBER. Left out of a new membership: MEMBER.",
    )


NO_HISTORY = "Events tell how it has changed; nothing is computed from it."
ORGANIZATION = Entity(model=Organization, by_id=queries.ORGANIZATION)
STATUS_POLICY = Entity(model=StatusPolicy, by_id=queries.STATUS_POLICIES)
PERSON = Entity(
    model=Person,
    by_id=queries.PEOPLE,
    by_external_id=queries.PEOPLE_BY_EXTERNAL_ID,
    listing=queries.ALL_PEOPLE,
    filters=filters(Person, "id", "external_id", "name", "email", "role", "created_at", "updated_at"),
    item=PersonItem,
    export=Export(),
    upsert=Upsert(create=commands.create_people, change=commands.change_person, create_by="id"),
    archiving=Archiving(ensure_allowed=ensure_administrator, lock=commands.lock_person_to_archive),
    omitted=(Omission((), ("history",), NO_HISTORY),),
)
TEAM = Entity(
    model=Team,
    by_id=queries.TEAMS,
    by_external_id=queries.TEAMS_BY_EXTERNAL_ID,
    listing=queries.ALL_TEAMS,
    filters=filters(
        *(Team, "id", "external_id", "name", "parent_id", "created_at", "updated_at"),
        within=Subtree(columns_of(Team).id, queries.team_and_below),
    ),
    item=TeamItem,
    export=Export(),
    upsert=Upsert(create=commands.create_teams, change=commands.change_team, completing=commands.check_new_teams),
    archiving=Archiving(ensure_allowed=ensure_administrator),
    omitted=(CADENCE_OMITTED,),
)
MEMBERSHIP = Entity(
    model=Membership,
    by_id=queries.MEMBERSHIPS,
    item=MembershipItem,
    export=Export(where="AND t.ended_at IS NULL AND team.archived_at IS NULL AND person.archived_at IS NULL"),
    omitted=(
        Omission((), ("history",), NO_HISTORY),
        Omission((), ("update",), "teamJoin changes the role, which is all that can change."),
    ),
)
