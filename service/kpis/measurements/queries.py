"""Reads of measurements: those of many KPIs, each between two days of its own, and their revisions."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from sqlalchemy import ARRAY, Date, Select, Uuid, and_, bindparam, func, select, true

from service.kpis.enums import NullReason
from service.kpis.measurements.models import Measurement, MeasurementRevision
from service.kpis.models import Kpi, KpiTarget
from service.kpis.series.buckets import Parts, Point
from service.kpis.targets.queries import targets_of_kpi
from service.reading.keyset import Listing
from service.reading.reader import of_tenant
from service.reading.statements import among, columns

_kpi: Any = Kpi
_point: Any = Measurement
_revision: Any = MeasurementRevision
# One for each day of the longest series.
MAX_TARGETS = 12_000
POINT = ("starts_on", "value", "null_reason", "part_count", "expected_part_count", "partial_value")


def _spans() -> Select[Any]:
    """The points of `:ids`, each from its own of `:firsts` to its own of `:lasts`, when its values began, and
    the targets in that time."""
    wanted = (
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
        _point.kpi_id == wanted.c.id,
        _point.starts_on >= wanted.c.first,
        _point.starts_on <= wanted.c.last,
        _point.null_reason.is_distinct_from(NullReason.DELETED),
    )
    points = (
        select(*(getattr(_point, name) for name in POINT))
        .where(inside)
        .order_by(_point.starts_on)
        .correlate(wanted)
        .subquery("points")
    )
    arrays = (
        select(
            func.array_agg(points.c.starts_on).label("days"),
            func.array_agg(points.c.value).label("values"),
            func.array_agg(points.c.null_reason).label("null_reasons"),
            func.array_agg(points.c.part_count).label("part_counts"),
            func.array_agg(points.c.expected_part_count).label("expected_part_counts"),
            func.array_agg(points.c.partial_value).label("partial_values"),
        )
        .select_from(points)
        .lateral("arrays")
    )
    began = (
        select(func.min(_point.starts_on))
        .where(of_tenant(Measurement), _point.kpi_id == wanted.c.id, _point.value.is_not(None))
        .correlate(wanted)
        .scalar_subquery()
    )
    target: Any = KpiTarget
    until_last = func.coalesce(target.ends_on, wanted.c.last) >= wanted.c.first
    targets = targets_of_kpi(target.starts_on <= wanted.c.last, until_last, limit=MAX_TARGETS, beside=wanted)
    return (
        select(_kpi.id, began.label("began"), arrays, targets.label("near_targets"))
        .select_from(wanted.join(Kpi, _kpi.id == wanted.c.id).join(arrays, true()))
        .where(of_tenant(Kpi))
    )


SPANS = _spans()
_frequency = (
    select(_kpi.frequency)
    .where(_point.organization_id == _kpi.organization_id, _point.kpi_id == _kpi.id)
    .correlate(Measurement)
    .scalar_subquery()
    .label("frequency")
)
MEASUREMENT_COLUMNS = (*columns(Measurement), _frequency)
BY_ID = select(*MEASUREMENT_COLUMNS).where(of_tenant(Measurement), among(_point.id))
MEASUREMENTS_OF_KPIS = Listing(
    MEASUREMENT_COLUMNS,
    _point.__table__,
    (of_tenant(Measurement), _point.null_reason.is_distinct_from(NullReason.DELETED)),
    {"ON": _point.starts_on},
    _point.id,
    _point.kpi_id,
)
REVISIONS_OF_KPIS = Listing(
    tuple(columns(MeasurementRevision)),
    MeasurementRevision.__table__,  # type: ignore[attr-defined]
    (of_tenant(MeasurementRevision),),
    {"RECORDED_AT": _revision.recorded_at},
    _revision.id,
    _revision.kpi_id,
)


def _of_days(table: Any, read: Sequence[Any]) -> Select[Any]:
    """The rows of a table of measurements for `:ids` on `:days`, pairwise."""
    wanted = (
        func.unnest(bindparam("ids", type_=ARRAY(Uuid)), bindparam("days", type_=ARRAY(Date)))
        .table_valued("id", "day", name="wanted")
        .render_derived()
    )
    same = (table.kpi_id == wanted.c.id) & (table.starts_on == wanted.c.day)
    return select(*read).join(wanted, same).where(of_tenant(table))


# What points were before, the latest first.
FORMER = _of_days(_revision, columns(MeasurementRevision)).order_by(
    _revision.kpi_id, _revision.starts_on, _revision.version.desc()
)
MEASUREMENTS = _of_days(_point, MEASUREMENT_COLUMNS)


def points_of(row: Any) -> list[Point]:
    """The points of a row of `SPANS`."""
    columns = (row.days, row["values"], row.null_reasons, row.part_counts, row.expected_part_counts, row.partial_values)
    return [point_of(*each) for each in zip(*(column or () for column in columns), strict=True)]


def point_of(
    starts_on: date, value: Any, null_reason: str | None, count: int | None, expected: int | None, partial: Any
) -> Point:
    """A point of the columns of a measurement; the counts of its parts are None of one that was recorded."""
    parts = None if count is None or expected is None else Parts(count, expected, partial)
    return Point(starts_on, value, null_reason, parts)
