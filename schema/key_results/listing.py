"""Finding key results."""

from enum import StrEnum
from typing import Annotated, Any

import strawberry

from schema.connections import After, Before, Connection, First, Last, OrderDirection
from schema.context import Context
from schema.filters import (
    AND,
    OR,
    DateTimeFilter,
    DecimalFilter,
    FloatFilter,
    IDFilter,
    StringFilter,
    comparator,
    enum_filter,
)
from schema.inputs import described
from schema.key_results import KeyResult
from schema.lists import IncludeArchived, filtered
from schema.lookup import ByExternalId, ById, looked_up
from schema.objectives.listing import LifecycleFilter
from service.key_results import queries
from service.key_results.models import KeyResultKind

KeyResultKindFilter: Any = enum_filter(KeyResultKind)

TYPES = {"id": "KeyResult", "objective_id": "Objective", "owner_id": "Person"}


@strawberry.input(description="Which key results to list; all comparisons hold together.")
class KeyResultFilter:
    id: IDFilter | None = comparator("By id.")
    external_id: StringFilter | None = comparator("By the partner's id.")
    title: StringFilter | None = comparator("By title.")
    kind: KeyResultKindFilter | None = comparator("By how it is measured.")
    lifecycle: LifecycleFilter | None = comparator("By whether it counts.")
    objective_id: IDFilter | None = comparator("By objective.")
    owner_id: IDFilter | None = comparator("By owner.")
    unit: StringFilter | None = comparator("By unit.")
    progress: FloatFilter | None = comparator("By progress, 0 to 1.")
    current: DecimalFilter | None = comparator("By current value.")
    target: DecimalFilter | None = comparator("By target.")
    created_at: DateTimeFilter | None = comparator("By when it was created.")
    updated_at: DateTimeFilter | None = comparator("By when it was last changed.")
    and_: list["KeyResultFilter"] | None = comparator(AND, "and")
    or_: list["KeyResultFilter"] | None = comparator(OR, "or")


class KeyResultOrderField(StrEnum):
    CREATED_AT = "CREATED_AT"
    POSITION = "POSITION"
    TITLE = "TITLE"
    UPDATED_AT = "UPDATED_AT"


described(
    KeyResultOrderField,
    "What key results can be sorted by.",
    CREATED_AT="When they were created.",
    POSITION="The order that people gave them.",
    TITLE="Their titles, by characters.",
    UPDATED_AT="When they were last changed.",
)


@strawberry.input(description="How to sort key results.")
class KeyResultOrder:
    field: KeyResultOrderField = strawberry.field(default=KeyResultOrderField.POSITION, description="What to sort by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.ASC, description="Which way.")


@strawberry.type
class KeyResultQueries:
    """Fields of Query."""

    @strawberry.field(description="One key result, by its id or by the partner's; null when there is none.")
    async def key_result(
        self, info: strawberry.Info[Context, Any], id: ById = None, external_id: ByExternalId = None
    ) -> KeyResult | None:
        return await looked_up(info, "KeyResult", queries.KEY_RESULTS, queries.BY_EXTERNAL_ID, id, external_id)

    @strawberry.field(description="All key results of the organization, a page at a time.")
    async def key_results(
        self,
        info: strawberry.Info[Context, Any],
        filter: Annotated[KeyResultFilter | None, strawberry.argument(description="Which ones.")] = None,
        order_by: Annotated[KeyResultOrder | None, strawberry.argument(description="How sorted.")] = None,
        include_archived: IncludeArchived = False,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[KeyResult]:
        return await filtered(  # type: ignore[return-value]
            info,
            queries.ALL_KEY_RESULTS,
            queries.FILTERS,
            TYPES,
            filter=filter,
            order_by=order_by or KeyResultOrder(),
            include_archived=include_archived,
            first=first,
            after=after,
            last=last,
            before=before,
        )
