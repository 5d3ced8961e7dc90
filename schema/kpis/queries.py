"""Finding KPIs."""

from typing import Any

import strawberry

from schema.context import Context
from schema.kpis import Kpi
from schema.relay.connections import Connection, OrderDirection
from schema.relay.filters import DateTimeFilter, IDFilter, StringFilter, enum_filter
from schema.relay.lookup import ByExternalId, ById, looked_up
from schema.relay.root_connections import filter_input, order_input, root_list
from service.kpis import queries
from service.kpis.enums import Direction, Frequency, Indicator, KpiSource
from service.pillars.models import Perspective

IDS = {"id": "Kpi", "parent_id": "Kpi", "owner_id": "Person", "team_id": "Team"}

KpiFilter = filter_input(
    "Kpi",
    "KPIs",
    id=IDFilter,
    external_id=StringFilter,
    name=StringFilter,
    category=StringFilter,
    perspective=enum_filter(Perspective),
    direction=enum_filter(Direction, "KpiDirection"),
    indicator=enum_filter(Indicator, "KpiIndicator"),
    frequency=enum_filter(Frequency, "KpiFrequency"),
    source=enum_filter(KpiSource),
    unit=StringFilter,
    parent_id=IDFilter,
    owner_id=IDFilter,
    team_id=IDFilter,
    created_at=DateTimeFilter,
    updated_at=DateTimeFilter,
    changed_at=DateTimeFilter,
)
KpiOrder = order_input(
    "Kpi",
    "KPIs",
    "NAME",
    OrderDirection.ASC,
    "CREATED_AT",
    "NAME",
    "CHANGED_AT",
    "UPDATED_AT",
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
