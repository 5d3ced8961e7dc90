"""Counts the measurements that a read of KPIs returns, before it reads them."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from service.kpis.enums import Frequency
from service.reading.budget import Budget
from service.reading.row_source import RowSource

# Minimum length of a period in days. Irregular measurements are at most daily, as all others.
MIN_PERIOD_DAYS = {Frequency.WEEKLY: 7, Frequency.MONTHLY: 28, Frequency.QUARTERLY: 90, Frequency.YEARLY: 365}
# One message of the database is decoded without yielding to the event loop.
MAX_MEASUREMENTS_PER_READ = 100_000
# The LIMIT ends the count as soon as there are too many.
COUNT = text("""
    SELECT count(*) AS total FROM (
        SELECT 1
        FROM unnest(CAST(:ids AS uuid[]), CAST(:firsts AS date[]), CAST(:lasts AS date[])) AS w (id, first, last)
        JOIN kpi_measurements m ON m.organization_id = :organization_id AND m.kpi_id = w.id
         AND m.starts_on BETWEEN w.first AND w.last
        LIMIT CAST(:most AS bigint)
    ) counted""")


class MeasurementRange(NamedTuple):
    """The measurements of a KPI whose periods begin from `first` to `last`, both inside."""

    id: UUID
    frequency: Frequency
    first: date
    last: date


def max_periods(frequency: Frequency, first: date, last: date) -> int:
    """An upper bound of the number of periods from one day to another."""
    return max((last - first).days // MIN_PERIOD_DAYS.get(frequency, 1) + 2, 0)


def max_measurements(ranges: Iterable[MeasurementRange]) -> int:
    """An upper bound of the number of measurements in the ranges."""
    return sum(max_periods(each.frequency, each.first, each.last) for each in ranges)


async def take_from_budget(source: RowSource, budget: Budget, ranges: Sequence[MeasurementRange], periods: int) -> None:
    """Takes measurements and periods from the budget of a request. The database counts the measurements if their
    upper bound exceeds the budget. Raises TooManyMeasurements."""
    measurements = max_measurements(ranges)
    if measurements + periods > budget.measurements:
        budget.measure(periods)
        values: dict[str, Any] = {
            "ids": [each.id for each in ranges],
            "firsts": [each.first for each in ranges],
            "lasts": [each.last for each in ranges],
        }
        [row] = await source.rows(COUNT, **values, most=budget.measurements + 1)
        measurements, periods = row.total, 0
    budget.measure(measurements + periods)


def split_into_reads(ranges: Sequence[MeasurementRange], is_grouped: Sequence[bool]) -> list[range]:
    """The indexes of KPIs to read together: all, or several ranges if they have very many measurements.

    Measurements that the database groups do not count.
    """
    reads: list[range] = []
    begin, measurements = 0, 0
    for index, (each, grouped) in enumerate(zip(ranges, is_grouped, strict=True)):
        count = 0 if grouped else max_periods(each.frequency, each.first, each.last)
        if index > begin and measurements + count > MAX_MEASUREMENTS_PER_READ:
            reads.append(range(begin, index))
            begin, measurements = index, 0
        measurements += count
    return [*reads, range(begin, len(ranges))]
