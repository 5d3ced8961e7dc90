"""Formulas over longer periods than their own: a year's rate comes from the year's sums, not from its months' rates.

Each source is first gathered into the longer period by its own aggregation, then the formula is computed (domain.md,
section 6). A formula that looks back counts in its own periods and says nothing of longer ones.
"""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from uuid import UUID

from service.budget import Budget
from service.kpis.computed import Input, computed
from service.kpis.computing import POINTS, Span
from service.kpis.counting import Wanted, take
from service.kpis.graph import Node, ordered
from service.kpis.measuring import MEASURES, measure_in
from service.kpis.nodes import computed_nodes
from service.kpis.series import Measure, Point
from service.kpis.words import Aggregation, Frequency, KpiSource
from service.rows import Rows


async def widened(source: Rows, spans: Mapping[UUID, Span], size: Frequency, budget: Budget) -> dict[UUID, list[Point]]:
    """The points of formula KPIs for periods of a size, between the first and the last day of each; those that look
    back are left out. Three statements for all of them. Raises TooManyMeasurements."""
    nodes = await computed_nodes(source)
    able = {id for id in spans if _looks_nowhere(id, nodes)}
    needed = _below(able, nodes)
    formulas = {id for id in needed if _is_formula(id, nodes)}
    rows = await source.rows(MEASURES, ids=list(needed))
    measures = {row.id: measure_in(row) for row in rows}
    first, last = _whole([spans[id] for id in able])
    sources = needed - formulas
    await take(source, budget, [Wanted(id, measures[id].frequency, first, last) for id in sources if able], 0)
    points = await _points(source, sources, first, last)
    for id in [id for level in ordered(nodes) for id in level if id in formulas]:
        reader = replace(measures[id], frequency=size)
        inputs = {
            input: _input(measures[input], points[input], reader, input in formulas) for input in nodes[id].inputs
        }
        points[id] = computed(nodes[id], reader, inputs, *spans.get(id, (first, last)))
        # Others have their turns in between.
        await asyncio.sleep(0)
    return {id: points[id] for id in able}


def _input(measure: Measure, points: list[Point], reader: Measure, is_wide: bool) -> Input:
    if is_wide:
        measure = replace(reader, aggregation=Aggregation.LAST)
    return Input(measure, points, reader, points[0].starts_on if points else None)


def _is_formula(id: UUID, nodes: Mapping[UUID, Node]) -> bool:
    return id in nodes and nodes[id].source is KpiSource.FORMULA


def _looks_nowhere(id: UUID, nodes: Mapping[UUID, Node]) -> bool:
    return id in nodes and all(nodes[each].reach == 0 for each in _below({id}, nodes) if _is_formula(each, nodes))


def _below(ids: set[UUID], nodes: Mapping[UUID, Node]) -> set[UUID]:
    """These KPIs and, of formulas, all that they are made of; what else is computed has points of its own."""
    found: set[UUID] = set()
    pending = list(ids)
    while pending:
        id = pending.pop()
        if id not in found:
            found.add(id)
            pending += nodes[id].inputs if _is_formula(id, nodes) else ()
    return found


def _whole(spans: list[Span]) -> Span:
    return min((s[0] for s in spans), default=date.max), max((s[1] for s in spans), default=date.min)


async def _points(source: Rows, ids: set[UUID], first: date, last: date) -> dict[UUID, list[Point]]:
    found: dict[UUID, list[Point]] = {id: [] for id in ids}
    wanted = list(ids)
    spans = {"firsts": [first] * len(wanted), "lasts": [last] * len(wanted)}
    for row in await source.rows(POINTS, readers=wanted, ids=wanted, **spans):
        found[row.kpi_id].append(Point(row.starts_on, row.value, row.null_reason))
    return found
