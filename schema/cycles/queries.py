"""Finding cycles."""

import strawberry

from schema.cycles import Cycle
from schema.relay.connections import Connection, OrderDirection
from schema.relay.filters import DateFilter, DateTimeFilter, IDFilter, StringFilter, enum_filter
from schema.relay.root_connections import filter_input, order_input, root_list
from service.cycles import queries
from service.cycles.models import CycleKind, CycleState

IDS = {"id": "Cycle", "parent_id": "Cycle"}

CycleFilter = filter_input(
    "Cycle",
    "cycles",
    id=IDFilter,
    external_id=StringFilter,
    name=StringFilter,
    kind=enum_filter(CycleKind),
    state=enum_filter(CycleState),
    starts_on=DateFilter,
    ends_on=DateFilter,
    parent_id=(IDFilter, "Condition on the id of the cycle's parent, the longer cycle that it is part of."),
    created_at=DateTimeFilter,
    updated_at=DateTimeFilter,
)
CycleOrder = order_input(
    "Cycle",
    "cycles",
    "STARTS_ON",
    OrderDirection.ASC,
    "CREATED_AT",
    "STARTS_ON",
    "UPDATED_AT",
)


@strawberry.type
class CycleQueries:
    """Fields of Query."""

    cycles: Connection[Cycle] | None = root_list(
        queries.ALL_CYCLES,
        queries.FILTERS,
        IDS,
        CycleFilter,
        CycleOrder,
        "Cycles of the organization, a page at a time, without archived ones unless asked for.",
    )
