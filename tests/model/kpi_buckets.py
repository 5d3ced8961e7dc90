"""Longer periods of KPIs (docs/numbers.md, 16): completeness, target and status."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from tests.model.kpi_facts import Kpi, Period, Target, period_of
from tests.model.kpi_judging import BEST_TO_WORST, attainment, combined, judged
from tests.model.kpi_values import Values, aggregate, aggregation


@dataclass(frozen=True)
class Bucket:
    """One period of a series."""

    first: date
    value: Fraction | None
    count: int
    expected_count: int | None
    is_complete: bool | None
    is_running: bool
    target: Target | None
    attainment: Fraction | None
    status: str


def bucket(values: Values, id: str, day: date, name: str) -> Bucket:
    """The period of this length around a day; not shorter than the KPI's own."""
    kpi = values.kpis[id]
    period = period_of(name, day, values.fiscal_year_start_month)
    own = values.periods(id, period.first, period.last)
    expected = [each for each in own if values.expected(id, each)]
    there = [(each, value) for each in own if (value := values.cell(id, each).value) is not None]
    single = name == kpi.frequency
    value = there[-1][1] if single and there else aggregate(aggregation(kpi), [value for _, value in there])
    complete = None if kpi.frequency == "IRREGULAR" else values.complete(kpi, expected, id)
    if values.widens(id) and not single:
        made = values.computed(id, period, name, shown=id)
        value, complete = made.value, made.reason != "INPUT_MISSING"
    target, status = _status(kpi, value, expected, there, single)
    ratio = None if value is None or target is None else attainment(kpi.direction, value, target)
    total = kpi.direction == "LOWER" and aggregation(kpi) in ("SUM", "COUNT") and not single
    if complete is False and status in BEST_TO_WORST:
        if total:
            beyond = target is not None and target.value is not None and value is not None and value > target.value
            status, ratio = "RED" if beyond else "INCOMPLETE", None
        elif status == "GREEN":
            status = "INCOMPLETE"
    return Bucket(
        period.first,
        value,
        len(there),
        None if kpi.frequency == "IRREGULAR" else len(expected),
        complete,
        values.now < kpi.over(period.last),
        target,
        ratio,
        status,
    )


def _status(
    kpi: Kpi, value: Fraction | None, expected: list[Period], there: list[tuple[Period, Fraction]], single: bool
) -> tuple[Target | None, str]:
    """The target of a bucket, and its status as if it were complete."""
    how = "LAST" if single else aggregation(kpi)
    needed = expected
    if how == "LAST":
        needed = [each for each, _ in there][-1:]
    elif how in ("MIN", "MAX"):
        needed = [each for each, found in there if found == value]
    elif how == "COUNT":
        needed = expected[-1:]
    targets = [kpi.target_on(each.last) for each in needed]
    known = [each for each in targets if each is not None]
    # Also where but one target counts, every measurement that is expected has to have one.
    whole = bool(known) and all(kpi.target_on(each.last) for each in expected)
    if value is None:
        return combined(how, known) if whole else None, "NO_DATA"
    if not whole:
        return None, "NO_TARGET"
    if how in ("MIN", "MAX"):
        worst = max(known, key=lambda each: BEST_TO_WORST.index(judged(kpi.direction, value, each)))
        return worst, judged(kpi.direction, value, worst)
    kinds = {each.kind for each in known}
    if len(kinds) == 1:
        made = combined(how, known)
        return made, judged(kpi.direction, value, made)
    statuses = []
    for kind in kinds:
        ours = [period for period, each in zip(needed, known, strict=True) if each.kind == kind]
        part = aggregate(how, [found for each, found in there if each in ours])
        if part is not None:
            made = combined(how, [each for each in known if each.kind == kind])
            statuses.append(judged(kpi.direction, part, made))
    # Targets of two kinds have no attainment in common; their values still come to one.
    common = combined(how, known)
    return common, max(statuses, key=BEST_TO_WORST.index)
