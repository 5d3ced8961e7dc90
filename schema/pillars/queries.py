"""Finding pillars."""

import strawberry

from schema.pillars import Pillar
from schema.relay.connections import Connection, OrderDirection
from schema.relay.filters import DateTimeFilter, IDFilter, StringFilter
from schema.relay.root_connections import filter_input, order_input, root_list
from service.pillars import queries

IDS = {"id": "Pillar"}

PillarFilter = filter_input(
    "Pillar",
    "pillars",
    id=IDFilter,
    external_id=StringFilter,
    name=StringFilter,
    created_at=DateTimeFilter,
    updated_at=DateTimeFilter,
)
PillarOrder = order_input(
    "Pillar",
    "pillars",
    "NAME",
    OrderDirection.ASC,
    "CREATED_AT",
    "NAME",
    "UPDATED_AT",
)


@strawberry.type
class PillarQueries:
    """Fields of Query."""

    pillars: Connection[Pillar] | None = root_list(
        queries.ALL_PILLARS,
        queries.FILTERS,
        IDS,
        PillarFilter,
        PillarOrder,
        "Pillars of the organization, a page at a time.",
    )
