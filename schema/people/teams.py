"""Finding teams."""

import strawberry

from schema.connections import Connection, OrderDirection
from schema.filters import DateTimeFilter, IDFilter, StringFilter
from schema.lists import filter_input, order_input, root_list
from schema.people import Team
from service.people import queries

IDS = {"id": "Team", "parent_id": "Team"}

TeamFilter = filter_input(
    "Team",
    "teams",
    id=(IDFilter, "By id."),
    external_id=(StringFilter, "By the partner's id."),
    name=(StringFilter, "By name."),
    parent_id=(IDFilter, "By the team it is part of."),
    created_at=(DateTimeFilter, "By when it was created."),
    updated_at=(DateTimeFilter, "By when it was last changed."),
)
TeamOrder = order_input(
    "Team",
    "teams",
    "NAME",
    OrderDirection.ASC,
    CREATED_AT="When they were created.",
    NAME="Their names, by characters.",
    UPDATED_AT="When they were last changed.",
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
        "All teams of the organization, a page at a time.",
    )
