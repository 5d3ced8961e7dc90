"""The points of a computed KPI, from the points of what it is made of.

Each input is first gathered into the periods of the computed KPI by its own aggregation (docs/numbers.md, 17). It has
a value there once all its expected measurements are there; what is computed from it has none before that, so that a
part never stands for the whole. There is a point for each period for which any input has one.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction
from uuid import UUID

from service.kpis.enums import Aggregation, Frequency, KpiSource, NullReason
from service.kpis.formulas.ast import Value, evaluate, lookups
from service.kpis.formulas.dependencies import Node
from service.kpis.series.aggregate import aggregate
from service.kpis.series.buckets import Measure, Parts, Point
from service.kpis.series.calendar import distance, last_day, shifted, start_of
from service.kpis.series.expectation import Expectation
from service.kpis.series.series import gathering
from service.values.decimals import fits, rounded
from service.values.parsing import plain

FOREVER = date(9000, 1, 1)


@dataclass(frozen=True, slots=True)
class Lifespan:
    """A KPI is expected to have measurements from the period of `began` on, as far as their periods ended before
    `ended`; None: from no time on, and for ever."""

    began: date | None
    ended: date | None = None


class Input:
    """One KPI that others are made of: its values by the periods of the one that reads it.

    With `counted`, only its measurements in these periods of the calendar `own` go into those of the reader.
    """

    def __init__(
        self,
        measure: Measure,
        points: Sequence[Point],
        reader: Measure,
        life: Lifespan,
        counted: Collection[date] | None = None,
        own: Frequency | None = None,
    ) -> None:
        self._measure, self._reader, self._life = measure, reader, life
        self._function = gathering(measure, reader.frequency)
        self._counted, self._own = counted, own or reader.frequency
        self._groups: dict[date, list[Point]] = {}
        for point in points:
            if self._counts(point.starts_on):
                self._groups.setdefault(
                    start_of(point.starts_on, reader.frequency, reader.fiscal_year_start_month), []
                ).append(point)
        self._expectation = Expectation(life.began, life.ended or FOREVER, FOREVER)

    @property
    def periods(self) -> Collection[date]:
        """The first days of the periods of the reader for which there is any point."""
        return self._groups.keys()

    def on(self, start: date) -> Value:
        """The value of a period; INPUT_MISSING unless all is there that is expected of it."""
        points = self._groups.get(start, [])
        valued = [point for point in points if point.value is not None]
        if not valued or not self._is_complete(start, valued):
            return next((NullReason(p.null_reason) for p in points if p.null_reason), NullReason.INPUT_MISSING)
        return _gathered(valued, self._function)

    def is_expected(self, start: date) -> bool:
        """Whether any measurement of a period is expected."""
        return self._span(start) is not None

    def _span(self, start: date) -> tuple[date, date] | None:
        last = last_day(start, self._reader.frequency)
        return self._expectation.span(self._measure.frequency, self._reader.fiscal_year_start_month, start, last)

    def _is_complete(self, start: date, valued: Sequence[Point]) -> bool:
        span = self._span(start)
        if span is None:
            return True
        begin, end = span
        frequency = self._measure.frequency
        if self._counted is not None:
            days = [
                day
                for n in range(distance(begin, end, frequency) + 1)
                if self._counts(day := shifted(begin, frequency, n))
            ]
            if not days:
                return True
            begin, end = days[0], days[-1]
            expected = len(days)
        else:
            expected = distance(begin, end, frequency) + 1
        if self._function == Aggregation.LAST:
            return valued[-1].starts_on >= end
        return sum(begin <= point.starts_on <= end for point in valued) == expected

    def _counts(self, day: date) -> bool:
        return self._counted is None or start_of(day, self._own, self._reader.fiscal_year_start_month) in self._counted


def computed(node: Node, measure: Measure, inputs: Mapping[UUID, Input], first: date, last: date) -> list[Point]:
    """The points of a computed KPI for periods that begin between two days, both inside."""
    periods = sorted({start for each in inputs.values() for start in each.periods if first <= start <= last})
    if node.source is KpiSource.FORMULA:
        formula = _Formula(node, measure, inputs)
        return [formula.point(start) for start in periods]
    children = [(inputs[id], weight) for id, weight in zip(node.inputs, node.weights, strict=True)]
    return [_of_children(node.source, children, start) for start in periods]


class _Formula:
    """A formula with its inputs by their names."""

    def __init__(self, node: Node, measure: Measure, inputs: Mapping[UUID, Input]) -> None:
        expression = node.expression
        assert expression is not None
        self._expression, self._frequency = expression, measure.frequency
        self._named = {name: inputs[id] for name, id in zip(node.names, node.inputs, strict=True)}
        self._lookups = lookups(expression)

    def point(self, start: date) -> Point:
        def lookup(name: str, back: int) -> Value:
            return self._named[name].on(shifted(start, self._frequency, -back))

        found = evaluate(self._expression, lookup)
        missing = {name for name, back in self._lookups if isinstance(lookup(name, back), NullReason)}
        counts = Parts(len(self._named) - len(missing), len(self._named))
        if isinstance(found, NullReason):
            return Point(start, None, found, counts)
        return Point(start, rounded(found), None, counts, found)


def _of_children(source: KpiSource, children: Sequence[tuple[Input, float]], start: date) -> Point:
    """The sum or the weighted mean of the children that are expected or have a value; None while one has none."""
    parts: list[tuple[Value, float]] = []
    for child, weight in children:
        value = child.on(start)
        counts = source is KpiSource.CHILDREN_SUM or weight > 0
        if counts and (value != NullReason.INPUT_MISSING or child.is_expected(start)):
            parts.append((value, weight))
    there = [(Fraction(value), Fraction(weight)) for value, weight in parts if not isinstance(value, NullReason)]
    total = _total(source, there)
    counts_of_parts = (len(there), len(parts))
    missing = next((value for value, _ in parts if isinstance(value, NullReason)), None)
    if missing:
        return _point(start, missing, Parts(*counts_of_parts, total if isinstance(total, Decimal) else None))
    return _point(start, total, Parts(*counts_of_parts))


def _total(source: KpiSource, there: Sequence[tuple[Fraction, Fraction]]) -> Decimal | NullReason:
    if not there:
        return NullReason.INPUT_MISSING
    if source is KpiSource.CHILDREN_SUM:
        value = sum((value for value, _ in there), Fraction(0))
    else:
        value = sum((value * weight for value, weight in there), Fraction(0)) / sum(weight for _, weight in there)
    total = rounded(value)
    return total if fits(total) else NullReason.OUT_OF_RANGE


def _gathered(valued: Sequence[Point], function: str) -> Fraction:
    """As `aggregate`, of at least one value."""
    latest = valued[-1].exact
    if function == Aggregation.LAST and latest is not None:
        return latest
    found = aggregate([point.value for point in valued if point.value is not None], function)
    assert found is not None
    return Fraction(found)


def _point(start: date, value: Decimal | NullReason, parts: Parts) -> Point:
    if isinstance(value, NullReason):
        return Point(start, None, value, parts)
    return Point(start, Decimal(plain(value)), None, parts)
