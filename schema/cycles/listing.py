"""Finding cycles."""

from enum import StrEnum
from typing import Annotated, Any

import strawberry

from schema.connections import After, Before, Connection, First, Last, OrderDirection
from schema.context import Context
from schema.cycles import Cycle
from schema.filters import AND, OR, DateFilter, DateTimeFilter, IDFilter, StringFilter, comparator, enum_filter
from schema.inputs import described
from schema.lists import IncludeArchived, filtered
from service.cycles import queries
from service.cycles.models import CycleKind, CycleState

CycleKindFilter: Any = enum_filter(CycleKind)
CycleStateFilter: Any = enum_filter(CycleState)

TYPES = {"id": "Cycle", "parent_id": "Cycle"}


@strawberry.input(description="Which cycles to list; all comparisons hold together.")
class CycleFilter:
    id: IDFilter | None = comparator("By id.")
    external_id: StringFilter | None = comparator("By the partner's id.")
    name: StringFilter | None = comparator("By name.")
    kind: CycleKindFilter | None = comparator("By how long it is.")
    state: CycleStateFilter | None = comparator("By where it stands.")
    starts_on: DateFilter | None = comparator("By first day.")
    ends_on: DateFilter | None = comparator("By last day.")
    parent_id: IDFilter | None = comparator("By the cycle it is part of.")
    created_at: DateTimeFilter | None = comparator("By when it was created.")
    updated_at: DateTimeFilter | None = comparator("By when it was last changed.")
    and_: list["CycleFilter"] | None = comparator(AND, "and")
    or_: list["CycleFilter"] | None = comparator(OR, "or")


class CycleOrderField(StrEnum):
    CREATED_AT = "CREATED_AT"
    STARTS_ON = "STARTS_ON"
    UPDATED_AT = "UPDATED_AT"


described(
    CycleOrderField,
    "What cycles can be sorted by.",
    CREATED_AT="When they were created.",
    STARTS_ON="Their first day.",
    UPDATED_AT="When they were last changed.",
)


@strawberry.input(description="How to sort cycles.")
class CycleOrder:
    field: CycleOrderField = strawberry.field(default=CycleOrderField.STARTS_ON, description="What to sort by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")


@strawberry.type
class CycleQueries:
    """Fields of Query."""

    @strawberry.field(description="All cycles of the organization, a page at a time.")
    async def cycles(
        self,
        info: strawberry.Info[Context, Any],
        filter: Annotated[CycleFilter | None, strawberry.argument(description="Which ones.")] = None,
        order_by: Annotated[CycleOrder | None, strawberry.argument(description="How sorted.")] = None,
        include_archived: IncludeArchived = False,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Cycle]:
        return await filtered(  # type: ignore[return-value]
            info,
            queries.ALL_CYCLES,
            queries.FILTERS,
            TYPES,
            filter=filter,
            order_by=order_by or CycleOrder(),
            include_archived=include_archived,
            first=first,
            after=after,
            last=last,
            before=before,
        )
