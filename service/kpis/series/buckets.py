"""Buckets of a series: value, completeness and judgement of a period.

Source of the definitions: docs/numbers.md, 16.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from service.kpis.enums import Aggregation, Direction, Frequency, KpiStatus, KpiStatusReason, NullReason, ThresholdKind
from service.kpis.series.calendar import distance, last_day
from service.kpis.series.expectation import Expectation, due_periods, periods_between
from service.kpis.series.groups import MeasurementGroup, aggregate_groups, count_values
from service.kpis.series.period_value import InputCounts, PeriodValue
from service.kpis.series.target_aggregation import TargetCount, aggregate_targets, targets_of_periods
from service.kpis.targets.evaluation import Judgement, Target, judge, target_on
from service.values.decimals import ExactNumber, to_decimal
from service.values.record import record

SEVERITY = {KpiStatus.GREEN: 0, KpiStatus.AMBER: 1, KpiStatus.RED: 2}
ADDITIVE = (Aggregation.SUM, Aggregation.COUNT)


@record
class KpiDefinition:
    """The part of a KPI's definition that computations need. `fiscal_year_start_month` is 1..12. With `on_scale` its
    values are 1-based indexes of labels of a qualitative KPI, 1 the worst."""

    direction: str
    frequency: Frequency
    aggregation: str
    cumulative: bool = False
    fiscal_year_start_month: int = 1
    on_scale: bool = False


@record
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


@record
class BucketContents:
    """The groups of a bucket that have values, in the order of time. `due` are the first days of the first and the last
    period whose grace has ended. `extra` are the groups outside of it."""

    valued: Sequence[MeasurementGroup]
    due: tuple[date, date] | None
    extra: Sequence[MeasurementGroup]

    @property
    def newest(self) -> date | None:
        """The first day of the newest expected measurement."""
        days = [self.valued[-1].last_on] if self.valued else []
        return max([day for day in (*days, self.due[1] if self.due else None) if day is not None], default=None)


def bucket(
    definition: KpiDefinition,
    period: tuple[date, date],
    groups: Sequence[MeasurementGroup],
    targets: Sequence[Target],
    function: str,
    expected: Expectation,
) -> Bucket:
    """The bucket of a period (first and last day) from the groups of measurements in it. `function` is a member of
    `Aggregation`. Groups and targets are in the order of time. All measurements of a group are expected, or none."""
    valued = [group for group in groups if group.value_count]
    due = expected.span(definition.frequency, definition.fiscal_year_start_month, *period)
    contents = BucketContents(valued, due, _groups_outside(valued, due))
    count, complete = _completeness(definition, contents, function)
    value = aggregate_groups(valued, function)
    judgement = _judge_values(definition, period, contents, value, targets, function)
    if complete is False:
        judgement = _limit_incomplete(definition, value, judgement, function)
    reasons = [group.null_reason for group in groups if group.null_reason] if value is None else []
    is_without_input = value is None and any(group.lacks_input for group in groups)
    return Bucket(
        *period,
        to_decimal(value),
        count_values(valued),
        judgement.target,
        judgement.attainment,
        to_decimal(judgement.variance_to_target),
        judgement.status,
        judgement.status_reason,
        reasons[-1] if reasons else None,
        count,
        complete and not is_without_input,
        period[1] >= expected.today,
        groups[0].input_counts if len(groups) == 1 and groups[0].size == 1 else None,
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
    is_due = False
    if expected.began is not None:
        oldest, newest = due_periods(expected.began, expected.due, frequency, month)
        is_due = oldest <= period[0] <= newest
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


def _groups_outside(valued: Sequence[MeasurementGroup], due: tuple[date, date] | None) -> Sequence[MeasurementGroup]:
    if due is None:
        return valued
    begin, end = due
    return [group for group in valued if group.last_on is not None and not begin <= group.last_on <= end]


def _completeness(definition: KpiDefinition, contents: BucketContents, function: str) -> tuple[int | None, bool | None]:
    """The number of expected measurements, and whether those that the function needs have values."""
    if definition.frequency is Frequency.IRREGULAR:
        return None, None
    due = contents.due
    count = count_values(contents.extra)
    count += distance(*due, definition.frequency) + 1 if due else 0
    if function == Aggregation.LAST:
        newest = contents.valued[-1].last_on if contents.valued else None
        return count, newest == contents.newest
    return count, count_values(contents.valued) == count


def _judge_values(
    definition: KpiDefinition,
    period: tuple[date, date],
    contents: BucketContents,
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
        groups_of_value = [group for group in contents.valued if value in (group.minimum, group.maximum)]
        targets_of_value = [_target_of_group(definition, group, targets) for group in groups_of_value]
        return max((_judge_value(definition, value, target) for target in targets_of_value), key=_severity)
    if function == Aggregation.COUNT or not contents.valued:
        return _judge_value(definition, value, target_counts[-1][0])
    return _judge_value(definition, value, _target_of_group(definition, contents.valued[-1], targets))


def _expected_targets(
    definition: KpiDefinition, period: tuple[date, date], contents: BucketContents, targets: Sequence[Target]
) -> list[TargetCount] | None:
    """The targets of all expected measurements, or of all measurements of the period if none is expected yet. None if
    any of these has no target."""
    due_span, extra = contents.due, contents.extra
    frequency, month = definition.frequency, definition.fiscal_year_start_month
    if due_span is None and not extra:
        # No day of an irregular KPI is expected, so the target of the last day counts.
        is_irregular = frequency is Frequency.IRREGULAR
        due_span = (period[1], period[1]) if is_irregular else periods_between(frequency, month, *period)
    target_counts = targets_of_periods(targets, frequency, month, *due_span) if due_span else []
    expected = distance(*due_span, frequency) + 1 if due_span else 0
    if extra:
        expected += count_values(extra)
        of_extra = [(_target_of_group(definition, group, targets), group.value_count) for group in extra]
        target_counts += [(target, count) for target, count in of_extra if target is not None]
        target_counts.sort(key=lambda each: each[0].starts_on)
    covered = 0
    for _, count in target_counts:
        covered += count
    return target_counts if target_counts and covered >= expected else None


def _judge_combined(
    definition: KpiDefinition,
    contents: BucketContents,
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
        groups_of_kind = [
            group
            for group in contents.valued
            if (target := _target_of_group(definition, group, targets)) and target.kind == kind
        ]
        if groups_of_kind:
            target_of_kind = aggregate_targets([each for each in target_counts if each[0].kind == kind], function)
            judgements.append(_judge_value(definition, aggregate_groups(groups_of_kind, function), target_of_kind))
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


def _target_of_group(definition: KpiDefinition, group: MeasurementGroup, targets: Sequence[Target]) -> Target | None:
    """The target of the newest measurement with a value, which is that of all wherever it matters."""
    assert group.last_on is not None
    return target_on(targets, last_day(group.last_on, definition.frequency))


def _severity(judgement: Judgement) -> tuple[int, float]:
    """A sort key: a worse status is greater, then a lower attainment."""
    return SEVERITY.get(judgement.status, 3), -(judgement.attainment if judgement.attainment is not None else 0.0)
