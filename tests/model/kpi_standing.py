"""How a KPI stands now (docs/numbers.md, 14, 15 and 19): freshness, current, status, trend, forecast, key results."""

from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from math import sqrt

from tests.model.facts import Followed
from tests.model.kpi_facts import DAY, Period, Target
from tests.model.kpi_judging import attainment, distance, judged, variance_to_target
from tests.model.kpi_values import Values, aggregate, aggregation

POINTS_OF_TREND = 6
FEWEST_POINTS = 3
# Of Student's distribution, the quantile 0.975 by degrees of freedom.
QUANTILES = {1: 12.706204736174698, 2: 4.302652729749464, 3: 3.182446305283708, 4: 2.776445105197793}
LEVEL_KINDS = ("INCREASE", "DECREASE", "INCREASE_BY", "DECREASE_BY", "INCREASE_BY_PERCENT", "DECREASE_BY_PERCENT")


@dataclass(frozen=True)
class KpiStanding:
    """What a KPI shows of itself."""

    current: Fraction | None
    current_period_start: date | None
    previous: Fraction | None
    target: Target | None
    attainment: Fraction | None
    variance_to_target: Fraction | None
    status: str
    freshness: str
    next_measurement_due_at: datetime | None

    @property
    def is_stale(self) -> bool:
        return self.freshness in ("LATE", "MISSING")


@dataclass(frozen=True)
class Line:
    """The least-squares line through values; exact but for the width of its interval."""

    n: int
    slope: Fraction
    intercept: Fraction
    middle: Fraction
    spread: Fraction
    variance: Fraction | None

    def at(self, x: Fraction) -> Fraction:
        return self.intercept + self.slope * x

    def half_width(self, x: Fraction) -> float:
        """Half of the interval in which a value at x lies in 95 of 100 cases."""
        assert self.variance is not None
        share = 1 + Fraction(1, self.n) + (x - self.middle) ** 2 / self.spread
        return QUANTILES[self.n - 2] * sqrt(self.variance * share)


def standing(values: Values, id: str) -> KpiStanding:
    """A KPI as it is at the moment of these values."""
    kpi, late, next_measurement_due_at = values.kpis[id], freshness(values, id), next_expected(values, id)
    newest = _newest(values, id)
    there = values.valued(id)
    before = [value for period, value in there if newest is None or period < newest]
    previous = before[-1] if before else None
    value = values.cell(id, newest).value if newest else None
    target = kpi.target_on(newest.last) if newest else None
    found, away, status = None, None, "NO_DATA"
    if value is not None:
        status = judged(kpi.direction, value, target) if target else "NO_TARGET"
        found = attainment(kpi.direction, value, target) if target else None
        away = variance_to_target(kpi.direction, value, target) if target else None
    if late == "MISSING":
        status = "NO_DATA"
    on = newest.first if newest else None
    return KpiStanding(value, on, previous, target, found, away, status, late, next_measurement_due_at)


def freshness(values: Values, id: str) -> str:
    """FRESH, DUE, LATE once the grace is over, MISSING when two are overdue or there has never been one."""
    kpi, there = values.kpis[id], values.valued(id)
    if not there:
        return "MISSING"
    if kpi.frequency == "IRREGULAR":
        return "FRESH"
    following = values.period(id, there[-1][0].last + DAY)
    second = values.period(id, following.last + DAY)
    if values.now < kpi.over(following.last):
        return "FRESH"
    overdue = [values.now >= kpi.over(each.last) + kpi.grace_days * DAY for each in (following, second)]
    return "MISSING" if overdue[1] else "LATE" if overdue[0] else "DUE"


def next_expected(values: Values, id: str) -> datetime | None:
    """When the period after that of the newest value is over; without one, that in which the KPI was made."""
    there, kpi = values.valued(id), values.kpis[id]
    if kpi.frequency == "IRREGULAR":
        return None
    return kpi.over(values.period(id, there[-1][0].last + DAY if there else kpi.created).last)


