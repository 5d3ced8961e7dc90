"""Finding key results."""

from typing import Any

import strawberry

from schema.context import Context
from schema.key_results import KeyResult
from schema.objectives.goal import StalenessFilter, StatusFilter
from schema.objectives.status_report import GoalStatusReport, status_report
from schema.relay.connections import Connection, OrderDirection
from schema.relay.filters import DateTimeFilter, DecimalFilter, FloatFilter, IDFilter, StringFilter, enum_filter
from schema.relay.lookup import ByExternalId, ById, looked_up
from schema.relay.root_connections import filter_input, order_input, root_list
from service.key_results import queries
from service.key_results.models import KeyResultKind
from service.objectives.models import Lifecycle

IDS = {"id": "KeyResult", "objective_id": "Objective", "owner_id": "Person"}

KeyResultFilter = filter_input(
    "KeyResult",
    "key results",
    id=IDFilter,
    external_id=StringFilter,
    title=StringFilter,
    kind=enum_filter(KeyResultKind),
    lifecycle=enum_filter(Lifecycle),
    objective_id=IDFilter,
    owner_id=IDFilter,
    unit=StringFilter,
    progress=FloatFilter,
    status=StatusFilter,
    staleness=StalenessFilter,
    current=DecimalFilter,
    target=(
        DecimalFilter,
        "Condition on the key result's own target, set or computed from its own baseline. A target that follows from a "
        "KPI's value at the start does not match.",
    ),
    created_at=DateTimeFilter,
    updated_at=DateTimeFilter,
    changed_at=DateTimeFilter,
)
KeyResultOrder = order_input(
    "KeyResult",
    "key results",
    "POSITION",
    OrderDirection.ASC,
    "CREATED_AT",
    "POSITION",
    "TITLE",
    "CHANGED_AT",
    "UPDATED_AT",
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
        "Key results of the organization, a page at a time, without archived ones unless asked for.",
    )

    key_result_status_report: GoalStatusReport | None = status_report(
        queries.ALL_KEY_RESULTS,
        queries.FILTERS,
        IDS,
        KeyResultFilter,
        "key results",
    )

    @strawberry.field(description="Key result with the given id or external id; null if there is none.")
    async def key_result(
        self, info: strawberry.Info[Context, Any], id: ById = None, external_id: ByExternalId = None
    ) -> KeyResult | None:
        return await looked_up(info, "KeyResult", queries.KEY_RESULTS, queries.BY_EXTERNAL_ID, id, external_id)
