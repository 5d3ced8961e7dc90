"""Reads of measurements: those of many KPIs, each between two days of its own, and their revisions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Date, Select, Uuid, and_, bindparam, func, select, true

from service.kpis.enums import NullReason
from service.kpis.measurements.models import Measurement, MeasurementRevision
from service.kpis.models import Kpi, KpiTarget
from service.kpis.series.buckets import InputCounts, PeriodValue
from service.kpis.targets.queries import targets_of_kpi
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.reader import of_tenant
from service.reading.statements import columns, equals_any

_kpi = columns_of(Kpi)
_measurement = columns_of(Measurement)
_revision = columns_of(MeasurementRevision)
# One for each day of a series of the maximum length.
MAX_TARGETS = 12_000
VALUE_COLUMNS = ("starts_on", "value", "null_reason", "part_count", "expected_part_count", "partial_value")


def _spans() -> Select[Any]:
    """For each of `:ids` its measurements and targets from its day of `:firsts` to its day of `:lasts`, and the day
    of its first value."""
    requested = (
        func.unnest(
            bindparam("ids", type_=ARRAY(Uuid)),
            bindparam("firsts", type_=ARRAY(Date)),
            bindparam("lasts", type_=ARRAY(Date)),
        )
        .table_valued("id", "first", "last", name="wanted")
        .render_derived()
    )
    inside = and_(
        of_tenant(Measurement),
        _measurement.kpi_id == requested.c.id,
        _measurement.starts_on >= requested.c.first,
        _measurement.starts_on <= requested.c.last,
        _measurement.null_reason.is_distinct_from(NullReason.DELETED),
    )
    measurements = (
        select(*(_measurement[name] for name in VALUE_COLUMNS))
        .where(inside)
        .order_by(_measurement.starts_on)
        .correlate(requested)
        .subquery("points")
    )
    arrays = (
        select(
            func.array_agg(measurements.c.starts_on).label("days"),
            func.array_agg(measurements.c.value).label("values"),
            func.array_agg(measurements.c.null_reason).label("null_reasons"),
            func.array_agg(measurements.c.part_count).label("part_counts"),
            func.array_agg(measurements.c.expected_part_count).label("expected_part_counts"),
            func.array_agg(measurements.c.partial_value).label("partial_values"),
        )
        .select_from(measurements)
        .lateral("arrays")
    )
    began = (
        select(func.min(_measurement.starts_on))
        .where(of_tenant(Measurement), _measurement.kpi_id == requested.c.id, _measurement.value.is_not(None))
        .correlate(requested)
        .scalar_subquery()
    )
    target = columns_of(KpiTarget)
    until_last = func.coalesce(target.ends_on, requested.c.last) >= requested.c.first
    targets = targets_of_kpi(target.starts_on <= requested.c.last, until_last, limit=MAX_TARGETS, correlated=requested)
    return (
        select(_kpi.id, began.label("began"), arrays, targets.label("near_targets"))
        .select_from(requested.join(Kpi, _kpi.id == requested.c.id).join(arrays, true()))
        .where(of_tenant(Kpi))
    )


SPANS = _spans()
_frequency = (
    select(_kpi.frequency)
    .where(_measurement.organization_id == _kpi.organization_id, _measurement.kpi_id == _kpi.id)
    .correlate(Measurement)
    .scalar_subquery()
    .label("frequency")
)
MEASUREMENT_COLUMNS = (*columns(Measurement), _frequency)
BY_ID = select(*MEASUREMENT_COLUMNS).where(of_tenant(Measurement), equals_any(_measurement.id))
MEASUREMENTS_OF_KPIS = Listing(
    MEASUREMENT_COLUMNS,
    table_of(Measurement),
    (of_tenant(Measurement), _measurement.null_reason.is_distinct_from(NullReason.DELETED)),
    {"ON": _measurement.starts_on},
    _measurement.id,
    _measurement.kpi_id,
)
REVISIONS_OF_KPIS = Listing(
    tuple(columns(MeasurementRevision)),
    MeasurementRevision.__table__,  # type: ignore[attr-defined]
    (of_tenant(MeasurementRevision),),
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
    return select(*selected).join(requested, same).where(of_tenant(table))


# Former values of measurements, the latest first.
FORMER = _of_days(_revision, columns(MeasurementRevision)).order_by(
    _revision.kpi_id, _revision.starts_on, _revision.version.desc()
)
MEASUREMENTS = _of_days(_measurement, MEASUREMENT_COLUMNS)


def measurements_in(row: Any) -> list[PeriodValue]:
    """The measurements in a row of `SPANS`."""
    columns = (row.days, row["values"], row.null_reasons, row.part_counts, row.expected_part_counts, row.partial_values)
    return [measurement_from_columns(*each) for each in zip(*(column or () for column in columns), strict=True)]


def measurement_from_columns(
    starts_on: date, value: Any, null_reason: str | None, count: int | None, expected: int | None, partial: Any
) -> PeriodValue:
    """A measurement from its columns; the input counts are None for a recorded one."""
    input_counts = None if count is None or expected is None else InputCounts(count, expected, partial)
    return PeriodValue(starts_on, value, null_reason, input_counts)
