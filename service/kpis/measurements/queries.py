"""Reads of measurements: those of many KPIs, each between two days of its own, and their revisions."""

from collections.abc import Sequence
from datetime import date
from itertools import repeat
from typing import Any

from sqlalchemy import ARRAY, Date, Select, Uuid, bindparam, func, select, text

from service.kpis.enums import NullReason
from service.kpis.measurements.models import Measurement, MeasurementRevision
from service.kpis.models import Kpi
from service.kpis.series.period_value import InputCounts, PeriodValue
from service.kpis.targets.queries import TARGET_JSON
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.statements import columns, equals_any, reached, reached_sql, visible

_kpi = columns_of(Kpi)
_measurement = columns_of(Measurement)
_revision = columns_of(MeasurementRevision)
# One for each day of a series of the maximum length.
MAX_TARGETS = 12_000
# For each of `:ids`: the day of its first value, its targets from its day of `:firsts` to its day of `:lasts`, and
# those of its measurements that begin from its day of `:begins` to its day of `:ends`. Lists that are empty for all
# measurements, as the counts of inputs mostly are, are null.
HISTORIES = text(f"""
    SELECT w.id,
           (SELECT min(m.starts_on) FROM kpi_measurements m
            WHERE {reached_sql("m")} AND m.kpi_id = w.id AND m.value IS NOT NULL) AS began,
           (SELECT CAST(json_agg(json_build_array({TARGET_JSON}) ORDER BY t.starts_on) AS text)
            FROM (SELECT * FROM kpi_targets t
                  WHERE {reached_sql("t")} AND t.kpi_id = w.id AND t.archived_at IS NULL
                    AND t.starts_on <= w.last AND (t.ends_on IS NULL OR t.ends_on >= w.first)
                  ORDER BY t.starts_on LIMIT {MAX_TARGETS}) t) AS near_targets,
           p.days, p.values,
           CASE WHEN p.null_reason IS NOT NULL THEN p.null_reasons END AS null_reasons,
           CASE WHEN p.part_count IS NOT NULL THEN p.part_counts END AS part_counts,
           CASE WHEN p.part_count IS NOT NULL THEN p.expected_part_counts END AS expected_part_counts,
           CASE WHEN p.part_count IS NOT NULL THEN p.partial_values END AS partial_values
    FROM unnest(CAST(:ids AS uuid[]), CAST(:firsts AS date[]), CAST(:lasts AS date[]), CAST(:begins AS date[]),
                CAST(:ends AS date[])) AS w (id, first, last, begins_on, ends_on)
    CROSS JOIN LATERAL (
        SELECT array_agg(m.starts_on) AS days, array_agg(m.value) AS values,
               max(m.null_reason) AS null_reason, array_agg(m.null_reason) AS null_reasons,
               max(m.part_count) AS part_count, array_agg(m.part_count) AS part_counts,
               array_agg(m.expected_part_count) AS expected_part_counts, array_agg(m.partial_value) AS partial_values
        FROM (SELECT * FROM kpi_measurements m
              WHERE {reached_sql("m")} AND m.kpi_id = w.id
                AND m.starts_on BETWEEN w.begins_on AND w.ends_on AND m.null_reason IS DISTINCT FROM 'DELETED'
              ORDER BY m.starts_on) m
    ) p""")
_frequency = (
    select(_kpi.frequency)
    .where(reached(Kpi), _measurement.kpi_id == _kpi.id)
    .correlate(Measurement)
    .scalar_subquery()
    .label("frequency")
)
MEASUREMENT_COLUMNS = (*columns(Measurement), _frequency)
BY_ID = select(*MEASUREMENT_COLUMNS).where(visible(Measurement), equals_any(_measurement.id))
MEASUREMENTS_OF_KPIS = Listing(
    MEASUREMENT_COLUMNS,
    table_of(Measurement),
    (reached(Measurement), _measurement.null_reason.is_distinct_from(NullReason.DELETED)),
    {"ON": _measurement.starts_on},
    _measurement.id,
    _measurement.kpi_id,
)
REVISIONS_OF_KPIS = Listing(
    tuple(columns(MeasurementRevision)),
    MeasurementRevision.__table__,  # type: ignore[attr-defined]
    (reached(MeasurementRevision),),
    {"RECORDED_AT": _revision.recorded_at},
    _revision.id,
    _revision.kpi_id,
)


def _of_days(table: Any, selected: Sequence[Any]) -> Select[Any]:
    """The rows of a table of measurements for `:ids` on `:days`, pairwise."""
    requested = (
        func.unnest(bindparam("ids", type_=ARRAY(Uuid)), bindparam("days", type_=ARRAY(Date)))
        .table_valued("id", "day", name="wanted")
        .render_derived()
    )
    same = (table.kpi_id == requested.c.id) & (table.starts_on == requested.c.day)
    return select(*selected).join(requested, same).where(visible(table))


# Former values of measurements, the latest first.
FORMER = _of_days(_revision, columns(MeasurementRevision)).order_by(
    _revision.kpi_id, _revision.starts_on, _revision.version.desc()
)
MEASUREMENTS = _of_days(_measurement, MEASUREMENT_COLUMNS)


def measurements_in(row: Any) -> list[PeriodValue]:
    """The measurements in a row of `HISTORIES`."""
    days, values, reasons = row.days or (), row["values"] or (), row.null_reasons or repeat(None)
    if row.part_counts is None:
        return list(map(PeriodValue, days, values, reasons))
    inputs = (row.part_counts, row.expected_part_counts, row.partial_values)
    return [measurement_from_columns(*each) for each in zip(days, values, reasons, *inputs, strict=False)]


def measurement_from_columns(
    starts_on: date, value: Any, null_reason: str | None, count: int | None, expected: int | None, partial: Any
) -> PeriodValue:
    """A measurement from its columns; the input counts are None for a recorded one."""
    return PeriodValue(starts_on, value, null_reason, input_counts_of(count, expected, partial))


def input_counts_of(count: int | None, expected: int | None, partial: Any) -> InputCounts | None:
    """The input counts from their columns."""
    return None if count is None or expected is None else InputCounts(count, expected, partial)
