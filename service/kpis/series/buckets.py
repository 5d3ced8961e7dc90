"""A longer period of a KPI: what its measurements come to, whether they are all there, and how they are judged.

Source of the definitions: docs/numbers.md, 16.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from fractions import Fraction

from service.kpis.enums import Aggregation, Direction, Frequency, KpiStatus, KpiStatusReason, NullReason, ThresholdKind
from service.kpis.series.aggregate import aggregate
from service.kpis.series.calendar import distance, last_day, start_of
from service.kpis.series.expectation import Expectation, periods_between
from service.kpis.series.target_aggregation import Covered, combined, covering
from service.kpis.targets.evaluation import Judgement, Target, judge, target_on
from service.values.decimals import ExactNumber, answered

SEVERITY = {KpiStatus.GREEN: 0, KpiStatus.AMBER: 1, KpiStatus.RED: 2}
TOTALS = (Aggregation.SUM, Aggregation.COUNT)


@dataclass(frozen=True, slots=True)
class Measure:
    """What of a KPI's definition its arithmetic needs; `fiscal_year_start_month` is 1..12. With `on_scale` its values
    are places on the scale of a qualitative KPI, 1 the worst."""

    direction: str
    frequency: Frequency
    aggregation: str
    cumulative: bool = False
    fiscal_year_start_month: int = 1
    on_scale: bool = False


@dataclass(frozen=True, slots=True)
class Parts:
    """How many of the KPIs that a value is computed from have a value, of how many that should; `value` is what those
    that have one come to, None of a formula."""

    count: int
    expected: int
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Point:
    """The value of the period that begins on `starts_on`; without one, why there is none. `parts` tells of what is
    there of a computed value. `exact` is what a formula comes to before it is rounded; it is not stored."""

    starts_on: date
    value: Decimal | None
    null_reason: str | None = None
    parts: Parts | None = None
    exact: Fraction | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A period of a series. `count` measurements went into `value`, of `expected_count` expected until now; this and
    `is_complete` are None of an irregular KPI. Missing is None, never 0. `value` and `variance_to_target` are rounded
    as the answer shows them; `target` is exact."""

    starts_on: date
    ends_on: date
    value: Decimal | None
    count: int
    target: Target | None
    attainment: float | None
    variance_to_target: Decimal | None
    status: KpiStatus
    status_reason: KpiStatusReason
    null_reason: str | None = None
    expected_count: int | None = None
    is_complete: bool | None = None
    is_running: bool = False
    parts: Parts | None = None


@dataclass(frozen=True, slots=True)
class Contents:
    """The valued points of a bucket in the order of time, and the first days of its first and last measurement that
    is expected even without a value."""

    valued: Sequence[Point]
    due: tuple[date, date] | None

    @property
    def others(self) -> list[Point]:
        """The valued points that are expected for their value alone."""
        due = self.due
        return [p for p in self.valued if due is None or not due[0] <= p.starts_on <= due[1]]

    @property
    def newest(self) -> date | None:
        """The first day of the newest expected measurement."""
        days = [self.valued[-1].starts_on] if self.valued else []
        return max([*days, self.due[1]] if self.due else days, default=None)


def bucket(
    measure: Measure,
    period: tuple[date, date],
    points: Sequence[Point],
    targets: Sequence[Target],
    function: str,
    expected: Expectation,
) -> Bucket:
    """The bucket of a period, from its first to its last day, of the points in it by one function of `Aggregation`.
    Points and targets are in the order of time."""
    valued = [point for point in points if point.value is not None]
    values = [point.value for point in valued if point.value is not None]
    contents = Contents(valued, expected.span(measure.frequency, measure.fiscal_year_start_month, *period))
    count, complete = _completeness(measure, contents, function)
    value = aggregate(values, function)
    found = _judged(measure, period, contents, value, targets, function)
    if complete is False:
        found = _incomplete(measure, value, found, function)
    reasons = [point.null_reason for point in points if point.null_reason] if value is None else []
    return Bucket(
        *period,
        answered(value),
        len(valued),
        found.target,
        found.attainment,
        answered(found.variance_to_target),
        found.status,
        found.status_reason,
        reasons[-1] if reasons else None,
        count,
        complete and NullReason.INPUT_MISSING not in reasons,
        period[1] >= expected.today,
        points[0].parts if len(points) == 1 else None,
    )


def single(
    measure: Measure, period: tuple[date, date], point: Point | None, targets: Sequence[Target], expected: Expectation
) -> Bucket:
    """As `bucket`, of one period of a KPI's own calendar other than IRREGULAR, which is less work."""
    begin = start_of(expected.began, measure.frequency, measure.fiscal_year_start_month) if expected.began else date.max
    is_due = begin <= period[0] and period[1] < expected.due
    value = point.value if point else None
    null_reason = point.null_reason if point else None
    found = _judge(measure, value, target_on(targets, period[1]))
    return Bucket(
        *period,
        value,
        int(value is not None),
        found.target,
        found.attainment,
        answered(found.variance_to_target),
        found.status,
        found.status_reason,
        null_reason,
        int(value is not None or is_due),
        value is not None or not (is_due or null_reason == NullReason.INPUT_MISSING),
        period[1] >= expected.today,
        point.parts if point else None,
    )


