"""Finding objectives."""

from typing import Any

import strawberry

from schema.context import Context
from schema.objectives import Objective
from schema.objectives.goal import StalenessFilter, StatusFilter
from schema.objectives.status_report import GoalStatusReport, status_report
from schema.relay.connections import Connection, OrderDirection
from schema.relay.filters import DateTimeFilter, FloatFilter, IDFilter, StringFilter, enum_filter
from schema.relay.lookup import ByExternalId, ById, looked_up
from schema.relay.root_connections import filter_input, order_input, root_list
from service.objectives import queries
from service.objectives.models import Level, Lifecycle, ObjectiveKind, Visibility
from service.pillars.models import Perspective

IDS = {"id": "Objective", "cycle_id": "Cycle", "owner_id": "Person", "team_id": "Team", "pillar_id": "Pillar"}

ObjectiveFilter = filter_input(
    "Objective",
    "objectives",
    id=IDFilter,
    external_id=StringFilter,
    title=StringFilter,
    level=enum_filter(Level, "ObjectiveLevel"),
    kind=enum_filter(ObjectiveKind),
    lifecycle=enum_filter(Lifecycle),
    visibility=enum_filter(Visibility),
    perspective=enum_filter(Perspective),
    cycle_id=IDFilter,
    owner_id=IDFilter,
    team_id=IDFilter,
    pillar_id=IDFilter,
    progress=FloatFilter,
    status=StatusFilter,
    staleness=StalenessFilter,
    created_at=DateTimeFilter,
    updated_at=DateTimeFilter,
    changed_at=DateTimeFilter,
)
ObjectiveOrder = order_input(
    "Objective",
    "objectives",
    "POSITION",
    OrderDirection.ASC,
    "CREATED_AT",
    "POSITION",
    "TITLE",
    "CHANGED_AT",
    "UPDATED_AT",
)


@strawberry.type
class ObjectiveQueries:
    """Fields of Query."""

    objectives: Connection[Objective] | None = root_list(
        queries.ALL_OBJECTIVES,
        queries.FILTERS,
        IDS,
        ObjectiveFilter,
        ObjectiveOrder,
        "Objectives of the organization, a page at a time, without archived ones unless asked for.",
    )

    objective_status_report: GoalStatusReport | None = status_report(
        queries.ALL_OBJECTIVES,
        queries.FILTERS,
        IDS,
        ObjectiveFilter,
        "objectives",
    )

    @strawberry.field(description="Objective with the given id or external id; null if there is none.")
    async def objective(
        self, info: strawberry.Info[Context, Any], id: ById = None, external_id: ByExternalId = None
    ) -> Objective | None:
        return await looked_up(info, "Objective", queries.OBJECTIVES, queries.BY_EXTERNAL_ID, id, external_id)
