"""Computes formulas over periods longer than their own (docs/numbers.md, 18).

Each input is first aggregated into the longer period by its own aggregation, then the formula is computed. Only
periods that are expected of the formula count, so that all inputs cover the same time. A formula that looks back is not
computed over longer periods, since its lags are numbers of its own periods.
"""

import asyncio
from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from datetime import date
from uuid import UUID

from service.kpis.enums import Aggregation, Frequency
from service.kpis.formulas.definitions import KpiWithLifespan, formulas_below, is_formula
from service.kpis.formulas.dependencies import Node, dependency_levels
from service.kpis.formulas.evaluate import Input, Lifespan, compute_measurements
from service.kpis.formulas.recompute import INPUT_MEASUREMENTS, Span
from service.kpis.measurements.counting import MeasurementRange, take_from_budget
from service.kpis.series.buckets import KpiDefinition
from service.kpis.series.period_value import PeriodValue
from service.reading.budget import Budget
from service.reading.row_source import RowSource


class FormulaRebucketer:
    """Computes formula KPIs over periods of `size`, without those that look back or depend on one that does."""

    def __init__(
        self,
        nodes: Mapping[UUID, Node],
        kpis: Mapping[UUID, KpiWithLifespan],
        spans: Mapping[UUID, Span],
        size: Frequency,
    ) -> None:
        self._nodes, self._kpis, self._size = nodes, kpis, size
        self._spans = {id: span for id, span in spans.items() if _has_no_lookback(id, nodes)}
        needed = formulas_below(list(self._spans), nodes)
        self._formulas = [
            id for level in dependency_levels(nodes) for id in level if id in needed and is_formula(id, nodes)
        ]
        self._measurements: dict[UUID, list[PeriodValue]] = {id: [] for id in needed - set(self._formulas)}

    async def load(self, source: RowSource, budget: Budget) -> None:
        """Loads the measurements of the inputs; one statement. Raises TooManyMeasurements."""
        first, last = _total_span(list(self._spans.values()))
        ids = list(self._measurements)
        frequencies = {id: self._kpis[id].definition.frequency for id in ids}
        await take_from_budget(source, budget, [MeasurementRange(id, frequencies[id], first, last) for id in ids], 0)
        spans = {"firsts": [first] * len(ids), "lasts": [last] * len(ids)}
        for row in await source.rows(INPUT_MEASUREMENTS, readers=ids, ids=ids, **spans):
            self._measurements[row.kpi_id].append(PeriodValue(row.starts_on, row.value, row.null_reason))

    async def compute(self, id: UUID, counted: Collection[date]) -> dict[date, PeriodValue] | None:
        """The values of a formula KPI by the first days of the longer periods. Only its own periods that begin on the
        days `counted` count. None if the KPI is left out."""
        if id not in self._spans:
            return None
        needed = formulas_below([id], self._nodes)
        own_frequency = self._kpis[id].definition.frequency
        computed: dict[UUID, Sequence[PeriodValue]] = {}
        for each in [each for each in self._formulas if each in needed]:
            node, definition = self._nodes[each], self._kpis[each].definition
            reader = replace(definition, frequency=self._size)
            inputs = {input: self._input(input, computed, reader, counted, own_frequency) for input in node.inputs}
            computed[each] = compute_measurements(node, reader, inputs, *self._spans[id])
            # Other requests run in between.
            await asyncio.sleep(0)
        return {measurement.starts_on: measurement for measurement in computed[id]}

    def _input(
        self,
        id: UUID,
        computed: Mapping[UUID, Sequence[PeriodValue]],
        reader: KpiDefinition,
        counted: Collection[date],
        own_frequency: Frequency,
    ) -> Input:
        if id in computed:
            # Its values are already those of the longer periods.
            definition = replace(reader, aggregation=Aggregation.LAST)
            return Input(definition, computed[id], reader, Lifespan(None))
        kpi = self._kpis[id]
        return Input(kpi.definition, self._measurements[id], reader, kpi.lifespan, counted, own_frequency)


def _has_no_lookback(id: UUID, nodes: Mapping[UUID, Node]) -> bool:
    return is_formula(id, nodes) and all(
        nodes[each].lookback == 0 for each in formulas_below([id], nodes) if is_formula(each, nodes)
    )


def _total_span(spans: list[Span]) -> Span:
    return min((s[0] for s in spans), default=date.max), max((s[1] for s in spans), default=date.min)