def guardrail_red(values: Values, id: str) -> bool:
    """Whether the last value that could be judged is RED; without a target or once archived it blocks nothing."""
    kpi, there = values.kpis[id], values.valued(id)
    if not there or kpi.archived:
        return False
    period, value = there[-1]
    target = kpi.target_on(period.last)
    return target is not None and judged(kpi.direction, value, target) == "RED"


def line(values: Values, id: str, of_distance: bool = False) -> Line | None:
    """The line through the last six values, by number of period (in days, when irregular); null of fewer than three."""
    kpi, there = values.kpis[id], values.valued(id)
    if kpi.cumulative and there:
        year = values.fiscal_year(there[-1][0].first)
        there = [each for each in there if year.first <= each[0].first]
    there = there[-POINTS_OF_TREND:]
    if len(there) < FEWEST_POINTS:
        return None
    ys = [value for _, value in there]
    if of_distance:
        targets = [kpi.target_on(period.last) for period, _ in there]
        if None in targets:
            return None
        ys = [distance(value, target) for value, target in zip(ys, targets, strict=True) if target]
    return fitted([Fraction(values.place(id, period)) for period, _ in there], ys)


def fitted(xs: list[Fraction], ys: list[Fraction]) -> Line:
    """Least squares."""
    n = len(xs)
    x, y = sum(xs, Fraction(0)) / n, sum(ys, Fraction(0)) / n
    spread = sum(((each - x) ** 2 for each in xs), Fraction(0))
    slope = sum(((a - x) * (b - y) for a, b in zip(xs, ys, strict=True)), Fraction(0)) / spread
    rest = sum(((b - y - slope * (a - x)) ** 2 for a, b in zip(xs, ys, strict=True)), Fraction(0))
    return Line(n, slope, y - slope * x, x, spread, rest / (n - 2) if n > 2 else None)


def trend(values: Values, id: str) -> str | None:
    """IMPROVING, DECLINING or FLAT; of a band, whether values come nearer to it."""
    direction = values.kpis[id].direction
    found = line(values, id, of_distance=direction == "RANGE")
    if found is None:
        return None
    better = found.slope if direction == "HIGHER" else -found.slope
    return "IMPROVING" if better > 0 else "DECLINING" if better < 0 else "FLAT"


def followed(values: Values, id: str, kind: str, starts_on: date, ends_on: date) -> Followed:
    """What a KPI says to a key result of a kind over a cycle."""
    kpi = values.kpis[id]
    inside = values.valued(id, starts_on, ends_on)
    before = values.valued(id, last=starts_on - DAY)
    # A KPI that began later began where the key result does.
    start = before[-1:] or inside[:1]
    baseline = start[0][1] if start else None
    current = inside[-1][1] if inside else None
    if kpi.cumulative:
        baseline, current = Fraction(0), _growth(values, before, inside)
    elif current is not None and (kind not in LEVEL_KINDS or kpi.aggregation not in ("SUM", "COUNT")):
        current = aggregate(aggregation(kpi), [value for _, value in inside])
    return Followed(baseline, current, freshness(values, id), next_expected(values, id))


def _growth(
    values: Values, before: list[tuple[Period, Fraction]], inside: list[tuple[Period, Fraction]]
) -> Fraction | None:
    """Growth of a cumulative KPI since the cycle began, across fiscal years."""
    total, last = Fraction(0), before[-1] if before else None
    for period, value in inside:
        same_year = last is not None and values.fiscal_year(last[0].first) == values.fiscal_year(period.first)
        total += value - last[1] if same_year and last else value
        last = period, value
    return total if inside else None


def _newest(values: Values, id: str) -> Period | None:
    """The newest complete period: one with a value, or one that was computed to nothing."""
    for each in reversed(values.history(id)):
        cell = values.cell(id, each)
        if cell.value is not None or cell.reason == "DIVIDE_BY_ZERO":
            return each
    return None
