"""Fields of Query that find KPIs and their targets."""

import strawberry

from schema.kpis import Kpi
from schema.kpis.targets import KpiTarget
from schema.relay.connections import Connection
from schema.relay.lookup import lookup
from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import filter_input, order_input, root_list
from service.kpis.entity import KPI
from service.kpis.targets.entity import KPI_TARGET

KpiFilter = filter_input(KPI, "KPIs")
KpiOrder = order_input(KPI, "KPIs", "NAME", OrderDirection.ASC)


@strawberry.type
class KpiQueries:
    """Fields of Query."""

    kpi: Kpi | None = lookup(KPI, "KPI")
    kpi_target: KpiTarget | None = lookup(KPI_TARGET, "Target of a KPI")
    kpis: Connection[Kpi] | None = root_list(KPI, KpiFilter, KpiOrder, "KPIs of the organization, a page at a time.")
