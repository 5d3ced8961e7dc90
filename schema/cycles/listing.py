"""Finding cycles."""

import strawberry

from schema.connections import Connection, OrderDirection
from schema.cycles import Cycle
from schema.filters import DateFilter, DateTimeFilter, IDFilter, StringFilter, enum_filter
from schema.lists import filter_input, order_input, root_list
from service.cycles import queries
from service.cycles.models import CycleKind, CycleState

IDS = {"id": "Cycle", "parent_id": "Cycle"}

CycleFilter = filter_input(
    "Cycle",
    "cycles",
    id=(IDFilter, "By id."),
    external_id=(StringFilter, "By the partner's id."),
    name=(StringFilter, "By name."),
    kind=(enum_filter(CycleKind), "By how long it is."),
    state=(enum_filter(CycleState), "Comparison with `state`."),
    starts_on=(DateFilter, "By first day."),
    ends_on=(DateFilter, "By last day."),
    parent_id=(IDFilter, "By the cycle it is part of."),
    created_at=(DateTimeFilter, "By when it was created."),
    updated_at=(DateTimeFilter, "By when it was last changed."),
)
CycleOrder = order_input(
    "Cycle",
    "cycles",
    "STARTS_ON",
    OrderDirection.ASC,
    CREATED_AT="When they were created.",
    STARTS_ON="Their first day.",
    UPDATED_AT="When they were last changed.",
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
        "All cycles of the organization, a page at a time.",
    )
