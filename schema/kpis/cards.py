"""Reads many KPIs with how they stand: for scorecards, and for statistics."""

import asyncio
from datetime import datetime
from functools import lru_cache
from typing import Any

from schema.context import Info
from schema.relay.filters import read_filter
from service.all_entities import reference_types
from service.errors import BadUserInput
from service.kpis import queries
from service.kpis.current.row_mapping import summary_of
from service.kpis.current.scorecard import Card, build_card
from service.kpis.entity import KPI
from service.kpis.queries import MAX_SCORECARD_KPIS
from service.reading.filters import Shape, build_condition

# Cards that are made without yielding to the event loop; it takes some milliseconds.
CARDS_AT_ONCE = 100


async def load_cards(
    info: Info, filter: Any, *, include_archived: bool = False, at: datetime | None = None
) -> list[Card]:
    """The cards of the KPIs that meet a filter, by name, as they are `at` a time, or now. Raises BadUserInput for too
    many."""
    shape, values, is_one_off, search = read_filter(info.context, filter, reference_types(KPI.name))
    search()
    select = _select_kpis if is_one_off else _cached_select
    rows = await info.context.reader.rows(select(shape, include_archived), **values)
    if len(rows) > MAX_SCORECARD_KPIS:
        raise BadUserInput(f"There are more than {MAX_SCORECARD_KPIS} KPIs; narrow them by `filter`.")
    cards: list[Card] = []
    now = at or info.context.now
    for start in range(0, len(rows), CARDS_AT_ONCE):
        if start:
            # Other requests have their turns in between.
            await asyncio.sleep(0)
        cards += (build_card(row, summary_of(row), now) for row in rows[start : start + CARDS_AT_ONCE])
    return cards


def _select_kpis(shape: Shape, include_archived: bool) -> Any:
    return queries.select_for_scorecard(build_condition(KPI.filters, shape), include_archived=include_archived)


# SQLAlchemy needs ten milliseconds to compile it.
_cached_select = lru_cache(maxsize=128)(_select_kpis)
