"""Reads of points: those of many KPIs, each between two days of its own, and what points were before."""

from typing import Any

from sqlalchemy import ARRAY, Date, Select, Uuid, and_, bindparam, func, select, true

from service.kpis.measurement_models import Measurement, MeasurementRevision
from service.kpis.models import Kpi
from service.kpis.queries import targets_of_kpi
from service.kpis.series import Point
from service.kpis.words import NullReason
from service.reader import of_tenant
from service.reading import columns

_kpi: Any = Kpi
_point: Any = Measurement
_revision: Any = MeasurementRevision


def _spans() -> Select[Any]:
    """The points of `:ids`, each from its own of `:firsts` to its own of `:lasts`, when its values began, and
    all its targets."""
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
        select(_point.starts_on, _point.value, _point.null_reason)
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
    return (
        select(_kpi.id, began.label("began"), arrays, targets_of_kpi(limit=5_000).label("near_targets"))
        .select_from(wanted.join(Kpi, _kpi.id == wanted.c.id).join(arrays, true()))
        .where(of_tenant(Kpi))
    )


SPANS = _spans()


def _former() -> Select[Any]:
    """What the points of `:ids` on `:days`, pairwise, were before, the latest first."""
    wanted = (
        func.unnest(bindparam("ids", type_=ARRAY(Uuid)), bindparam("days", type_=ARRAY(Date)))
        .table_valued("id", "day", name="wanted")
        .render_derived()
    )
    return (
        select(*columns(MeasurementRevision))
        .join(wanted, (_revision.kpi_id == wanted.c.id) & (_revision.starts_on == wanted.c.day))
        .where(of_tenant(MeasurementRevision))
        .order_by(_revision.kpi_id, _revision.starts_on, _revision.version.desc())
    )


FORMER = _former()


def points_of(row: Any) -> list[Point]:
    """The points of a row of `SPANS`."""
    return [
        Point(day, value, why)
        for day, value, why in zip(row.days or (), row["values"] or (), row.null_reasons or (), strict=True)
    ]
