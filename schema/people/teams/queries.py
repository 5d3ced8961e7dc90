"""Fields of Query that find teams."""

import strawberry

from schema.people import Team
from schema.relay.connections import Connection
from schema.relay.lookup import lookup, lookup_many
from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import filter_input, order_input, root_list
from service.people.entity import TEAM

TeamFilter = filter_input(
    TEAM, "teams", parent_id="Condition on the id of the parent team, which the team is a part of."
)
TeamOrder = order_input(TEAM, "teams", "NAME", OrderDirection.ASC)


@strawberry.type
class TeamQueries:
    """Fields of Query."""

    team: Team | None = lookup(TEAM, "Team")
    teams_by_external_ids: list[Team | None] | None = lookup_many(TEAM, "Teams")
    teams: Connection[Team] | None = root_list(
        TEAM, TeamFilter, TeamOrder, "Teams of the organization, a page at a time."
    )
