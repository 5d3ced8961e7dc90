"""Finding objectives."""

from enum import StrEnum
from typing import Annotated, Any

import strawberry

from schema.connections import After, Before, Connection, First, Last, OrderDirection
from schema.context import Context
from schema.filters import AND, OR, DateTimeFilter, FloatFilter, IDFilter, StringFilter, comparator, enum_filter
from schema.inputs import described
from schema.lists import IncludeArchived, filtered
from schema.lookup import ByExternalId, ById, looked_up
from schema.objectives import Objective
from service.objectives import queries
from service.objectives.models import Level, Lifecycle, ObjectiveKind, Perspective, Visibility

LevelFilter: Any = enum_filter(Level, "ObjectiveLevel")
ObjectiveKindFilter: Any = enum_filter(ObjectiveKind)
LifecycleFilter: Any = enum_filter(Lifecycle)
PerspectiveFilter: Any = enum_filter(Perspective)
VisibilityFilter: Any = enum_filter(Visibility)

TYPES = {
    "id": "Objective",
    "cycle_id": "Cycle",
    "owner_id": "Person",
    "team_id": "Team",
    "pillar_id": "Pillar",
}


@strawberry.input(description="Which objectives to list; all comparisons hold together.")
class ObjectiveFilter:
    id: IDFilter | None = comparator("By id.")
    external_id: StringFilter | None = comparator("By the partner's id.")
    title: StringFilter | None = comparator("By title.")
    level: LevelFilter | None = comparator("By whose it is.")
    kind: ObjectiveKindFilter | None = comparator("By how it is meant.")
    lifecycle: LifecycleFilter | None = comparator("By whether it counts.")
    visibility: VisibilityFilter | None = comparator("By who is meant to see it.")
    perspective: PerspectiveFilter | None = comparator("By Balanced Scorecard perspective.")
    cycle_id: IDFilter | None = comparator("By cycle.")
    owner_id: IDFilter | None = comparator("By owner.")
    team_id: IDFilter | None = comparator("By team.")
    pillar_id: IDFilter | None = comparator("By pillar.")
    progress: FloatFilter | None = comparator("By progress, 0 to 1.")
    created_at: DateTimeFilter | None = comparator("By when it was created.")
    updated_at: DateTimeFilter | None = comparator("By when it was last changed.")
    and_: list["ObjectiveFilter"] | None = comparator(AND, "and")
    or_: list["ObjectiveFilter"] | None = comparator(OR, "or")


class ObjectiveOrderField(StrEnum):
    CREATED_AT = "CREATED_AT"
    POSITION = "POSITION"
    TITLE = "TITLE"
    UPDATED_AT = "UPDATED_AT"


described(
    ObjectiveOrderField,
    "What objectives can be sorted by.",
    CREATED_AT="When they were created.",
    POSITION="The order that people gave them.",
    TITLE="Their titles, by characters.",
    UPDATED_AT="When they were last changed.",
)


@strawberry.input(description="How to sort objectives.")
class ObjectiveOrder:
    field: ObjectiveOrderField = strawberry.field(default=ObjectiveOrderField.POSITION, description="What to sort by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")


@strawberry.type
class ObjectiveQueries:
    """Fields of Query."""

    @strawberry.field(description="One objective, by its id or by the partner's; null when there is none.")
    async def objective(
        self, info: strawberry.Info[Context, Any], id: ById = None, external_id: ByExternalId = None
    ) -> Objective | None:
        return await looked_up(info, "Objective", queries.OBJECTIVES, queries.BY_EXTERNAL_ID, id, external_id)

    @strawberry.field(description="All objectives of the organization, a page at a time.")
    async def objectives(
        self,
        info: strawberry.Info[Context, Any],
        filter: Annotated[ObjectiveFilter | None, strawberry.argument(description="Which ones.")] = None,
        order_by: Annotated[ObjectiveOrder | None, strawberry.argument(description="How sorted.")] = None,
        include_archived: IncludeArchived = False,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Objective]:
        return await filtered(  # type: ignore[return-value]
            info,
            queries.ALL_OBJECTIVES,
            queries.FILTERS,
            TYPES,
            filter=filter,
            order_by=order_by or ObjectiveOrder(),
            include_archived=include_archived,
            first=first,
            after=after,
            last=last,
            before=before,
        )
