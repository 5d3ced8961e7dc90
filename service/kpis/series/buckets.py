"""Buckets of a series: value, completeness and judgement of a period.

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
from service.kpis.series.target_aggregation import TargetCount, aggregate_targets, targets_of_periods
from service.kpis.targets.evaluation import Judgement, Target, judge, target_on
from service.values.decimals import ExactNumber, to_decimal

SEVERITY = {KpiStatus.GREEN: 0, KpiStatus.AMBER: 1, KpiStatus.RED: 2}
ADDITIVE = (Aggregation.SUM, Aggregation.COUNT)


@dataclass(frozen=True, slots=True)
class KpiDefinition:
    """The part of a KPI's definition that computations need. `fiscal_year_start_month` is 1..12. With `on_scale` its
    values are 1-based indexes of labels of a qualitative KPI, 1 the worst."""

    direction: str
    frequency: Frequency
    aggregation: str
    cumulative: bool = False
    fiscal_year_start_month: int = 1
    on_scale: bool = False


@dataclass(frozen=True, slots=True)
class InputCounts:
    """How many inputs of a computed value have a value, of how many expected. `value` is the partial value of a parent
    KPI; None for a formula."""

    count: int
    expected: int
    value: Decimal | None = None


@dataclass(frozen=True, slots=True)
class PeriodValue:
    """The value of the period that begins on `starts_on`, or the reason for having none. `input_counts` is set for a
    computed value. `exact` is the value of a formula before rounding; it is not stored."""

    starts_on: date
    value: Decimal | None
    null_reason: str | None = None
    input_counts: InputCounts | None = None
    exact: Fraction | None = field(default=None, compare=False)


@dataclass(frozen=True, slots=True)
class Bucket:
    """A period of a series. `value` is computed from `count` measurements, of `expected_count` expected until now. This
    and `is_complete` are None for an irregular KPI. A missing value is None, never 0. `value` and `variance_to_target`
    are rounded as in the answer; `target` is exact."""

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
    input_counts: InputCounts | None = None


@dataclass(frozen=True, slots=True)
class BucketMeasurements:
    """The measurements of a bucket that have a value, in the order of time. `due` are the first days of the first and
    the last period whose grace has ended."""

    valued: Sequence[PeriodValue]
    due: tuple[date, date] | None

    @property
    def extra(self) -> list[PeriodValue]:
        """The measurements with a value outside of `due`."""
        due = self.due
        return [p for p in self.valued if due is None or not due[0] <= p.starts_on <= due[1]]

    @property
    def newest(self) -> date | None:
        """The first day of the newest expected measurement."""
        days = [self.valued[-1].starts_on] if self.valued else []
        return max([*days, self.due[1]] if self.due else days, default=None)


def bucket(
    definition: KpiDefinition,
    period: tuple[date, date],
    measurements: Sequence[PeriodValue],
    targets: Sequence[Target],
    function: str,
    expected: Expectation,
) -> Bucket:
    """The bucket of a period (first and last day) from the measurements in it. `function` is a member of `Aggregation`.
    Measurements and targets are in the order of time."""
    valued = [measurement for measurement in measurements if measurement.value is not None]
    values = [measurement.value for measurement in valued if measurement.value is not None]
    due = expected.span(definition.frequency, definition.fiscal_year_start_month, *period)
    contents = BucketMeasurements(valued, due)
    count, complete = _completeness(definition, contents, function)
    value = aggregate(values, function)
    judgement = _judge_values(definition, period, contents, value, targets, function)
    if complete is False:
        judgement = _limit_incomplete(definition, value, judgement, function)
    reasons = [each.null_reason for each in measurements if each.null_reason] if value is None else []
    return Bucket(
        *period,
        to_decimal(value),
        len(valued),
        judgement.target,
        judgement.attainment,
        to_decimal(judgement.variance_to_target),
        judgement.status,
        judgement.status_reason,
        reasons[-1] if reasons else None,
        count,
        complete and NullReason.INPUT_MISSING not in reasons,
        period[1] >= expected.today,
        measurements[0].input_counts if len(measurements) == 1 else None,
    )


def own_period_bucket(
    definition: KpiDefinition,
    period: tuple[date, date],
    measurement: PeriodValue | None,
    targets: Sequence[Target],
    expected: Expectation,
) -> Bucket:
    """As `bucket`, but faster, for one period of the KPI's own frequency other than IRREGULAR."""
    frequency, month = definition.frequency, definition.fiscal_year_start_month
    begin = start_of(expected.began, frequency, month) if expected.began else date.max
    is_due = begin <= period[0] and period[1] < expected.due
    value = measurement.value if measurement else None
    null_reason = measurement.null_reason if measurement else None
    judgement = _judge_value(definition, value, target_on(targets, period[1]))
    return Bucket(
        *period,
        value,
        int(value is not None),
        judgement.target,
        judgement.attainment,
        to_decimal(judgement.variance_to_target),
        judgement.status,
        judgement.status_reason,
        null_reason,
        int(value is not None or is_due),
        value is not None or not (is_due or null_reason == NullReason.INPUT_MISSING),
        period[1] >= expected.today,
        measurement.input_counts if measurement else None,
    )


def _completeness(
    definition: KpiDefinition, contents: BucketMeasurements, function: str
) -> tuple[int | None, bool | None]:
    """The number of expected measurements, and whether those that the function needs have values."""
    if definition.frequency is Frequency.IRREGULAR:
        return None, None
    due = contents.due
    count = len(contents.extra) + (distance(*due, definition.frequency) + 1 if due else 0)
    if function == Aggregation.LAST:
        newest = contents.valued[-1].starts_on if contents.valued else None
        return count, newest == contents.newest
    return count, len(contents.valued) == count


