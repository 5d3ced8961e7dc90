"""Finding people."""

from enum import StrEnum
from typing import Annotated, Any

import strawberry

from schema.connections import After, Before, Connection, First, Last, OrderDirection
from schema.context import Context
from schema.filters import AND, OR, DateTimeFilter, IDFilter, StringFilter, comparator, enum_filter
from schema.inputs import described
from schema.lists import IncludeArchived, filtered
from schema.people import Person
from service.people import queries
from service.people.models import Role

RoleFilter: Any = enum_filter(Role)

TYPES = {"id": "Person"}


@strawberry.input(description="Which people to list; all comparisons hold together.")
class PersonFilter:
    id: IDFilter | None = comparator("By id.")
    external_id: StringFilter | None = comparator("By the partner's id.")
    name: StringFilter | None = comparator("By name.")
    email: StringFilter | None = comparator("By email.")
    role: RoleFilter | None = comparator("By what they may do.")
    created_at: DateTimeFilter | None = comparator("By when it was created.")
    updated_at: DateTimeFilter | None = comparator("By when it was last changed.")
    and_: list["PersonFilter"] | None = comparator(AND, "and")
    or_: list["PersonFilter"] | None = comparator(OR, "or")


class PersonOrderField(StrEnum):
    CREATED_AT = "CREATED_AT"
    NAME = "NAME"
    UPDATED_AT = "UPDATED_AT"


described(
    PersonOrderField,
    "What people can be sorted by.",
    CREATED_AT="When they were created.",
    NAME="Their names, by characters.",
    UPDATED_AT="When they were last changed.",
)


@strawberry.input(description="How to sort people.")
class PersonOrder:
    field: PersonOrderField = strawberry.field(default=PersonOrderField.NAME, description="What to sort by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")


@strawberry.type
class PersonQueries:
    """Fields of Query."""

    @strawberry.field(description="All people of the organization, a page at a time.")
    async def people(
        self,
        info: strawberry.Info[Context, Any],
        filter: Annotated[PersonFilter | None, strawberry.argument(description="Which ones.")] = None,
        order_by: Annotated[PersonOrder | None, strawberry.argument(description="How sorted.")] = None,
        include_archived: IncludeArchived = False,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Person]:
        return await filtered(  # type: ignore[return-value]
            info,
            queries.ALL_PEOPLE,
            queries.PERSON_FILTERS,
            TYPES,
            filter=filter,
            order_by=order_by or PersonOrder(),
            include_archived=include_archived,
            first=first,
            after=after,
            last=last,
            before=before,
        )
