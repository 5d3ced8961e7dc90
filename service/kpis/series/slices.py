"""A long series in slices, so that whoever makes it can let others have their turns in between."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date

from service.kpis.enums import Frequency
from service.kpis.series.buckets import Bucket, Measure, Point
from service.kpis.series.calendar import last_day, starts
from service.kpis.series.expectation import Expectation
from service.kpis.series.series import coarser, series
from service.kpis.targets.evaluation import Target

# Points and periods that are gathered at once; some milliseconds.
SLICE = 500


def sliced(
    measure: Measure,
    points: Sequence[Point],
    targets: Sequence[Target],
    expected: Expectation,
    first: date,
    last: date,
    bucket: Frequency | None = None,
    aggregation: str | None = None,
) -> Iterator[list[Bucket]]:
    """As `series`, in slices of about so many points and periods, in order; points are in the order of their days."""
    size = coarser(measure.frequency, bucket or measure.frequency)
    days = [point.starts_on for point in points]
    if size is Frequency.IRREGULAR:
        for place in range(0, len(points), SLICE):
            yield series(measure, points[place : place + SLICE], targets, expected, first, last, bucket, aggregation)
        return
    begin: date | None = None
    done, end, periods = 0, 0, 0
    for start in starts(first, last, size, measure.fiscal_year_start_month):
        begin = begin or start
        final, periods = last_day(start, size), periods + 1
        end = bisect_right(days, final, end)
        if end - done + periods >= SLICE or final >= last:
            yield series(measure, points[done:end], targets, expected, begin, final, bucket, aggregation)
            begin, done, periods = None, end, 0
