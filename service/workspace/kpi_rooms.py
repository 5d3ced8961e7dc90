"""Takes in the links and the points of KPIs, many at once."""

from collections.abc import Sequence
from typing import Any

from service.errors import Refusal
from service.events.models import Verb
from service.key_results import links as kpi_links
from service.kpis.points import Given, Recorded
from service.kpis.recording import record
from service.transaction import Transaction
from service.workspace.kpi_items import MeasurementItem
from service.workspace.links import Links, linked
from service.workspace.results import Outcome, Verdict

RECORDED = {
    Recorded.CREATED: Outcome.CREATED,
    Recorded.REVISED: Outcome.UPDATED,
    Recorded.UNCHANGED: Outcome.UNCHANGED,
}
LINKED = {None: Outcome.UNCHANGED, Verb.LINKED: Outcome.CREATED}


async def links(tx: Transaction, items: Sequence[Any]) -> list[Verdict]:
    links = await linked(tx, items)
    verdicts: list[Verdict] = []
    for item in items:
        try:
            ends = links.resolved(item)
            row, verb = await kpi_links.link(
                tx, kpi_links.KpiLinkWish(ends["key_result_id"], ends["kpi_id"], item.role)
            )
            await tx.flush()
            verdicts.append((LINKED[verb], row.id))
        except Refusal as refusal:
            verdicts.append(refusal)
    return verdicts


async def measurements(tx: Transaction, items: Sequence[Any]) -> list[Verdict]:
    links = await linked(tx, items)
    given = [_point(item, links) for item in items]
    done = await record(tx, given, all_or_nothing=False)
    return [verdict.refusal or (RECORDED[verdict.outcome], None) for verdict in done]


def _point(item: MeasurementItem, links: Links) -> Given | Refusal:
    try:
        id = links.resolved(item)["kpi_id"]
    except Refusal as refusal:
        return refusal
    return Given(id, None, item.on, None, item.value, source=item.source, reason=item.reason)
