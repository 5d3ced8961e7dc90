"""Finding pillars."""

from enum import StrEnum
from typing import Annotated, Any

import strawberry

from schema.connections import After, Before, Connection, First, Last, OrderDirection
from schema.context import Context
from schema.filters import AND, OR, DateTimeFilter, IDFilter, StringFilter, comparator
from schema.inputs import described
from schema.lists import IncludeArchived, filtered
from schema.pillars import Pillar
from service.pillars import queries

TYPES = {"id": "Pillar"}


@strawberry.input(description="Which pillars to list; all comparisons hold together.")
class PillarFilter:
    id: IDFilter | None = comparator("By id.")
    external_id: StringFilter | None = comparator("By the partner's id.")
    name: StringFilter | None = comparator("By name.")
    created_at: DateTimeFilter | None = comparator("By when it was created.")
    updated_at: DateTimeFilter | None = comparator("By when it was last changed.")
    and_: list["PillarFilter"] | None = comparator(AND, "and")
    or_: list["PillarFilter"] | None = comparator(OR, "or")


class PillarOrderField(StrEnum):
    CREATED_AT = "CREATED_AT"
    NAME = "NAME"
    UPDATED_AT = "UPDATED_AT"


described(
    PillarOrderField,
    "What pillars can be sorted by.",
    CREATED_AT="When they were created.",
    NAME="Their names, by characters.",
    UPDATED_AT="When they were last changed.",
)


@strawberry.input(description="How to sort pillars.")
class PillarOrder:
    field: PillarOrderField = strawberry.field(default=PillarOrderField.NAME, description="What to sort by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")


@strawberry.type
class PillarQueries:
    """Fields of Query."""

    @strawberry.field(description="All pillars of the organization, a page at a time.")
    async def pillars(
        self,
        info: strawberry.Info[Context, Any],
        filter: Annotated[PillarFilter | None, strawberry.argument(description="Which ones.")] = None,
        order_by: Annotated[PillarOrder | None, strawberry.argument(description="How sorted.")] = None,
        include_archived: IncludeArchived = False,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Pillar]:
        return await filtered(  # type: ignore[return-value]
            info,
            queries.ALL_PILLARS,
            queries.FILTERS,
            TYPES,
            filter=filter,
            order_by=order_by or PillarOrder(),
            include_archived=include_archived,
            first=first,
            after=after,
            last=last,
            before=before,
        )
