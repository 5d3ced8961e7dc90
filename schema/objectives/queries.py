"""Fields of Query that find objectives."""

import strawberry

from schema.objectives import Objective
from schema.objectives.status_report import GoalStatusReport, status_report
from schema.relay.connections import Connection
from schema.relay.lookup import lookup, lookup_many
from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import filter_input, order_input, root_list
from service.alignment.states import AlignmentState
from service.objectives.entity import OBJECTIVE
from service.rollup.status_timeline import Staleness, Status, StatusReason

ObjectiveFilter = filter_input(
    OBJECTIVE,
    "objectives",
    enums={
        "status": Status,
        "status_reason": StatusReason,
        "staleness": Staleness,
        "alignment_state": AlignmentState,
    },
)
ObjectiveOrder = order_input(OBJECTIVE, "objectives", "POSITION", OrderDirection.ASC)


@strawberry.type
class ObjectiveQueries:
    """Fields of Query."""

    objective: Objective | None = lookup(OBJECTIVE, "Objective")
    objectives_by_external_ids: list[Objective | None] | None = lookup_many(OBJECTIVE, "Objectives")
    objectives: Connection[Objective] | None = root_list(
        OBJECTIVE,
        ObjectiveFilter,
        ObjectiveOrder,
        "Objectives of the organization, a page at a time, without archived ones unless asked for.",
    )
    objective_status_report: GoalStatusReport | None = status_report(OBJECTIVE, ObjectiveFilter, "objectives")
