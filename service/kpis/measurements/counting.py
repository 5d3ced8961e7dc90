"""How many points a read of KPIs will come to, before they are fetched."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from service.kpis.enums import Frequency
from service.reading.budget import Budget
from service.reading.row_source import Rows

# The shortest that a period can be, in days; irregular points come at most daily.
SHORTEST = {Frequency.WEEKLY: 7, Frequency.MONTHLY: 28, Frequency.QUARTERLY: 90, Frequency.YEARLY: 365}
# Points that one message brings, as they are all decoded before anybody else has a turn.
MAX_A_READ = 100_000
# Counts no further than it has to.
COUNT = text("""
    SELECT count(*) AS total FROM (
        SELECT 1
        FROM unnest(CAST(:ids AS uuid[]), CAST(:firsts AS date[]), CAST(:lasts AS date[])) AS w (id, first, last)
        JOIN kpi_measurements m ON m.organization_id = :organization_id AND m.kpi_id = w.id
         AND m.starts_on BETWEEN w.first AND w.last
        LIMIT CAST(:most AS bigint)
    ) counted""")


class Wanted(NamedTuple):
    """The points of a KPI from one day to another; `first` and `last` are inside."""

    id: UUID
    frequency: Frequency
    first: date
    last: date


def most(frequency: Frequency, first: date, last: date) -> int:
    """As many periods as there can be from one day to another."""
    return max((last - first).days // SHORTEST.get(frequency, 1) + 2, 0)


def at_most(wanted: Iterable[Wanted]) -> int:
    """As many points as there can be."""
    return sum(most(each.frequency, each.first, each.last) for each in wanted)


async def take(source: Rows, budget: Budget, wanted: Sequence[Wanted], periods: int) -> None:
    """Takes points and periods from the budget of a request; points are counted where all that there can be are too
    many. Raises TooManyMeasurements."""
    points = at_most(wanted)
    if points + periods > budget.measurements:
        budget.measure(periods)
        values: dict[str, Any] = {
            "ids": [each.id for each in wanted],
            "firsts": [each.first for each in wanted],
            "lasts": [each.last for each in wanted],
        }
        [row] = await source.rows(COUNT, **values, most=budget.measurements + 1)
        points, periods = row.total, 0
    budget.measure(points + periods)


def in_reads(wanted: Sequence[Wanted]) -> list[range]:
    """The places of KPIs that are read together: all of them, unless they have very many points."""
    found: list[range] = []
    begin, points = 0, 0
    for place, each in enumerate(wanted):
        here = most(each.frequency, each.first, each.last)
        if place > begin and points + here > MAX_A_READ:
            found.append(range(begin, place))
            begin, points = place, 0
        points += here
    return [*found, range(begin, len(wanted))]
