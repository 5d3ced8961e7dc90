"""Share tokens, as the schema shows them."""

from datetime import datetime

import orjson
import strawberry
from strawberry.scalars import JSON

from schema.execution.fields.batched import uses_columns
from schema.execution.fields.relation import to_one
from schema.objectives import Objective
from schema.people import Person
from schema.relay.node import global_id
from service.objectives import queries as objectives
from service.people import queries as people
from service.postgres.database import Row


@strawberry.type(
    description="Share token: read-only credentials, with an end, for an objective and what serves it, or for the KPIs "
    "that match a filter. The token itself is shown once, when it is created; the service stores only a hash."
)
class ShareToken:
    @strawberry.field(
        description="Id of the share token, unique within the organization, for `shareTokenRevoke`. It is no secret, "
        "and `node` does not take it."
    )
    @uses_columns("id")
    def id(root: strawberry.Parent[Row]) -> strawberry.ID:
        return global_id("ShareToken", root.id)

    name: str = strawberry.field(description="Name of the share token: whom it is for; 1 to 200 characters.")
    shows_names: bool = strawberry.field(
        description="True if the share token shows the names of owners and authors, and nothing else about people."
    )
    created_at: datetime = strawberry.field(description="Time at which the share token was created.")
    expires_at: datetime = strawberry.field(description="Time from which the share token is not valid any more.")
    revoked_at: datetime | None = strawberry.field(
        description="Time at which the share token was revoked; null if it was not."
    )
    last_used_at: datetime | None = strawberry.field(
        description="Time of the last request with the share token, exact to a minute; null if it was never used."
    )
    objective: Objective | None = to_one(
        objectives.OBJECTIVES,
        key="objective_id",
        description="Objective that the share token shows, with all that serves it; null if it shows KPIs by a filter, "
        "and if the objective is hidden from the viewer.",
    )

    @strawberry.field(
        description="Filter that the share token shows the KPIs of, in the form of `KpiFilter`; null if it shows an "
        "objective. The KPIs are those that match at the time of a request."
    )
    @uses_columns("kpi_filter")
    def kpi_filter(root: strawberry.Parent[Row]) -> JSON | None:
        return None if root.kpi_filter is None else orjson.loads(root.kpi_filter)

    creator: Person = to_one(
        people.PEOPLE,
        key="creator_id",
        description="Person who created the share token. It shows only what this person may see, and nothing once the "
        "person is archived.",
    )
