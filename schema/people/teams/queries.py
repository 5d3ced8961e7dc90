"""Finding teams."""

import strawberry

from schema.people import Team
from schema.relay.connections import Connection, OrderDirection
from schema.relay.filters import DateTimeFilter, IDFilter, StringFilter
from schema.relay.root_connections import filter_input, order_input, root_list
from service.people import queries

IDS = {"id": "Team", "parent_id": "Team"}

TeamFilter = filter_input(
    "Team",
    "teams",
    id=IDFilter,
    external_id=StringFilter,
    name=StringFilter,
    parent_id=(IDFilter, "Condition on the id of the parent team, which the team is a part of."),
    created_at=DateTimeFilter,
    updated_at=DateTimeFilter,
)
TeamOrder = order_input(
    "Team",
    "teams",
    "NAME",
    OrderDirection.ASC,
    "CREATED_AT",
    "NAME",
    "UPDATED_AT",
)


@strawberry.type
class TeamQueries:
    """Fields of Query."""

    teams: Connection[Team] | None = root_list(
        queries.ALL_TEAMS,
        queries.TEAM_FILTERS,
        IDS,
        TeamFilter,
        TeamOrder,
        "Teams of the organization, a page at a time.",
    )