def _completeness(measure: Measure, contents: Contents, function: str) -> tuple[int | None, bool | None]:
    """How many measurements are expected, and whether those are there that the function needs."""
    if measure.frequency is Frequency.IRREGULAR:
        return None, None
    due = contents.due
    count = len(contents.others) + (distance(*due, measure.frequency) + 1 if due else 0)
    if function == Aggregation.LAST:
        newest = contents.valued[-1].starts_on if contents.valued else None
        return count, newest == contents.newest
    return count, len(contents.valued) == count


def _judged(
    measure: Measure,
    period: tuple[date, date],
    contents: Contents,
    value: ExactNumber | None,
    targets: Sequence[Target],
    function: str,
) -> Judgement:
    """The value against the target of the period, without regard to what is missing."""
    covered = _expected_targets(measure, period, contents, targets)
    if covered is None:
        return _judge(measure, value, None)
    if function in (Aggregation.SUM, Aggregation.AVERAGE):
        return _combined(measure, contents, value, covered, targets, function)
    if function in (Aggregation.MIN, Aggregation.MAX) and value is not None:
        makers = [_target_of(measure, point.starts_on, targets) for point in contents.valued if point.value == value]
        return max((_judge(measure, value, target) for target in makers), key=_severity)
    if function == Aggregation.COUNT or not contents.valued:
        return _judge(measure, value, covered[-1][0])
    return _judge(measure, value, _target_of(measure, contents.valued[-1].starts_on, targets))


def _expected_targets(
    measure: Measure, period: tuple[date, date], contents: Contents, targets: Sequence[Target]
) -> list[Covered] | None:
    """The targets of all expected measurements, or of all that there will be where none is expected yet; None if any
    has none."""
    span, others = contents.due, contents.others
    if span is None and not others:
        span = periods_between(measure.frequency, measure.fiscal_year_start_month, *period)
        if measure.frequency is Frequency.IRREGULAR:
            # Any day may be one, and none has to: the target at the end.
            span = (period[1], period[1])
    found: list[tuple[date, Target, int]] = []
    expected = len(others)
    if span is not None:
        expected += distance(*span, measure.frequency) + 1
        found += [
            (t.starts_on, t, n) for t, n in covering(targets, measure.frequency, measure.fiscal_year_start_month, *span)
        ]
    for point in others:
        target = _target_of(measure, point.starts_on, targets)
        if target is not None:
            found.append((target.starts_on, target, 1))
    if not found or sum(count for _, _, count in found) < expected:
        return None
    return [(target, count) for _, target, count in sorted(found, key=lambda each: each[0])]


def _combined(
    measure: Measure,
    contents: Contents,
    value: ExactNumber | None,
    covered: Sequence[Covered],
    targets: Sequence[Target],
    function: str,
) -> Judgement:
    """A sum or a mean against that of its targets. Where targets judge by ratios and by absolute thresholds, each
    part is judged on its own measurements, and the worse judgement counts."""
    whole = _judge(measure, value, combined(covered, function))
    kinds = {target.kind for target, _ in covered}
    if len(kinds) == 1 or value is None:
        return whole
    judgements = []
    for kind in kinds:
        own = [
            point.value
            for point in contents.valued
            if point.value is not None and (target := _target_of(measure, point.starts_on, targets))
            if target.kind == kind
        ]
        if own:
            part = combined([each for each in covered if each[0].kind == kind], function)
            judgements.append(_judge(measure, aggregate(own, function), part))
    worst = max(judgements, key=_severity)
    # The attainment of the whole is that of all values against all targets.
    ratio = replace(combined(covered, function), kind=ThresholdKind.RATIO, green=None, amber=None)
    return replace(
        _judge(measure, value, ratio), status=worst.status, status_reason=KpiStatusReason.WORST_OF_THRESHOLDS
    )


def _incomplete(measure: Measure, value: ExactNumber | None, found: Judgement, function: str) -> Judgement:
    """The judgement of a bucket in which an expected measurement is missing: it may be bad already, never good."""
    if found.status not in SEVERITY or value is None:
        return found
    if measure.direction == Direction.LOWER and function in TOTALS:
        # What is missing makes a total greater, so a ratio of it would look better than it can be.
        found = replace(found, share=None)
        limit = found.target.value if found.target else None
        if limit is not None and value > limit:
            return replace(found, status=KpiStatus.RED)
    elif found.status is not KpiStatus.GREEN:
        return found
    return replace(found, status=KpiStatus.INCOMPLETE, status_reason=KpiStatusReason.MEASUREMENTS_MISSING)


def _judge(measure: Measure, value: ExactNumber | None, target: Target | None) -> Judgement:
    return judge(measure.direction, value, target, on_scale=measure.on_scale)


def _target_of(measure: Measure, start: date, targets: Sequence[Target]) -> Target | None:
    return target_on(targets, last_day(start, measure.frequency))


def _severity(found: Judgement) -> tuple[int, float]:
    """Worse judgements are greater; of equal ones that with the lower attainment."""
    return SEVERITY.get(found.status, 3), -(found.attainment if found.attainment is not None else 0.0)
