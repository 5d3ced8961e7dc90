"""Finding KPIs."""

from typing import Any

import strawberry

from schema.connections import Connection, OrderDirection
from schema.context import Context
from schema.filters import DateTimeFilter, IDFilter, StringFilter, enum_filter
from schema.kpis import Kpi
from schema.lists import filter_input, order_input, root_list
from schema.lookup import ByExternalId, ById, looked_up
from schema.objectives.listing import PerspectiveFilter
from service.kpis import queries
from service.kpis.words import Direction, Frequency, Indicator, KpiSource

IDS = {"id": "Kpi", "parent_id": "Kpi", "owner_id": "Person", "team_id": "Team"}

KpiFilter = filter_input(
    "Kpi",
    "KPIs",
    id=(IDFilter, "Condition on the KPI's id."),
    external_id=(StringFilter, "Condition on the KPI's external id, that of your own system."),
    name=(StringFilter, "Condition on the KPI's name."),
    category=(StringFilter, "Condition on the KPI's category."),
    perspective=(PerspectiveFilter, "Condition on the KPI's Balanced Scorecard perspective."),
    direction=(enum_filter(Direction, "KpiDirection"), "Condition on the KPI's direction."),
    indicator=(enum_filter(Indicator, "KpiIndicator"), "Condition on the kind of indicator that the KPI is."),
    frequency=(enum_filter(Frequency, "KpiFrequency"), "Condition on the KPI's frequency."),
    source=(enum_filter(KpiSource), "Condition on the source of the KPI's measurements."),
    unit=(StringFilter, "Condition on the KPI's unit."),
    parent_id=(IDFilter, "Condition on the id of the KPI's parent."),
    owner_id=(IDFilter, "Condition on the id of the person who owns the KPI."),
    team_id=(IDFilter, "Condition on the id of the KPI's team."),
    created_at=(DateTimeFilter, "Condition on the time at which the KPI was created."),
    updated_at=(DateTimeFilter, "Condition on `updatedAt`, the last change of the KPI's own fields."),
    changed_at=(DateTimeFilter, "Condition on `changedAt`, the last change of anything the KPI shows."),
)
KpiOrder = order_input(
    "Kpi",
    "KPIs",
    "NAME",
    OrderDirection.ASC,
    CREATED_AT="Time at which the KPI was created.",
    NAME="Name of the KPI, compared character by character.",
    CHANGED_AT="Time `changedAt` of the last change of anything the KPI shows.",
    UPDATED_AT="Time `updatedAt` of the last change of the KPI's own fields.",
)


@strawberry.type
class KpiQueries:
    """Fields of Query."""

    kpis: Connection[Kpi] | None = root_list(
        queries.ALL_KPIS,
        queries.FILTERS,
        IDS,
        KpiFilter,
        KpiOrder,
        "KPIs of the organization, a page at a time.",
    )

    @strawberry.field(description="KPI with this id or this external id, one of the two; null if there is none.")
    async def kpi(
        self, info: strawberry.Info[Context, Any], id: ById = None, external_id: ByExternalId = None
    ) -> Kpi | None:
        return await looked_up(info, "Kpi", queries.KPIS, queries.BY_EXTERNAL_ID, id, external_id)
