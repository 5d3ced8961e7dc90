"""What a KPI says about a key result that follows it: where it began, and where it is now.

Source of the rules: docs/numbers.md, 5, and docs/decisions/0009.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext

from service.key_results.progress import CHANGES, Definition, Evidence
from service.kpis.enums import Aggregation, Frequency
from service.kpis.series.aggregate import aggregate
from service.kpis.series.calendar import start_of
from service.values.decimals import EXACT

# These compare levels, so what is measured over the cycle is compared with the level that it began with.
LEVELS = CHANGES | {"INCREASE", "DECREASE"}
GROWING = (Aggregation.SUM, Aggregation.COUNT)


@dataclass(frozen=True, slots=True)
class Measurement:
    """The KPI's last value `before` the cycle and its values `during` it, in the order of time, each with the first
    day of its period; and how many periods are `expected` in the cycle. `fiscal_year_start_month` is 1..12."""

    aggregation: str
    cumulative: bool
    before: tuple[date, Decimal] | None
    during: Sequence[tuple[date, Decimal]]
    expected: int
    fiscal_year_start_month: int = 1


def measured(definition: Definition, said: Measurement) -> tuple[Definition, Evidence]:
    """The definition with a baseline, and the evidence, as the KPI has them.

    Without a baseline of its own a key result begins at the KPI's last value before the cycle, else at its first
    one in it. Its current value is what the KPI's own aggregation makes of its values in the cycle; where levels
    are compared, sums and counts are those of single periods, of which the latest counts. Of a cumulative KPI the
    current value is its growth since the cycle began, and the baseline is 0.
    """
    if said.cumulative:
        if definition.kind in LEVELS and definition.baseline is None:
            definition = replace(definition, baseline=Decimal(0))
        return definition, _evidence(said, growth(said), Aggregation.LAST)
    during, baseline = [value for _, value in said.during], definition.baseline
    if definition.kind not in LEVELS:
        return definition, _evidence(said, during, said.aggregation)
    if baseline is None:
        baseline = said.before[1] if said.before else None
        if baseline is None and during:
            baseline = during.pop(0)
    function = Aggregation.LAST if said.aggregation in GROWING else said.aggregation
    return replace(definition, baseline=baseline), _evidence(said, during, function)


def growth(said: Measurement) -> list[Decimal]:
    """By how much a cumulative KPI had grown since the cycle began at each of its values, across fiscal years, with
    each of which it begins at 0."""
    grown: list[Decimal] = []
    year = _year(said.before[0], said) if said.before else None
    level = said.before[1] if said.before else Decimal(0)
    total = Decimal(0)
    with localcontext(EXACT):
        for day, value in said.during:
            if _year(day, said) != year:
                year, level = _year(day, said), Decimal(0)
            total, level = total + value - level, value
            grown.append(total)
    return grown


def _year(day: date, said: Measurement) -> date:
    return start_of(day, Frequency.YEARLY, said.fiscal_year_start_month)


def _evidence(said: Measurement, values: Sequence[Decimal], function: str) -> Evidence:
    return Evidence(aggregate(values, function), tuple(values), said.expected)
