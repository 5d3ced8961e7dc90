"""Fields of Query that find cycles."""

from functools import partial
from typing import Annotated

import strawberry

from schema.context import Info
from schema.cycles import Cycle
from schema.execution.fields.batched import planned_reads, requested_columns
from schema.execution.fields.selecting import narrow_statement
from schema.relay.connections import Connection
from schema.relay.lookup import lookup, lookup_many
from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import filter_input, order_input, root_list
from service.cycles.entity import CYCLE
from service.cycles.models import CycleKind
from service.cycles.queries import CURRENT
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
    cycles_by_external_ids: list[Cycle | None] | None = lookup_many(CYCLE, "Cycles")

    @strawberry.field(
        description="Cycle of a kind that is not archived and whose days contain today in the organization's time "
        "zone. Of several the one that starts last, then the shortest. Null if there is none."
    )
    async def current_cycle(
        self,
        info: Info,
        kind: Annotated[CycleKind, strawberry.argument(description="Kind of the cycle, such as QUARTER.")],
    ) -> Cycle | None:
        statement = narrow_statement(CURRENT, requested_columns(info), "id")
        rows = await info.context.reader.rows(statement, partial(planned_reads, info), kind=str(kind))
        return rows[0] if rows else None

    cycles: Connection[Cycle] | None = root_list(
        CYCLE,
        CycleFilter,
        CycleOrder,
        "Cycles of the organization, a page at a time, without archived ones unless asked for.",
    )
