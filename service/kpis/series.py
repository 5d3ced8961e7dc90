"""Points of a KPI gathered into longer periods, each judged against the target that it had."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal, localcontext
from typing import Any

from service.exact import EXACT, rounded
from service.kpis.calendar import last_day, start_of, starts
from service.kpis.judgement import Target, attainment, gap, status, target_on
from service.kpis.words import Aggregation, Frequency, KpiStatus, KpiStatusReason

_order = {frequency: place for place, frequency in enumerate(Frequency)}


@dataclass(frozen=True, slots=True)
class Measure:
    """What of a KPI's definition its arithmetic needs; `fiscal_month` is 1..12."""

    direction: str
    frequency: Frequency
    aggregation: str
    cumulative: bool = False
    fiscal_month: int = 1


@dataclass(frozen=True, slots=True)
class Point:
    """The value of the period that begins on `starts_on`; without one, why there is none."""

    starts_on: date
    value: Decimal | None
    null_reason: str | None = None


@dataclass(frozen=True, slots=True)
class Bucket:
    """A period of a series; `count` is the number of points that went into it. Missing is None, never 0."""

    starts_on: date
    ends_on: date
    value: Decimal | None
    count: int
    target: Target | None
    attainment: float | None
    gap: Decimal | None
    status: KpiStatus
    status_reason: KpiStatusReason
    null_reason: str | None = None


def series(
    measure: Measure,
    points: Sequence[Point],
    targets: Sequence[Target],
    first: date,
    last: date,
    bucket: Frequency | None = None,
    aggregation: str | None = None,
) -> list[Bucket]:
    """The buckets from the one of `first` to the one of `last`, in order, empty ones too; of an irregular KPI
    those with points only.

    A bucket is never finer than the KPI's own calendar. Values are gathered by `aggregation`, by default the
    KPI's own; of a cumulative KPI the latest wins.
    """
    size = coarser(measure.frequency, bucket or measure.frequency)
    function = aggregation or gathering(measure, size)
    groups: dict[date, list[Point]] = defaultdict(list)
    for point in points:
        groups[start_of(point.starts_on, size, measure.fiscal_month)].append(point)
    begins = sorted(groups) if size is Frequency.IRREGULAR else starts(first, last, size, measure.fiscal_month)
    return [
        _bucket(measure, start, last_day(start, size), groups.get(start, []), targets, function) for start in begins
    ]


def gathering(measure: Measure, size: Frequency) -> str:
    """How the points of a KPI become one of a period of this size: one of its own periods is what was recorded."""
    return Aggregation.LAST if measure.cumulative or size is measure.frequency else measure.aggregation


def coarser(first: Frequency, second: Frequency) -> Frequency:
    """The one of two calendars with the longer periods."""
    return max(first, second, key=_order.__getitem__)


def aggregate(values: Sequence[Decimal], function: str) -> Decimal | None:
    """One value of several in the order of time; None of none, also for COUNT: what is missing is not 0."""
    if not values:
        return None
    with localcontext(EXACT):
        match function:
            case Aggregation.SUM:
                return sum(values, Decimal(0))
            case Aggregation.AVERAGE:
                return rounded(sum(values, Decimal(0)) / len(values))
            case Aggregation.MIN:
                return min(values)
            case Aggregation.MAX:
                return max(values)
            case Aggregation.COUNT:
                return Decimal(len(values))
            case _:
                return values[-1]


def judged(measure: Measure, point: Point, targets: Sequence[Target]) -> Bucket:
    """A single point against the target of the last day of its period."""
    return _bucket(measure, point.starts_on, last_day(point.starts_on, measure.frequency), [point], targets, "LAST")


def _bucket(
    measure: Measure, start: date, end: date, points: Sequence[Point], targets: Sequence[Target], function: str
) -> Bucket:
    valued = [point for point in points if point.value is not None]
    value = aggregate([point.value for point in valued if point.value is not None], function)
    covering = [target_on(targets, last_day(point.starts_on, measure.frequency)) for point in valued]
    target = _target(covering, function) if valued else target_on(targets, end)
    found, reason = status(measure.direction, value, target)
    reasons = [point.null_reason for point in points if point.null_reason]
    return Bucket(
        start,
        end,
        value,
        len(valued),
        target,
        attainment(measure.direction, value, target),
        gap(measure.direction, value, target),
        found,
        reason,
        reasons[-1] if value is None and reasons else None,
    )


def _target(covering: Sequence[Target | None], function: str) -> Target | None:
    """What several points together should be: a sum of targets for a sum, a mean for a mean, else the last one.

    Only points that are there are compared, so a year is not behind because it is not over.
    """
    known = [target for target in covering if target is not None]
    if len(covering) == 1 or function not in (Aggregation.SUM, Aggregation.AVERAGE):
        return covering[-1]
    if len(known) < len(covering):
        return None
    names = ["value", "lower", "upper"] + (["green", "amber"] if known[-1].kind == "ABSOLUTE" else [])
    gathered: dict[str, Any] = {name: _gathered(known, name, function) for name in names}
    return replace(known[-1], **gathered)


def _gathered(targets: Sequence[Target], name: str, function: str) -> Decimal | None:
    values = [value for target in targets if (value := getattr(target, name)) is not None]
    return aggregate(values, function) if len(values) == len(targets) else None
