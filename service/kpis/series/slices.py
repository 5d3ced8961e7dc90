"""Computes a long series in slices, so that the caller can yield to the event loop in between."""

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from datetime import date

from service.kpis.enums import Frequency
from service.kpis.series.buckets import Bucket, KpiDefinition
from service.kpis.series.calendar import periods
from service.kpis.series.expectation import Expectation
from service.kpis.series.groups import MeasurementGroup
from service.kpis.series.period_value import PeriodValue
from service.kpis.series.series import coarser, series
from service.kpis.targets.evaluation import Target

# Measurements and periods that are aggregated at once; it takes some milliseconds.
SLICE_SIZE = 500


def series_in_slices(
    definition: KpiDefinition,
    measurements: Sequence[PeriodValue] | Sequence[MeasurementGroup],
    targets: Sequence[Target],
    expected: Expectation,
    first: date,
    last: date,
    bucket_size: Frequency | None = None,
    aggregation: str | None = None,
) -> Iterator[list[Bucket]]:
    """As `series`, in slices of about SLICE_SIZE measurements and periods, in order."""
    size = coarser(definition.frequency, bucket_size or definition.frequency)
    days = [measurement.starts_on for measurement in measurements]
    if size is Frequency.IRREGULAR:
        for index in range(0, len(measurements), SLICE_SIZE):
            yield series(
                definition,
                measurements[index : index + SLICE_SIZE],
                targets,
                expected,
                first,
                last,
                bucket_size,
                aggregation,
            )
        return
    begin: date | None = None
    sent, end, count = 0, 0, 0
    for start, final in periods(first, last, size, definition.fiscal_year_start_month):
        begin, count = begin or start, count + 1
        end = bisect_right(days, final, end)
        if end - sent + count >= SLICE_SIZE or final >= last:
            yield series(definition, measurements[sent:end], targets, expected, begin, final, bucket_size, aggregation)
            begin, sent, count = None, end, 0
