"""Fields of Query that find KPIs and their targets."""

import strawberry

from schema.kpis import Kpi
from schema.kpis.computed_list import SUMMARY, KpiSummaryFilter, computed_page
from schema.kpis.targets import KpiTarget
from schema.relay.connections import Connection
from schema.relay.lookup import lookup, lookup_many
from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import ComputedPages, argument, filter_input, order_input, root_list
from service.kpis.entity import KPI
from service.kpis.queries import COMPUTED_KPIS
from service.kpis.targets.entity import KPI_TARGET

KpiFilter = filter_input(KPI, "KPIs")
KpiOrder = order_input(KPI, "KPIs", "NAME", OrderDirection.ASC, orders=COMPUTED_KPIS.orders)
COMPUTED = ComputedPages("summary", argument(KpiSummaryFilter | None, SUMMARY), computed_page)


@strawberry.type
class KpiQueries:
    """Fields of Query."""

    kpi: Kpi | None = lookup(KPI, "KPI")
    kpis_by_external_ids: list[Kpi | None] | None = lookup_many(KPI, "KPIs")
    kpi_target: KpiTarget | None = lookup(KPI_TARGET, "Target of a KPI")
    kpi_targets_by_external_ids: list[KpiTarget | None] | None = lookup_many(KPI_TARGET, "Targets of KPIs")
    kpis: Connection[Kpi] | None = root_list(
        KPI, KpiFilter, KpiOrder, "KPIs of the organization, a page at a time.", COMPUTED
    )
