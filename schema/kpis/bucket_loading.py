"""Loads the measurements of many KPIs, and makes the buckets of their series."""

import asyncio
from collections.abc import Collection, Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from schema.context import Info
from service.errors import BadUserInput
from service.kpis.current.row_mapping import targets_of
from service.kpis.definition import ORDINAL
from service.kpis.enums import Aggregation, Frequency, KpiSource
from service.kpis.formulas.definitions import KpiWithLifespan, load_definitions
from service.kpis.formulas.queries import computed_nodes
from service.kpis.formulas.rebucket import FormulaRebucketer
from service.kpis.measurements import queries
from service.kpis.measurements.counting import MeasurementRange, max_periods, split_into_reads, take_from_budget
from service.kpis.measurements.group_queries import CellsOfKpi, load_groups
from service.kpis.series.buckets import Bucket, KpiDefinition
from service.kpis.series.calendar import day_of, starts
from service.kpis.series.cells import cells
from service.kpis.series.date_range import date_range
from service.kpis.series.expectation import Expectation, expectation
from service.kpis.series.groups import MeasurementGroup
from service.kpis.series.kpi_definition import DEFINITION_COLUMNS, read_kpi_definition
from service.kpis.series.period_value import PeriodValue
from service.kpis.series.series import coarser, series_function, with_formula_value
from service.kpis.series.slices import SLICE_SIZE, series_in_slices
from service.kpis.targets.evaluation import Target
from service.postgres.database import Row

MAX_SERIES_LENGTH = timedelta(days=366 * 30)
# The columns of KPIs that `load_buckets` reads.
BUCKET_COLUMNS = (
    *DEFINITION_COLUMNS,
    *("id", "name", "source", "time_zone", "organization_time_zone", "created_at", "archived_at", "grace_days"),
)
# A bucket of groups takes as long as so many measurements.
WORK_OF_GROUPED_BUCKET = 5
# The range of KPIs whose measurements are not read one by one.
NO_DAYS = (date.max, date.min)


class SeriesRequest(NamedTuple):
    """The arguments of a field: days, length of buckets, function; `only_ended` leaves running periods out."""

    first: date | None
    last: date | None
    size: Frequency | None = None
    aggregation: Aggregation | None = None
    only_ended: bool = False


class History(NamedTuple):
    """What the buckets of a KPI are made from: the measurements in its row of `HISTORIES`, or groups of them."""

    row: Any
    targets: Sequence[Target]
    expected: Expectation
    groups: Sequence[MeasurementGroup] | None = None


async def load_buckets(
    parents: Sequence[Row], info: Info, request: SeriesRequest
) -> list[tuple[date | None, list[Bucket]]]:
    """For each KPI its first day with a value, and its buckets.

    One statement for all of them, and one more if buckets are longer than periods of a KPI, unless they have very many
    measurements; two or three more where there are formulas. Raises TooManyMeasurements.
    """
    return await BucketLoader(parents, info, request).load()


