"""Computes the measurements of a computed KPI from those of its inputs (docs/numbers.md, 17).

Each input is first aggregated into the periods of the computed KPI by its own aggregation. It has a value there once
all its expected measurements exist. Until then the computed KPI has none, so incomplete sums are never shown as
complete. There is a measurement for each period for which any input has one.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from service.kpis.enums import Aggregation, Frequency, KpiSource, NullReason
from service.kpis.formulas.ast import Value, evaluate, lookups
from service.kpis.formulas.dependencies import Node
from service.kpis.series.aggregate import aggregate
from service.kpis.series.buckets import KpiDefinition
from service.kpis.series.calendar import distance, last_day, shifted, start_of
from service.kpis.series.expectation import Expectation
from service.kpis.series.period_value import InputCounts, PeriodValue
from service.kpis.series.series import period_aggregation
from service.values.decimals import is_storable, round_decimal
from service.values.parsing import format_decimal
from service.values.record import record

FOREVER = date(9000, 1, 1)


@record
class Lifespan:
    """Measurements are expected from the period of `began` on (None: never), if their periods end before `ended` (None:
    for ever)."""

    began: date | None
    ended: date | None = None


class Input:
    """One input of a computed KPI, the reader: its values by the periods of the reader.

    With `counted`, only measurements in these periods of `counted_frequency` count.
    """

    def __init__(
        self,
        definition: KpiDefinition,
        measurements: Sequence[PeriodValue],
        reader: KpiDefinition,
        lifespan: Lifespan,
        counted: Collection[date] | None = None,
        counted_frequency: Frequency | None = None,
    ) -> None:
        self._definition, self._reader, self._lifespan = definition, reader, lifespan
        self._function = period_aggregation(definition, reader.frequency)
        self._counted, self._counted_frequency = counted, counted_frequency or reader.frequency
        self._groups: dict[date, list[PeriodValue]] = {}
        for measurement in measurements:
            if self._is_counted(measurement.starts_on):
                self._groups.setdefault(
                    start_of(measurement.starts_on, reader.frequency, reader.fiscal_year_start_month), []
                ).append(measurement)
        self._expectation = Expectation(lifespan.began, lifespan.ended or FOREVER, FOREVER)

    @property
    def periods(self) -> Collection[date]:
        """The first days of the periods of the reader that have any measurement."""
        return self._groups.keys()

    def value_on(self, start: date) -> Value:
        """The value of a period; INPUT_MISSING while an expected measurement is missing."""
        measurements = self._groups.get(start, [])
        valued = [measurement for measurement in measurements if measurement.value is not None]
        if not valued or not self._is_complete(start, valued):
            return next((NullReason(p.null_reason) for p in measurements if p.null_reason), NullReason.INPUT_MISSING)
        return _aggregate_exactly(valued, self._function)

    def is_expected(self, start: date) -> bool:
        """Whether any measurement in a period is expected."""
        return self._span(start) is not None

    def _span(self, start: date) -> tuple[date, date] | None:
        last = last_day(start, self._reader.frequency)
        return self._expectation.span(self._definition.frequency, self._reader.fiscal_year_start_month, start, last)

    def _is_complete(self, start: date, valued: Sequence[PeriodValue]) -> bool:
        span = self._span(start)
        if span is None:
            return True
        begin, end = span
        frequency = self._definition.frequency
        if self._counted is not None:
            days = [
                day
                for n in range(distance(begin, end, frequency) + 1)
                if self._is_counted(day := shifted(begin, frequency, n))
            ]
            if not days:
                return True
            begin, end = days[0], days[-1]
            expected = len(days)
        else:
            expected = distance(begin, end, frequency) + 1
        if self._function == Aggregation.LAST:
            return valued[-1].starts_on >= end
        return sum(begin <= measurement.starts_on <= end for measurement in valued) == expected

    def _is_counted(self, day: date) -> bool:
        return (
            self._counted is None
            or start_of(day, self._counted_frequency, self._reader.fiscal_year_start_month) in self._counted
        )


def compute_measurements(
    node: Node, definition: KpiDefinition, inputs: Mapping[UUID, Input], first: date, last: date
) -> list[PeriodValue]:
    """The measurements of a computed KPI for periods that begin from `first` to `last`, both inside."""
    periods = sorted({start for each in inputs.values() for start in each.periods if first <= start <= last})
    if node.source is KpiSource.FORMULA:
        formula = _Formula(node, definition, inputs)
        return [formula.measurement(start) for start in periods]
    children = [(inputs[id], weight) for id, weight in zip(node.inputs, node.weights, strict=True)]
    return [_measurement_of_children(node.source, children, start) for start in periods]


class _Formula:
    """A formula with its inputs by name."""

    def __init__(self, node: Node, definition: KpiDefinition, inputs: Mapping[UUID, Input]) -> None:
        expression = node.expression
        assert expression is not None
        self._expression, self._frequency = expression, definition.frequency
        self._inputs_by_name = {name: inputs[id] for name, id in zip(node.names, node.inputs, strict=True)}
        self._lookups = lookups(expression)

    def measurement(self, start: date) -> PeriodValue:
        def lookup(name: str, periods_back: int) -> Value:
            return self._inputs_by_name[name].value_on(shifted(start, self._frequency, -periods_back))

        value = evaluate(self._expression, lookup)
        missing = {name for name, periods_back in self._lookups if isinstance(lookup(name, periods_back), NullReason)}
        input_counts = InputCounts(len(self._inputs_by_name) - len(missing), len(self._inputs_by_name))
        if isinstance(value, NullReason):
            return PeriodValue(start, None, value, input_counts)
        return PeriodValue(start, round_decimal(value), None, input_counts, value)


def _measurement_of_children(source: KpiSource, children: Sequence[tuple[Input, float]], start: date) -> PeriodValue:
    """The sum or weighted mean of the children that are expected or have a value; no value while one has none."""
    counted: list[tuple[Value, float]] = []
    for child, weight in children:
        value = child.value_on(start)
        is_input = source is KpiSource.CHILDREN_SUM or weight > 0
        if is_input and (value != NullReason.INPUT_MISSING or child.is_expected(start)):
            counted.append((value, weight))
    present = [(Fraction(value), Fraction(weight)) for value, weight in counted if not isinstance(value, NullReason)]
    total = _aggregate_children(source, present)
    counts = (len(present), len(counted))
    missing = next((value for value, _ in counted if isinstance(value, NullReason)), None)
    if missing:
        return _measurement(start, missing, InputCounts(*counts, total if isinstance(total, Decimal) else None))
    return _measurement(start, total, InputCounts(*counts))


def _aggregate_children(source: KpiSource, present: Sequence[tuple[Fraction, Fraction]]) -> Decimal | NullReason:
    if not present:
        return NullReason.INPUT_MISSING
    if source is KpiSource.CHILDREN_SUM:
        value = sum((value for value, _ in present), Fraction(0))
    else:
        value = sum((value * weight for value, weight in present), Fraction(0)) / sum(weight for _, weight in present)
    total = round_decimal(value)
    return total if is_storable(total) else NullReason.OUT_OF_RANGE


def _aggregate_exactly(valued: Sequence[PeriodValue], function: str) -> Fraction:
    """As `aggregate`, for at least one value, with the unrounded value of a formula for LAST."""
    latest = valued[-1].exact
    if function == Aggregation.LAST and latest is not None:
        return latest
    value = aggregate([measurement.value for measurement in valued if measurement.value is not None], function)
    assert value is not None
    return Fraction(value)


def _measurement(start: date, value: Decimal | NullReason, input_counts: InputCounts) -> PeriodValue:
    if isinstance(value, NullReason):
        return PeriodValue(start, None, value, input_counts)
    return PeriodValue(start, Decimal(format_decimal(value)), None, input_counts)
