"""Finding key results."""

from typing import Any

import strawberry

from schema.connections import Connection, OrderDirection
from schema.context import Context
from schema.filters import DateTimeFilter, DecimalFilter, FloatFilter, IDFilter, StringFilter, enum_filter
from schema.goals import StalenessFilter, StatusFilter
from schema.key_results import KeyResult
from schema.lists import filter_input, order_input, root_list
from schema.lookup import ByExternalId, ById, looked_up
from schema.objectives.listing import LifecycleFilter
from schema.status_reports import GoalStatusReport, status_report
from service.key_results import queries
from service.key_results.models import KeyResultKind

IDS = {"id": "KeyResult", "objective_id": "Objective", "owner_id": "Person"}

KeyResultFilter = filter_input(
    "KeyResult",
    "key results",
    id=(IDFilter, "By id."),
    external_id=(StringFilter, "By the partner's id."),
    title=(StringFilter, "By title."),
    kind=(enum_filter(KeyResultKind), "By how it is measured."),
    lifecycle=(LifecycleFilter, "By whether it counts."),
    objective_id=(IDFilter, "By objective."),
    owner_id=(IDFilter, "By owner."),
    unit=(StringFilter, "By unit."),
    progress=(FloatFilter, "Comparison with progress, 0 to 1, with all of its 24 digits after the point."),
    status=(StatusFilter, "Comparison with `status`, as it is now; null of drafts and of what was cancelled."),
    staleness=(StalenessFilter, "Comparison with `staleness`, as it is now; null where no check-in is expected."),
    current=(DecimalFilter, "By current value."),
    target=(DecimalFilter, "By target."),
    created_at=(DateTimeFilter, "By when it was created."),
    updated_at=(DateTimeFilter, "Comparison with `updatedAt`: the last change of its own fields."),
    changed_at=(DateTimeFilter, "Comparison with `changedAt`: the last change of anything it shows."),
)
KeyResultOrder = order_input(
    "KeyResult",
    "key results",
    "POSITION",
    OrderDirection.ASC,
    CREATED_AT="When they were created.",
    POSITION="The order that people gave them.",
    TITLE="Their titles, by characters.",
    CHANGED_AT="`changedAt`: the last change of anything they show.",
    UPDATED_AT="`updatedAt`: the last change of their own fields.",
)


@strawberry.type
class KeyResultQueries:
    """Fields of Query."""

    key_results: Connection[KeyResult] | None = root_list(
        queries.ALL_KEY_RESULTS,
        queries.FILTERS,
        IDS,
        KeyResultFilter,
        KeyResultOrder,
        "All key results of the organization, a page at a time.",
    )

    key_result_status_report: GoalStatusReport | None = status_report(
        queries.ALL_KEY_RESULTS,
        queries.FILTERS,
        IDS,
        KeyResultFilter,
        "Report that counts key results by status, and how many of each are overdue.",
    )

    @strawberry.field(description="One key result, by its id or by the partner's; null when there is none.")
    async def key_result(
        self, info: strawberry.Info[Context, Any], id: ById = None, external_id: ByExternalId = None
    ) -> KeyResult | None:
        return await looked_up(info, "KeyResult", queries.KEY_RESULTS, queries.BY_EXTERNAL_ID, id, external_id)
