"""The list of KPIs by conditions and orders on what is computed of their measurements."""

from collections.abc import Mapping, Sequence
from fractions import Fraction
from functools import partial
from typing import Any
from uuid import UUID

import strawberry

from schema.context import Info
from schema.kpis.cards import load_cards
from schema.relay.connections import ConnectionPage
from schema.relay.filters import FloatFilter, comparator, enum_filter, operands_of
from schema.relay.page_arguments import OrderDirection, parse_page_arguments
from schema.relay.row_pages import page_of_rows
from service.kpis.current.conditions import attainment_of, change_of, matches
from service.kpis.current.scorecard import Card
from service.kpis.enums import Freshness, KpiStatus, Trend
from service.kpis.queries import COMPUTED_KPIS, MAX_SCORECARD_KPIS
from service.reading.keyset import Page, at_first_page

ORDERS = {"ATTAINMENT": attainment_of, "CHANGE": change_of}


@strawberry.input(
    description="Conditions on what follows from the measurements of KPIs at the time of the request; all of them have "
    "to hold. A condition that is null counts as left out."
)
class KpiSummaryFilter:
    status: enum_filter(KpiStatus) | None = comparator("Condition on the KPI's status as it is now.")  # type: ignore[valid-type]
    freshness: enum_filter(Freshness) | None = comparator("Condition on the KPI's freshness as it is now.")  # type: ignore[valid-type]
    trend: enum_filter(Trend) | None = comparator(  # type: ignore[valid-type]
        "Condition on the KPI's trend; null for fewer than three values."
    )
    attainment: FloatFilter | None = comparator(
        "Condition on the KPI's attainment, exact: 1 if the target is exactly met; null without a value or a target."
    )


SUMMARY = (
    "Conditions on the status, freshness, trend and attainment of the {objects}. With one of them, or with the order "
    f"ATTAINMENT or CHANGE, more than {MAX_SCORECARD_KPIS} {{objects}} that meet `filter` are an error."
)


async def computed_page(
    info: Info, filter: Any, order: Any, include_archived: bool, summary: Any, arguments: Mapping[str, Any]
) -> ConnectionPage | None:
    """A page of the KPIs that meet both filters; None if neither they nor the order need anything that is computed."""
    conditions = {} if summary is None else operands_of(summary)
    if not conditions and order.field not in ORDERS:
        return None
    page = parse_page_arguments(order.field, descending=order.direction == OrderDirection.DESC, **arguments)
    page = at_first_page(COMPUTED_KPIS, page, info.context.now)
    cards = await load_cards(info, filter, include_archived=include_archived, at=page.now)
    cards = [card for card in cards if matches(card, conditions)]
    return page_of_cards(page, cards)


def page_of_cards(page: Page, cards: Sequence[Card]) -> ConnectionPage:
    """A page of KPIs that have been judged."""
    rows, fraction_of = [card.row for card in cards], ORDERS.get(page.order)
    if fraction_of is None:
        return page_of_rows(COMPUTED_KPIS, page, rows)
    values = {card.row.id: fraction_of(card) for card in cards}
    return page_of_rows(COMPUTED_KPIS, page, rows, partial(_value_of, values))


def _value_of(values: Mapping[UUID, Fraction | None], row: Any) -> Fraction | None:
    return values[row.id]
