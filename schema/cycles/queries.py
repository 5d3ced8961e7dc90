"""Fields of Query that find cycles."""

import strawberry

from schema.cycles import Cycle
from schema.relay.connections import Connection
from schema.relay.lookup import lookup
from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import filter_input, order_input, root_list
from service.cycles.entity import CYCLE
from service.cycles.states import CycleState

CycleFilter = filter_input(
    CYCLE,
    "cycles",
    enums={"state": CycleState},
    parent_id="Condition on the id of the cycle's parent, the longer cycle that it is part of.",
)
CycleOrder = order_input(CYCLE, "cycles", "STARTS_ON", OrderDirection.ASC)


@strawberry.type
class CycleQueries:
    """Fields of Query."""

    cycle: Cycle | None = lookup(CYCLE, "Cycle")
    cycles: Connection[Cycle] | None = root_list(
        CYCLE,
        CycleFilter,
        CycleOrder,
        "Cycles of the organization, a page at a time, without archived ones unless asked for.",
    )
