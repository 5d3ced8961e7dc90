"""The organization, its people and teams, as the schema shows them."""

from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from schema.connections import Connection, paged
from schema.execution.relation import many, one
from schema.inputs import described
from schema.node import Entity, Node, global_id, identity
from service.objectives import queries as objectives
from service.people import queries
from service.people.models import MembershipRole, Role

if TYPE_CHECKING:
    from schema.objectives import Objective

Objectives = Connection[Annotated["Objective", strawberry.lazy("schema.objectives")]]

described(
    Role,
    "What a person may do.",
    OWNER="Everything, and answers for the organization.",
    ADMIN="Changes people, teams, cycles, pillars and the organization, and imports.",
    MEMBER="Changes goals and checks in.",
    VIEWER="Reads.",
)
described(
    MembershipRole,
    "What a person is in a team.",
    LEAD="Leads the team; a team may have several leads.",
    MEMBER="Belongs to the team.",
)

VERSION = (
    "Number that grows by one with each change of its own fields, for `expectedVersion`; what is computed, such as "
    "progress, does not move it."
)
EXTERNAL_ID = "The id by which a partner's system knows it; unique among its kind."
CREATED, UPDATED, ARCHIVED = (
    "When it was created.",
    "Time of the last change of its own fields.",
    "Since when archived; null while not.",
)


@strawberry.type(description="The tenant: nothing of it is visible from outside.")
class Organization(Entity, Node):
    id: strawberry.ID = identity("Organization")
    name: str = strawberry.field(description="What it is called.")
    time_zone: str = strawberry.field(description="IANA name of the time zone in which its days begin and end.")
    on_track_pace: float = strawberry.field(description="ON_TRACK from this pace on; a fraction, at first 0.9.")
    at_risk_pace: float = strawberry.field(description="AT_RISK from this pace on, else OFF_TRACK; at first 0.7.")
    check_in_cadence_days: int = strawberry.field(
        description="Days between expected check-ins, 1 to 366; a check-in is OVERDUE three days after it was due."
    )
    fiscal_month: int = strawberry.field(description="The month that its fiscal year begins with, 1 to 12.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)


@strawberry.type(description="Somebody of the organization.")
class Person(Entity, Node):
    id: strawberry.ID = identity("Person")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    name: str = strawberry.field(description="The name to show.")
    email: str | None = strawberry.field(description="Unique in the organization.")
    role: Role = strawberry.field(description="What the person may do.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    memberships: list["Membership"] = many(
        queries.MEMBERSHIPS_OF_PEOPLE, by="person_id", description="The teams the person belongs to; a short list."
    )
    objectives: Objectives | None = paged(
        objectives.OF_OWNERS, "POSITION", "The objectives the person owns, without archived ones."
    )


@strawberry.type(description="People who work together; teams form a tree.")
class Team(Entity, Node):
    id: strawberry.ID = identity("Team")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    name: str = strawberry.field(description="What it is called.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    parent: "Team | None" = one(queries.TEAMS, of="parent_id", description="The team this one is part of.")
    subteams: list["Team"] = many(
        queries.SUBTEAMS, by="parent_id", description="The teams directly inside it, by name; a short list."
    )
    memberships: list["Membership"] = many(
        queries.MEMBERSHIPS_OF_TEAMS, by="team_id", description="Its leads, then its members, by name."
    )
    objectives: Objectives | None = paged(
        objectives.OF_TEAMS, "POSITION", "The objectives of the team, without archived ones."
    )


@strawberry.type(description="That a person belongs to a team, and as what.")
class Membership(Entity, Node):
    id: strawberry.ID = identity("Membership")
    role: MembershipRole = strawberry.field(description="Whether the person leads the team.")
    created_at: datetime = strawberry.field(description="When the person first joined.")
    person: Person = one(queries.PEOPLE, of="person_id", description="Who belongs to the team.")
    team: Team = one(queries.TEAMS, of="team_id", description="What the person belongs to.")


@strawberry.type(description="Caller of the API: a person of one organization, with a role.")
class Viewer:
    @strawberry.field(
        description="Identity of the caller, unique within the organization, for client caches. A Viewer cannot be "
        "fetched by `node`."
    )
    def id(root: strawberry.Parent[Any]) -> strawberry.ID:
        return global_id("Viewer", root.person_id or root.organization_id)

    role: Role = strawberry.field(description="What the caller may do.")
    person: Person | None = one(queries.PEOPLE, of="person_id", description="The person that the API key belongs to.")

    @strawberry.field(description="The organization that the API key belongs to.")
    async def organization(self, info: strawberry.Info[Any, Any]) -> Organization:
        return (await info.context.reader.rows(queries.ORGANIZATION))[0]
