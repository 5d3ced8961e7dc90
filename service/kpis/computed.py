"""The points of a computed KPI, from the points of what it is made of.

Each input is first gathered into the periods of the computed KPI by its own aggregation (domain.md, section 6).
There is a point for each period for which any input has one; where another input is missing, it has no value.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal, localcontext
from fractions import Fraction
from uuid import UUID

from service.exact import EXACT, fits, rounded
from service.kpis.calendar import shifted, start_of
from service.kpis.formula import Value, evaluate
from service.kpis.graph import Node
from service.kpis.series import Measure, Point, aggregate, gathering
from service.kpis.words import KpiSource, NullReason
from service.values import plain


class Input:
    """One KPI that others are made of: its points by the periods of the one that reads it, and when it began."""

    def __init__(self, measure: Measure, points: Sequence[Point], reader: Measure, began: date | None) -> None:
        function = gathering(measure, reader.frequency)
        groups: dict[date, list[Point]] = {}
        for point in points:
            groups.setdefault(start_of(point.starts_on, reader.frequency, reader.fiscal_month), []).append(point)
        self.values = {start: _gathered(group, function) for start, group in groups.items()}
        self.began = start_of(began, reader.frequency, reader.fiscal_month) if began else None

    def on(self, start: date) -> Value:
        """The value of a period."""
        return self.values.get(start, NullReason.INPUT_MISSING)


def computed(node: Node, measure: Measure, inputs: Mapping[UUID, Input], first: date, last: date) -> list[Point]:
    """The points of a computed KPI for periods that begin between two days, both inside."""
    periods = sorted({start for each in inputs.values() for start in each.values if first <= start <= last})
    return [_point(start, _value(node, measure, inputs, start)) for start in periods]


def _value(node: Node, measure: Measure, inputs: Mapping[UUID, Input], start: date) -> Value:
    expression = node.expression
    if node.source is KpiSource.FORMULA and expression is not None:
        named = dict(zip(node.names, node.inputs, strict=True))

        def lookup(name: str, back: int) -> Value:
            return inputs[named[name]].on(shifted(start, measure.frequency, -back))

        return evaluate(expression, lookup)
    there = [
        (each.on(start), weight)
        for id, weight in zip(node.inputs, node.weights, strict=True)
        # Who has not begun yet is not missing.
        if (each := inputs[id]).began is not None and each.began <= start
    ]
    return _sum(there) if node.source is KpiSource.CHILDREN_SUM else _mean(there)


def _sum(there: Sequence[tuple[Value, float]]) -> Value:
    values = [value for value, _ in there]
    missing = next((value for value in values if isinstance(value, NullReason)), None)
    if missing:
        return missing
    with localcontext(EXACT):
        total = sum((value for value in values if isinstance(value, Decimal)), Decimal(0))
    return total if fits(total) else NullReason.OUT_OF_RANGE


def _mean(there: Sequence[tuple[Value, float]]) -> Value:
    counted = [(Fraction(value), Fraction(weight)) for value, weight in there if isinstance(value, Decimal)]
    total = sum(weight for _, weight in counted)
    if not total:
        return NullReason.INPUT_MISSING
    return rounded(sum((value * weight for value, weight in counted), Fraction(0)) / total)


def _gathered(points: Sequence[Point], function: str) -> Value:
    values = [point.value for point in points if point.value is not None]
    found = aggregate(values, function)
    if found is not None:
        return found
    return next((NullReason(point.null_reason) for point in points if point.null_reason), NullReason.INPUT_MISSING)


def _point(start: date, value: Value) -> Point:
    if isinstance(value, NullReason):
        return Point(start, None, value)
    return Point(start, Decimal(plain(value)))
