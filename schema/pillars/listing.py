"""Finding pillars."""

import strawberry

from schema.connections import Connection, OrderDirection
from schema.filters import DateTimeFilter, IDFilter, StringFilter
from schema.lists import filter_input, order_input, root_list
from schema.pillars import Pillar
from service.pillars import queries

IDS = {"id": "Pillar"}

PillarFilter = filter_input(
    "Pillar",
    "pillars",
    id=(IDFilter, "By id."),
    external_id=(StringFilter, "By the partner's id."),
    name=(StringFilter, "By name."),
    created_at=(DateTimeFilter, "By when it was created."),
    updated_at=(DateTimeFilter, "By when it was last changed."),
)
PillarOrder = order_input(
    "Pillar",
    "pillars",
    "NAME",
    OrderDirection.ASC,
    CREATED_AT="When they were created.",
    NAME="Their names, by characters.",
    UPDATED_AT="When they were last changed.",
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
        "All pillars of the organization, a page at a time.",
    )
