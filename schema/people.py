"""The organization, its people and teams, as the schema shows them."""

from datetime import datetime
from typing import Annotated, Any

import strawberry
from strawberry.types import Info

from schema.connections import After, Before, Connection, First, Last, Rows, listed_for, wanted_page
from schema.context import Context
from schema.execution.batched import batched
from schema.execution.relation import many, one
from schema.filters import DateTimeFilter, IDFilter, StringFilter, comparator, enum_filter
from schema.inputs import described
from schema.node import Entity, Node, identity
from schema.order import named_order
from service.objectives import queries as objectives
from service.people import queries
from service.people.models import MembershipRole, Role

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


@strawberry.type(description="The tenant: nothing is visible from outside of it.")
class Organization(Node):
    id: strawberry.ID = identity("Organization")
    name: str = strawberry.field(description="What it is called.")
    time_zone: str = strawberry.field(description="IANA name of the time zone in which its days begin and end.")
    on_track_pace: float = strawberry.field(description="ON_TRACK from this pace on; a fraction, 0.9 by default.")
    at_risk_pace: float = strawberry.field(description="AT_RISK from this pace on, else OFF_TRACK; 0.7 by default.")
    check_in_cadence_days: int = strawberry.field(
        description="Days between expected check-ins; three days later a goal without one is OUTDATED."
    )
    version: int = strawberry.field(description="Grows with each change; for `expectedVersion`.")
    created_at: datetime = strawberry.field(description="When it was created.")
    updated_at: datetime = strawberry.field(description="When it was last changed.")

    is_type_of = Entity.is_type_of


@strawberry.type(description="A human being of the organization.")
class Person(Entity, Node):
    id: strawberry.ID = identity("Person")
    external_id: str | None = strawberry.field(description="The id that a partner's system knows this person by.")
    name: str = strawberry.field(description="The name to show.")
    email: str | None = strawberry.field(description="Unique in the organization.")
    role: Role = strawberry.field(description="What the person may do.")
    version: int = strawberry.field(description="Grows with each change; for `expectedVersion`.")
    created_at: datetime = strawberry.field(description="When the person was added.")
    updated_at: datetime = strawberry.field(description="When the person was last changed.")
    archived_at: datetime | None = strawberry.field(description="Since when archived; null while active.")
    memberships: list["Membership"] = many(
        queries.MEMBERSHIPS_OF_PEOPLE, by="person_id", description="The teams the person belongs to; a short list."
    )

    @batched("The objectives the person owns, archived ones left out.")
    async def objectives(
        parents: list[Any],  # noqa: N805
        info: Info[Context, Any],
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> list[Objectives]:
        wanted = wanted_page("POSITION", first=first, after=after, last=last, before=before)
        return await _objectives(info, objectives.OF_OWNERS, parents, wanted)  # type: ignore[return-value]
