"""Reads measurements in groups, so that Postgres sums those that are judged together."""

from collections.abc import Iterator, Sequence
from datetime import date
from itertools import accumulate
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from service.kpis.enums import Aggregation
from service.kpis.measurements.queries import input_counts_of
from service.kpis.series.cells import Cell
from service.kpis.series.groups import MeasurementGroup
from service.reading.row_source import RowSource
from service.reading.statements import reached_sql

# One message is encoded, and its rows are decoded, without yielding to the event loop.
MAX_CELLS_PER_READ = 5_000
# The measurements of each cell as one group: those of a KPI that begin from one day to another. Sums and extremes are
# computed only if the aggregation needs them. The newest measurement is read for LAST, of a cell without a value, and
# if it is the only one. `:begins` and `:ends` are the numbers of the first and the last cell of each KPI, from 1: the
# driver needs a microsecond for each element of a list.
GROUPS = text(f"""
    SELECT cell, g.size, g.value_count, g.total, g.minimum, g.maximum, newest.value AS last, g.last_on,
           newest.null_reason, g.lacks_input, newest.part_count, newest.expected_part_count, newest.partial_value
    FROM unnest(CAST(:ids AS uuid[]), CAST(:adds AS boolean[]), CAST(:compares AS boolean[]),
                CAST(:takes_last AS boolean[]), CAST(:begins AS int[]), CAST(:ends AS int[]))
         AS w (id, adds, compares, takes_last, first_cell, last_cell)
    CROSS JOIN LATERAL generate_series(w.first_cell, w.last_cell) AS cell
    CROSS JOIN LATERAL (
        SELECT count(*) AS size, count(m.value) AS value_count,
               sum(CASE WHEN w.adds THEN m.value END) AS total,
               min(CASE WHEN w.compares THEN m.value END) AS minimum,
               max(CASE WHEN w.compares THEN m.value END) AS maximum,
               max(m.starts_on) FILTER (WHERE m.value IS NOT NULL) AS last_on,
               coalesce(bool_or(m.null_reason = 'INPUT_MISSING'), false) AS lacks_input
        FROM kpi_measurements m
        WHERE {reached_sql("m")} AND m.kpi_id = w.id
          AND m.starts_on BETWEEN (CAST(:firsts AS date[]))[cell] AND (CAST(:lasts AS date[]))[cell]
          AND m.null_reason IS DISTINCT FROM 'DELETED'
    ) g
    LEFT JOIN LATERAL (
        SELECT m.value, m.null_reason, m.part_count, m.expected_part_count, m.partial_value
        FROM kpi_measurements m
        WHERE {reached_sql("m")} AND m.kpi_id = w.id
          AND m.starts_on BETWEEN (CAST(:firsts AS date[]))[cell] AND (CAST(:lasts AS date[]))[cell]
          AND m.null_reason IS DISTINCT FROM 'DELETED'
          AND (w.takes_last OR g.value_count = 0 OR g.size = 1) AND (g.value_count = 0 OR m.value IS NOT NULL)
        ORDER BY m.starts_on DESC LIMIT 1
    ) newest ON true
    WHERE g.size > 0
    ORDER BY cell""")


class CellsOfKpi(NamedTuple):
    """The cells of a KPI, and the function that its measurements are aggregated by."""

    id: UUID
    function: Aggregation
    cells: Sequence[Cell]


async def load_groups(source: RowSource, requests: Sequence[CellsOfKpi]) -> list[list[MeasurementGroup]]:
    """For each KPI the groups of its cells, in order, without empty ones.

    One statement for all KPIs, unless they have very many cells.
    """
    groups: list[list[MeasurementGroup]] = [[] for _ in requests]
    for parts in _split(requests):
        owners = [(groups[each.number], first) for each in parts for first, _ in each.cells]
        for row in await source.rows(GROUPS, **_parameters(parts)):
            owner, starts_on = owners[row[0] - 1]
            owner.append(_group_in(row, starts_on))
    return groups


class _Part(NamedTuple):
    """Some cells of the KPI with a number in the list of requests."""

    number: int
    id: UUID
    function: Aggregation
    cells: Sequence[Cell]


def _split(requests: Sequence[CellsOfKpi]) -> Iterator[list[_Part]]:
    """The cells to read together, at most MAX_CELLS_PER_READ."""
    parts: list[_Part] = []
    left = MAX_CELLS_PER_READ
    for number, (id, function, cells) in enumerate(requests):
        begin = 0
        while begin < len(cells):
            some = cells[begin : begin + left]
            parts.append(_Part(number, id, function, some))
            begin, left = begin + len(some), left - len(some)
            if not left:
                yield parts
                parts, left = [], MAX_CELLS_PER_READ
    if parts:
        yield parts


def _parameters(parts: Sequence[_Part]) -> dict[str, Any]:
    functions = [part.function for part in parts]
    ends = list(accumulate(len(part.cells) for part in parts))
    return {
        "ids": [part.id for part in parts],
        "adds": [function in (Aggregation.SUM, Aggregation.AVERAGE) for function in functions],
        "compares": [function in (Aggregation.MIN, Aggregation.MAX) for function in functions],
        "takes_last": [function is Aggregation.LAST for function in functions],
        "begins": [1, *(end + 1 for end in ends[:-1])],
        "ends": ends,
        "firsts": [first for part in parts for first, _ in part.cells],
        "lasts": [last for part in parts for _, last in part.cells],
    }


def _group_in(row: Any, starts_on: date) -> MeasurementGroup:
    _, size, value_count, total, minimum, maximum, last, last_on, null_reason, lacks_input, *counts = row
    return MeasurementGroup(
        starts_on,
        size,
        value_count,
        total,
        minimum,
        maximum,
        last,
        last_on,
        None if value_count else null_reason,
        lacks_input,
        input_counts_of(*counts) if size == 1 else None,
    )
