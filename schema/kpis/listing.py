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
    id=(IDFilter, "By id."),
    external_id=(StringFilter, "By the partner's id."),
    name=(StringFilter, "By name."),
    category=(StringFilter, "By category."),
    perspective=(PerspectiveFilter, "By Balanced Scorecard perspective."),
    direction=(enum_filter(Direction, "KpiDirection"), "By which values are good."),
    indicator=(enum_filter(Indicator, "KpiIndicator"), "By what it tells about."),
    frequency=(enum_filter(Frequency, "KpiFrequency"), "By how often it is measured."),
    source=(enum_filter(KpiSource), "By where its points come from."),
    unit=(StringFilter, "By unit."),
    parent_id=(IDFilter, "By parent."),
    owner_id=(IDFilter, "By owner."),
    team_id=(IDFilter, "By team."),
    created_at=(DateTimeFilter, "By when it was created."),
    updated_at=(DateTimeFilter, "Comparison with `updatedAt`: the last change of its own fields."),
    changed_at=(DateTimeFilter, "Comparison with `changedAt`: the last change of anything it shows."),
)
KpiOrder = order_input(
    "Kpi",
    "KPIs",
    "NAME",
    OrderDirection.ASC,
    CREATED_AT="When they were created.",
    NAME="Their names, by characters.",
    CHANGED_AT="`changedAt`: the last change of anything they show.",
    UPDATED_AT="`updatedAt`: the last change of their own fields.",
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
        "All KPIs of the organization, a page at a time.",
    )

    @strawberry.field(description="One KPI, by its id or by the partner's; null when there is none.")
    async def kpi(
        self, info: strawberry.Info[Context, Any], id: ById = None, external_id: ByExternalId = None
    ) -> Kpi | None:
        return await looked_up(info, "Kpi", queries.KPIS, queries.BY_EXTERNAL_ID, id, external_id)