def _judge_values(
    definition: KpiDefinition,
    period: tuple[date, date],
    contents: BucketMeasurements,
    value: ExactNumber | None,
    targets: Sequence[Target],
    function: str,
) -> Judgement:
    """The value against the target of the period, regardless of missing measurements."""
    target_counts = _expected_targets(definition, period, contents, targets)
    if target_counts is None:
        return _judge_value(definition, value, None)
    if function in (Aggregation.SUM, Aggregation.AVERAGE):
        return _judge_combined(definition, contents, value, target_counts, targets, function)
    if function in (Aggregation.MIN, Aggregation.MAX) and value is not None:
        days = [each.starts_on for each in contents.valued if each.value == value]
        targets_of_value = [_target_of_period(definition, day, targets) for day in days]
        return max((_judge_value(definition, value, target) for target in targets_of_value), key=_severity)
    if function == Aggregation.COUNT or not contents.valued:
        return _judge_value(definition, value, target_counts[-1][0])
    return _judge_value(definition, value, _target_of_period(definition, contents.valued[-1].starts_on, targets))


def _expected_targets(
    definition: KpiDefinition, period: tuple[date, date], contents: BucketMeasurements, targets: Sequence[Target]
) -> list[TargetCount] | None:
    """The targets of all expected measurements, or of all measurements of the period if none is expected yet. None if
    any of these has no target."""
    due_span, extra = contents.due, contents.extra
    if due_span is None and not extra:
        due_span = periods_between(definition.frequency, definition.fiscal_year_start_month, *period)
        if definition.frequency is Frequency.IRREGULAR:
            # No day is expected, so the target of the last day counts.
            due_span = (period[1], period[1])
    targets_with_start: list[tuple[date, Target, int]] = []
    expected = len(extra)
    if due_span is not None:
        expected += distance(*due_span, definition.frequency) + 1
        targets_with_start += [
            (t.starts_on, t, n)
            for t, n in targets_of_periods(targets, definition.frequency, definition.fiscal_year_start_month, *due_span)
        ]
    for measurement in extra:
        target = _target_of_period(definition, measurement.starts_on, targets)
        if target is not None:
            targets_with_start.append((target.starts_on, target, 1))
    if not targets_with_start or sum(count for _, _, count in targets_with_start) < expected:
        return None
    return [(target, count) for _, target, count in sorted(targets_with_start, key=lambda each: each[0])]


def _judge_combined(
    definition: KpiDefinition,
    contents: BucketMeasurements,
    value: ExactNumber | None,
    target_counts: Sequence[TargetCount],
    targets: Sequence[Target],
    function: str,
) -> Judgement:
    """A sum or mean against the sum or mean of its targets. If these have ratio and absolute thresholds, each kind is
    judged on its own measurements, and the worse judgement counts."""
    overall = _judge_value(definition, value, aggregate_targets(target_counts, function))
    kinds = {target.kind for target, _ in target_counts}
    if len(kinds) == 1 or value is None:
        return overall
    judgements = []
    for kind in kinds:
        values_of_kind = [
            measurement.value
            for measurement in contents.valued
            if measurement.value is not None
            and (target := _target_of_period(definition, measurement.starts_on, targets))
            if target.kind == kind
        ]
        if values_of_kind:
            target_of_kind = aggregate_targets([each for each in target_counts if each[0].kind == kind], function)
            judgements.append(_judge_value(definition, aggregate(values_of_kind, function), target_of_kind))
    worst = max(judgements, key=_severity)
    # The attainment is still that of all values against all targets.
    ratio = replace(aggregate_targets(target_counts, function), kind=ThresholdKind.RATIO, green=None, amber=None)
    return replace(
        _judge_value(definition, value, ratio), status=worst.status, status_reason=KpiStatusReason.WORST_OF_THRESHOLDS
    )


def _limit_incomplete(
    definition: KpiDefinition, value: ExactNumber | None, judgement: Judgement, function: str
) -> Judgement:
    """The judgement of a bucket with a missing measurement: INCOMPLETE instead of GREEN."""
    if judgement.status not in SEVERITY or value is None:
        return judgement
    if definition.direction == Direction.LOWER and function in ADDITIVE:
        # A missing measurement can only increase the total, so its ratio would look too good.
        judgement = replace(judgement, exact_attainment=None)
        limit = judgement.target.value if judgement.target else None
        if limit is not None and value > limit:
            return replace(judgement, status=KpiStatus.RED)
    elif judgement.status is not KpiStatus.GREEN:
        return judgement
    return replace(judgement, status=KpiStatus.INCOMPLETE, status_reason=KpiStatusReason.MEASUREMENTS_MISSING)


def _judge_value(definition: KpiDefinition, value: ExactNumber | None, target: Target | None) -> Judgement:
    return judge(definition.direction, value, target, on_scale=definition.on_scale)


def _target_of_period(definition: KpiDefinition, start: date, targets: Sequence[Target]) -> Target | None:
    return target_on(targets, last_day(start, definition.frequency))


def _severity(judgement: Judgement) -> tuple[int, float]:
    """A sort key: a worse status is greater, then a lower attainment."""
    return SEVERITY.get(judgement.status, 3), -(judgement.attainment if judgement.attainment is not None else 0.0)
