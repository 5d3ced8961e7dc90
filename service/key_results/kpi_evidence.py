"""Evidence of a KPI for a key result that follows it: baseline and current value.

Source of the rules: docs/numbers.md, 5, and docs/decisions/0009.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal, localcontext

from service.key_results.progress import CHANGES, Definition, Evidence
from service.kpis.enums import Aggregation, Frequency
from service.kpis.series.aggregate import aggregate
from service.kpis.series.calendar import start_of
from service.values.decimals import EXACT_CONTEXT
from service.values.record import record

# These compare the latest level of the KPI with the level at the beginning of the cycle.
LEVELS = CHANGES | {"INCREASE", "DECREASE"}
ADDITIVE = (Aggregation.SUM, Aggregation.COUNT)


@record
class KpiEvidence:
    """The KPI's last value `before` the cycle and its values `during` it in the order of time, each with the first day
    of its period. Adherence counts the periods that begin from the first to the second day of `counted`, of which there
    are `expected`. `fiscal_year_start_month` is 1..12."""

    aggregation: str
    cumulative: bool
    before: tuple[date, Decimal] | None
    during: Sequence[tuple[date, Decimal]]
    expected: int
    counted: tuple[date, date] = (date.min, date.max)
    fiscal_year_start_month: int = 1


def with_kpi_evidence(definition: Definition, kpi: KpiEvidence) -> tuple[Definition, Evidence]:
    """The definition with the baseline of the KPI, and the evidence.

    The baseline of a key result without one is the KPI's last value before the cycle, else its first value in the
    cycle. The current value aggregates the values in the cycle by the KPI's own aggregation; for LEVELS, it is the
    latest value of a KPI with SUM or COUNT. For a cumulative KPI the current value is its growth since the cycle began,
    and the baseline is 0.
    """
    if kpi.cumulative:
        if definition.kind in LEVELS and definition.baseline is None:
            definition = replace(definition, baseline=Decimal(0))
        return definition, _evidence(kpi, growth(kpi), Aggregation.LAST)
    during, baseline = [value for _, value in kpi.during], definition.baseline
    if definition.kind not in LEVELS:
        return definition, _evidence(kpi, during, kpi.aggregation)
    if baseline is None:
        baseline = kpi.before[1] if kpi.before else None
        if baseline is None and during:
            baseline = during.pop(0)
    function = Aggregation.LAST if kpi.aggregation in ADDITIVE else kpi.aggregation
    return replace(definition, baseline=baseline), _evidence(kpi, during, function)


def growth(kpi: KpiEvidence) -> list[Decimal]:
    """The growth of a cumulative KPI since the cycle began, at each of its values. It begins at 0 in each fiscal
    year."""
    values: list[Decimal] = []
    year = _year(kpi.before[0], kpi) if kpi.before else None
    level = kpi.before[1] if kpi.before else Decimal(0)
    total = Decimal(0)
    with localcontext(EXACT_CONTEXT):
        for day, value in kpi.during:
            if _year(day, kpi) != year:
                year, level = _year(day, kpi), Decimal(0)
            total, level = total + value - level, value
            values.append(total)
    return values


def _year(day: date, kpi: KpiEvidence) -> date:
    return start_of(day, Frequency.YEARLY, kpi.fiscal_year_start_month)


def _evidence(kpi: KpiEvidence, values: Sequence[Decimal], function: str) -> Evidence:
    # The first value may be the baseline instead.
    days = [day for day, _ in kpi.during[len(kpi.during) - len(values) :]]
    first, last = kpi.counted
    counted = tuple(value for day, value in zip(days, values, strict=True) if first <= day <= last)
    return Evidence(aggregate(values, function), counted, kpi.expected)
