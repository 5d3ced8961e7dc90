"""Formulas over longer periods than their own: a year's rate comes from the year's sums, not from its months' rates.

Each source is first gathered into the longer period by its own aggregation, then the formula is computed
(docs/numbers.md, 18). Only those periods of the formula's own calendar go into it that are expected of it, so that all
sources are gathered over the same time. A formula that looks back counts in its own periods and says nothing of longer
ones.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from service.kpis.enums import Aggregation, Frequency
from service.kpis.formulas.definitions import Defined, formulas_below, is_formula
from service.kpis.formulas.dependencies import Node, ordered
from service.kpis.formulas.evaluate import Input, Lifespan, computed
from service.kpis.formulas.recompute import POINTS, Span
from service.kpis.measurements.counting import Wanted, take
from service.kpis.series.buckets import Measure, Point
from service.reading.budget import Budget
from service.reading.row_source import Rows


class Wider:
    """Formula KPIs with all that they are made of, to be computed over periods of a size.

    Those that look back, or are made of one that does, are left out.
    """

    def __init__(
        self,
        nodes: Mapping[UUID, Node],
        definitions: Mapping[UUID, Defined],
        spans: Mapping[UUID, Span],
        size: Frequency,
    ) -> None:
        self._nodes, self._definitions, self._size = nodes, definitions, size
        self._spans = {id: span for id, span in spans.items() if _looks_nowhere(id, nodes)}
        needed = formulas_below(list(self._spans), nodes)
        self._formulas = [id for level in ordered(nodes) for id in level if id in needed and is_formula(id, nodes)]
        self._points: dict[UUID, list[Point]] = {id: [] for id in needed - set(self._formulas)}

    async def read(self, source: Rows, budget: Budget) -> None:
        """Reads the points of what the formulas are made of; one statement. Raises TooManyMeasurements."""
        first, last = _whole(list(self._spans.values()))
        ids = list(self._points)
        frequencies = {id: self._definitions[id].measure.frequency for id in ids}
        await take(source, budget, [Wanted(id, frequencies[id], first, last) for id in ids], 0)
        spans = {"firsts": [first] * len(ids), "lasts": [last] * len(ids)}
        for row in await source.rows(POINTS, readers=ids, ids=ids, **spans):
            self._points[row.kpi_id].append(Point(row.starts_on, row.value, row.null_reason))

    async def points(self, id: UUID, counted: Collection[date]) -> dict[date, Point] | None:
        """The points of a formula KPI by the first days of the longer periods, of those of its own periods that begin
        on the days `counted`; None if it is left out."""
        if id not in self._spans:
            return None
        below = formulas_below([id], self._nodes)
        own = self._definitions[id].measure.frequency
        found: dict[UUID, Sequence[Point]] = {}
        for each in [each for each in self._formulas if each in below]:
            node, measure = self._nodes[each], self._definitions[each].measure
            reader = replace(measure, frequency=self._size)
            inputs = {input: self._input(input, found, reader, counted, own) for input in node.inputs}
            found[each] = computed(node, reader, inputs, *self._spans[id])
            # Others have their turns in between.
            await asyncio.sleep(0)
        return {point.starts_on: point for point in found[id]}

    def _input(
        self,
        id: UUID,
        found: Mapping[UUID, Sequence[Point]],
        reader: Measure,
        counted: Collection[date],
        own: Frequency,
    ) -> Input:
        if id in found:
            # It has the longer periods already.
            measure = replace(reader, aggregation=Aggregation.LAST)
            return Input(measure, found[id], reader, Lifespan(None))
        definition = self._definitions[id]
        return Input(definition.measure, self._points[id], reader, definition.life, counted, own)


def _looks_nowhere(id: UUID, nodes: Mapping[UUID, Node]) -> bool:
    return is_formula(id, nodes) and all(
        nodes[each].reach == 0 for each in formulas_below([id], nodes) if is_formula(each, nodes)
    )


def _whole(spans: list[Span]) -> Span:
    return min((s[0] for s in spans), default=date.max), max((s[1] for s in spans), default=date.min)
