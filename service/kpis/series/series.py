"""The series of a KPI: its measurements aggregated into buckets and judged against its targets."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date

from service.kpis.enums import Aggregation, Frequency, KpiStatusReason
from service.kpis.series.buckets import Bucket, KpiDefinition, bucket, own_period_bucket
from service.kpis.series.calendar import last_day, periods, start_of
from service.kpis.series.expectation import Expectation
from service.kpis.series.groups import MeasurementGroup, group_of_one
from service.kpis.series.period_value import PeriodValue
from service.kpis.targets.evaluation import Judgement, Target, judge, target_on
from service.values.decimals import to_decimal

_RANK = {frequency: rank for rank, frequency in enumerate(Frequency)}


def series(
    definition: KpiDefinition,
    measurements: Sequence[PeriodValue] | Sequence[MeasurementGroup],
    targets: Sequence[Target],
    expected: Expectation,
    first: date,
    last: date,
    size: Frequency | None = None,
    aggregation: str | None = None,
) -> list[Bucket]:
    """The buckets from the one of `first` to the one of `last`, in order, empty ones too; for an irregular KPI only
    those with measurements.

    A bucket is never shorter than the KPI's own periods. Measurements and targets are in the order of time. Buckets of
    longer periods may also be made from groups: those of the `cells` of the series. `aggregation` defaults to the
    KPI's own; for a cumulative KPI to LAST.
    """
    period = coarser(definition.frequency, size or definition.frequency)
    function = series_function(definition, period, aggregation)
    month = definition.fiscal_year_start_month
    if period is definition.frequency and period is not Frequency.IRREGULAR and aggregation is None:
        by_start = {measurement.starts_on: measurement for measurement in measurements}
        return [
            own_period_bucket(definition, bounds, by_start.get(bounds[0]), targets, expected)  # type: ignore[arg-type]
            for bounds in periods(first, last, period, month)
        ]
    by_period: dict[date, list[MeasurementGroup]] = defaultdict(list)
    for each in measurements:
        group = each if isinstance(each, MeasurementGroup) else group_of_one(each)
        by_period[start_of(group.starts_on, period, month)].append(group)
    if period is Frequency.IRREGULAR:
        all_bounds: Iterable[tuple[date, date]] = [(day, day) for day in sorted(by_period)]
    else:
        all_bounds = periods(first, last, period, month)
    return [
        bucket(definition, bounds, by_period.get(bounds[0], []), targets, function, expected) for bounds in all_bounds
    ]


def series_function(definition: KpiDefinition, period: Frequency, aggregation: str | None) -> Aggregation:
    """The function of a series with buckets of `period`: `aggregation`, by default that of the KPI."""
    return Aggregation(aggregation or period_aggregation(definition, period))


def period_aggregation(definition: KpiDefinition, size: Frequency) -> str:
    """The function that aggregates measurements of a KPI into periods of `size`; LAST for its own periods."""
    return Aggregation.LAST if definition.cumulative or size is definition.frequency else definition.aggregation


def coarser(first: Frequency, second: Frequency) -> Frequency:
    """The one of two calendars with the longer periods."""
    return max(first, second, key=_RANK.__getitem__)


def judge_measurement(definition: KpiDefinition, measurement: PeriodValue, targets: Sequence[Target]) -> Judgement:
    """The judgement of a measurement against the target of the last day of its period."""
    target = target_on(targets, last_day(measurement.starts_on, definition.frequency))
    return judge(definition.direction, measurement.value, target, on_scale=definition.on_scale)


def with_formula_value(
    definition: KpiDefinition, own_bucket: Bucket, measurement: PeriodValue | None, expected: Expectation
) -> Bucket:
    """A bucket of a formula KPI with the value of its formula over the bucket, `measurement`, judged against the target
    of `own_bucket`, which is aggregated from the KPI's own measurements."""
    if measurement is None:
        return own_bucket
    judgement = judge(
        definition.direction,
        measurement.value if measurement.exact is None else measurement.exact,
        own_bucket.target,
        on_scale=definition.on_scale,
    )
    if own_bucket.status_reason is KpiStatusReason.WORST_OF_THRESHOLDS and measurement.value is not None:
        # The thresholds of each kind apply to own measurements only.
        judgement = replace(judgement, status=own_bucket.status, status_reason=own_bucket.status_reason)
    return replace(
        own_bucket,
        value=measurement.value,
        null_reason=measurement.null_reason,
        attainment=judgement.attainment,
        variance_to_target=to_decimal(judgement.variance_to_target),
        status=judgement.status,
        status_reason=judgement.status_reason,
        is_complete=None if own_bucket.is_complete is None else measurement.value is not None,
        is_running=own_bucket.ends_on >= expected.today,
        input_counts=measurement.input_counts,
    )
