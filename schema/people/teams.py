"""Finding teams."""

from enum import StrEnum
from typing import Annotated, Any

import strawberry

from schema.connections import After, Before, Connection, First, Last, OrderDirection
from schema.context import Context
from schema.filters import AND, OR, DateTimeFilter, IDFilter, StringFilter, comparator
from schema.inputs import described
from schema.lists import IncludeArchived, filtered
from schema.people import Team
from service.people import queries

TYPES = {"id": "Team", "parent_id": "Team"}


@strawberry.input(description="Which teams to list; all comparisons hold together.")
class TeamFilter:
    id: IDFilter | None = comparator("By id.")
    external_id: StringFilter | None = comparator("By the partner's id.")
    name: StringFilter | None = comparator("By name.")
    parent_id: IDFilter | None = comparator("By the team it is part of.")
    created_at: DateTimeFilter | None = comparator("By when it was created.")
    updated_at: DateTimeFilter | None = comparator("By when it was last changed.")
    and_: list["TeamFilter"] | None = comparator(AND, "and")
    or_: list["TeamFilter"] | None = comparator(OR, "or")


class TeamOrderField(StrEnum):
    CREATED_AT = "CREATED_AT"
    NAME = "NAME"
    UPDATED_AT = "UPDATED_AT"


described(
    TeamOrderField,
    "What teams can be sorted by.",
    CREATED_AT="When they were created.",
    NAME="Their names, by characters.",
    UPDATED_AT="When they were last changed.",
)


@strawberry.input(description="How to sort teams.")
class TeamOrder:
    field: TeamOrderField = strawberry.field(default=TeamOrderField.NAME, description="What to sort by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")


@strawberry.type
class TeamQueries:
    """Fields of Query."""

    @strawberry.field(description="All teams of the organization, a page at a time.")
    async def teams(
        self,
        info: strawberry.Info[Context, Any],
        filter: Annotated[TeamFilter | None, strawberry.argument(description="Which ones.")] = None,
        order_by: Annotated[TeamOrder | None, strawberry.argument(description="How sorted.")] = None,
        include_archived: IncludeArchived = False,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Team]:
        return await filtered(  # type: ignore[return-value]
            info,
            queries.ALL_TEAMS,
            queries.TEAM_FILTERS,
            TYPES,
            filter=filter,
            order_by=order_by or TeamOrder(),
            include_archived=include_archived,
            first=first,
            after=after,
            last=last,
            before=before,
        )