class BucketLoader:
    """Loads the buckets of KPIs for one field.

    Where buckets are longer than the periods of a KPI, the database groups its measurements. Those of a formula that is
    computed over longer periods are read one by one.
    """

    def __init__(self, parents: Sequence[Row], info: Info, request: SeriesRequest) -> None:
        self._parents, self._info, self._request = parents, info, request
        self._definitions = [read_kpi_definition(parent) for parent in parents]
        self._bounds = [self._find_bounds(index) for index in range(len(parents))]
        for parent, definition in zip(parents, self._definitions, strict=True):
            _ensure_aggregates(parent, definition, request.aggregation)
        self._lifespans: dict[UUID, KpiWithLifespan] = {}
        self._rebucketed: set[UUID] = set()
        self._rebucketer: FormulaRebucketer | None = None
        # Measurements, or as much work, since the last turn of other requests.
        self._done = 0

    async def load(self) -> list[tuple[date | None, list[Bucket]]]:
        """For each KPI its first day with a value, and its buckets."""
        reader, size = self._info.context.reader, self._request.size
        ranges = [
            MeasurementRange(parent.id, definition.frequency, *bounds)
            for parent, definition, bounds in zip(self._parents, self._definitions, self._bounds, strict=True)
        ]
        periods = sum(max_periods(coarser(each.frequency, size or each.frequency), *each[2:]) for each in ranges)
        await take_from_budget(reader, self._info.context.budget, ranges, periods)
        await self._load_formulas()
        series_of_parents: list[tuple[date | None, list[Bucket]]] = []
        for indexes in split_into_reads(ranges, [self._is_grouped(index) for index in range(len(ranges))]):
            histories = await self._load_histories(indexes)
            # One at a time, however many fields ask, and with turns for other requests in between.
            async with self._info.context.making:
                for index in indexes:
                    history = histories.pop(index)
                    series_of_parents.append((history.row.began, await self._make_buckets(index, history)))
        return series_of_parents

    def _find_bounds(self, index: int) -> tuple[date, date]:
        """As `date_range`, up to the KPI's own today. Raises BadUserInput."""
        row, request = self._parents[index], self._request
        first, today = request.first, day_of(self._info.context.now, row.time_zone or row.organization_time_zone)
        end = request.last or today
        if first is not None and first > end:
            raise BadUserInput(f"`from` is {first}, after `to`, {end}.")
        if first is not None and end - first > MAX_SERIES_LENGTH:
            raise BadUserInput("A series has at most 30 years.")
        definition = self._definitions[index]
        return date_range(definition, today, first, request.last, request.size, only_ended=request.only_ended)

    def _is_wider(self, index: int) -> bool:
        """Whether buckets are longer than the KPI's own periods."""
        own, size = self._definitions[index].frequency, self._request.size
        return size is not None and coarser(own, size) is not own

    def _is_grouped(self, index: int) -> bool:
        return self._is_wider(index) and self._parents[index].id not in self._rebucketed

    async def _load_formulas(self) -> None:
        request, context = self._request, self._info.context
        bounds = {p.id: b for p, b in zip(self._parents, self._bounds, strict=True) if p.source == KpiSource.FORMULA}
        # A period is missing whatever is expected.
        if not bounds or request.only_ended:
            return
        nodes = await computed_nodes(context.reader)
        self._lifespans = await load_definitions(context.reader, bounds, nodes)
        if request.size and request.aggregation is None:
            wider = [parent.id for index, parent in enumerate(self._parents) if self._is_wider(index)]
            spans = {id: bounds[id] for id in wider if id in bounds}
            if spans:
                self._rebucketed = set(spans)
                self._rebucketer = FormulaRebucketer(nodes, self._lifespans, spans, request.size)
                await self._rebucketer.load(context.reader, context.budget)

    async def _load_histories(self, indexes: range) -> dict[int, History]:
        bounds = [self._bounds[index] for index in indexes]
        read = [NO_DAYS if self._is_grouped(index) else self._bounds[index] for index in indexes]
        rows = await self._info.context.reader.rows(
            queries.HISTORIES,
            ids=[self._parents[index].id for index in indexes],
            firsts=[first for first, _ in bounds],
            lasts=[last for _, last in bounds],
            begins=[first for first, _ in read],
            ends=[last for _, last in read],
        )
        known = {row.id: row for row in rows}
        histories: dict[int, History] = {}
        for index in indexes:
            row = known[self._parents[index].id]
            histories[index] = History(row, targets_of(row), self._find_expectation(index, row.began))
        grouped = {index: self._cells(index, histories[index]) for index in indexes if self._is_grouped(index)}
        if grouped:
            groups = await load_groups(self._info.context.reader, list(grouped.values()))
            for index, groups_of_kpi in zip(grouped, groups, strict=True):
                histories[index] = histories[index]._replace(groups=groups_of_kpi)
        return histories

    def _find_expectation(self, index: int, first_on: date | None) -> Expectation:
        """What is expected of a KPI now; a formula's beginning is in its definition."""
        kpi, frequency = self._parents[index], self._definitions[index].frequency
        zone, lifespan = kpi.time_zone or kpi.organization_time_zone, self._lifespans.get(kpi.id)
        created_on = day_of(kpi.created_at, zone)
        began = lifespan.lifespan.began if lifespan else min(created_on, first_on or created_on)
        return expectation(frequency, zone, began, self._info.context.now, kpi.grace_days, kpi.archived_at)

    def _cells(self, index: int, history: History) -> CellsOfKpi:
        definition, request = self._definitions[index], self._request
        period = coarser(definition.frequency, request.size or definition.frequency)
        function = series_function(definition, period, request.aggregation)
        bounds = self._bounds[index]
        return CellsOfKpi(
            self._parents[index].id,
            function,
            cells(definition, history.targets, history.expected, function, *bounds, period),
        )

    async def _make_buckets(self, index: int, history: History) -> list[Bucket]:
        definition, bounds = self._definitions[index], self._bounds[index]
        buckets: list[Bucket] = []
        measurements = queries.measurements_in(history.row) if history.groups is None else []
        for part in self._slices(index, history, measurements):
            buckets += part
            self._done += (
                len(part) * WORK_OF_GROUPED_BUCKET
                if self._is_grouped(index)
                else sum(bucket.count + 1 for bucket in part)
            )
            if self._done >= SLICE_SIZE:
                self._done = 0
                await asyncio.sleep(0)
        if self._rebucketer is None or self._parents[index].id not in self._rebucketed:
            return buckets
        counted = _counted(definition, measurements, history.expected, bounds)
        longer = await self._rebucketer.compute(self._parents[index].id, counted)
        if longer is None:
            return buckets
        return [with_formula_value(definition, b, longer.get(b.starts_on), history.expected) for b in buckets]

    def _slices(self, index: int, history: History, measurements: Sequence[PeriodValue]) -> Iterator[list[Bucket]]:
        return series_in_slices(
            self._definitions[index],
            measurements if history.groups is None else history.groups,
            history.targets,
            history.expected,
            *self._bounds[index],
            self._request.size,
            self._request.aggregation,
        )


def _counted(
    definition: KpiDefinition, measurements: Sequence[PeriodValue], expected: Expectation, bounds: tuple[date, date]
) -> Collection[date]:
    """The first days of a KPI's own periods between two days whose measurements are expected."""
    frequency, month = definition.frequency, definition.fiscal_year_start_month
    due = expected.span(frequency, month, *bounds)
    days = set(starts(*due, frequency, month)) if due else set()
    return days | {measurement.starts_on for measurement in measurements if measurement.value is not None}


def _ensure_aggregates(kpi: Any, definition: KpiDefinition, aggregation: Aggregation | None) -> None:
    if aggregation is not None and definition.on_scale and aggregation not in ORDINAL:
        raise BadUserInput(
            f"`aggregation` is {aggregation}; {kpi.name} is qualitative, and positions on a scale have only "
            f"{', '.join(ORDINAL)}."
        )
