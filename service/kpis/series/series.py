"""Points of a KPI gathered into longer periods, each judged against the targets that it had."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace
from datetime import date

from service.kpis.enums import Aggregation, Frequency, KpiStatusReason
from service.kpis.series.buckets import Bucket, Measure, Point, bucket, single
from service.kpis.series.calendar import last_day, start_of, starts
from service.kpis.series.expectation import Expectation
from service.kpis.targets.evaluation import Judgement, Target, judge, target_on
from service.values.decimals import answered

_order = {frequency: place for place, frequency in enumerate(Frequency)}


def series(
    measure: Measure,
    points: Sequence[Point],
    targets: Sequence[Target],
    expected: Expectation,
    first: date,
    last: date,
    size: Frequency | None = None,
    aggregation: str | None = None,
) -> list[Bucket]:
    """The buckets from the one of `first` to the one of `last`, in order, empty ones too; of an irregular KPI
    those with points only.

    A bucket is never finer than the KPI's own calendar. Points and targets are in the order of time. Points are
    gathered by `aggregation`, by default the KPI's own; of a cumulative KPI the latest wins.
    """
    period = coarser(measure.frequency, size or measure.frequency)
    function = Aggregation(aggregation or gathering(measure, period))
    if period is measure.frequency and period is not Frequency.IRREGULAR and aggregation is None:
        own = {point.starts_on: point for point in points}
        return [
            single(measure, (start, last_day(start, period)), own.get(start), targets, expected)
            for start in starts(first, last, period, measure.fiscal_year_start_month)
        ]
    groups: dict[date, list[Point]] = defaultdict(list)
    for point in points:
        groups[start_of(point.starts_on, period, measure.fiscal_year_start_month)].append(point)
    begins = (
        sorted(groups)
        if period is Frequency.IRREGULAR
        else starts(first, last, period, measure.fiscal_year_start_month)
    )
    return [
        bucket(measure, (start, last_day(start, period)), groups.get(start, []), targets, function, expected)
        for start in begins
    ]


def gathering(measure: Measure, size: Frequency) -> str:
    """How the points of a KPI become one of a period of this size: one of its own periods is what was recorded."""
    return Aggregation.LAST if measure.cumulative or size is measure.frequency else measure.aggregation


def coarser(first: Frequency, second: Frequency) -> Frequency:
    """The one of two calendars with the longer periods."""
    return max(first, second, key=_order.__getitem__)


def judged(measure: Measure, point: Point, targets: Sequence[Target]) -> Judgement:
    """A single point against the target of the last day of its period."""
    target = target_on(targets, last_day(point.starts_on, measure.frequency))
    return judge(measure.direction, point.value, target, on_scale=measure.on_scale)


def recomputed(measure: Measure, own: Bucket, point: Point | None, expected: Expectation) -> Bucket:
    """A bucket of a formula KPI, given what its formula comes to over the whole period: the value of `point`, judged
    against the target that the KPI's own measurements have."""
    if point is None:
        return own
    found = judge(
        measure.direction, point.value if point.exact is None else point.exact, own.target, on_scale=measure.on_scale
    )
    if own.status_reason is KpiStatusReason.WORST_OF_THRESHOLDS and point.value is not None:
        # Which of its measurements are judged by which thresholds is known of its own values only.
        found = replace(found, status=own.status, status_reason=own.status_reason)
    return replace(
        own,
        value=point.value,
        null_reason=point.null_reason,
        attainment=found.attainment,
        variance_to_target=answered(found.variance_to_target),
        status=found.status,
        status_reason=found.status_reason,
        is_complete=None if own.is_complete is None else point.value is not None,
        is_running=own.ends_on >= expected.today,
        parts=point.parts,
    )
