"""Fields of Query that find key results, their milestones and their links to KPIs."""

import strawberry

from schema.key_results import KeyResult, Milestone
from schema.key_results.kpi_links import KpiLink
from schema.objectives.status_report import GoalStatusReport, status_report
from schema.relay.connections import Connection
from schema.relay.lookup import lookup, lookup_many
from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import filter_input, order_input, root_list
from service.key_results.entity import KEY_RESULT
from service.key_results.kpi_link_entity import KPI_LINK
from service.key_results.milestone_entity import MILESTONE
from service.rollup.status_timeline import Staleness, Status, StatusReason

KeyResultFilter = filter_input(
    KEY_RESULT,
    "key results",
    enums={"status": Status, "status_reason": StatusReason, "staleness": Staleness},
    involving="Condition on people involved in the key result: its own owner, and the participants of its objective.",
    target="Condition on the key result's own target, set or computed from its own baseline. A target that follows "
    "from a KPI's value at the start does not match.",
)
KeyResultOrder = order_input(KEY_RESULT, "key results", "POSITION", OrderDirection.ASC)


@strawberry.type
class KeyResultQueries:
    """Fields of Query."""

    key_result: KeyResult | None = lookup(KEY_RESULT, "Key result")
    key_results_by_external_ids: list[KeyResult | None] | None = lookup_many(KEY_RESULT, "Key results")
    milestone: Milestone | None = lookup(MILESTONE, "Milestone")
    milestones_by_external_ids: list[Milestone | None] | None = lookup_many(MILESTONE, "Milestones")
    kpi_link: KpiLink | None = lookup(KPI_LINK, "Link between a key result and a KPI")
    kpi_links_by_external_ids: list[KpiLink | None] | None = lookup_many(KPI_LINK, "Links between key results and KPIs")
    key_results: Connection[KeyResult] | None = root_list(
        KEY_RESULT,
        KeyResultFilter,
        KeyResultOrder,
        "Key results of the organization, a page at a time, without archived ones unless asked for.",
    )
    key_result_status_report: GoalStatusReport | None = status_report(KEY_RESULT, KeyResultFilter, "key results")
