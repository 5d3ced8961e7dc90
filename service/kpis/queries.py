"""Reads of KPIs: each row carries its latest points and its nearest targets, so that a list of KPIs is one
statement however much of their standing is asked for."""

from typing import Any, cast

from sqlalchemy import ColumnElement, Select, Text, func, literal_column, or_, select
from sqlalchemy import cast as sql_cast

from service.kpis.measurement_models import Measurement, MeasurementRevision
from service.kpis.models import Kpi, KpiTarget
from service.kpis.standing import RECENT, SILENT
from service.kpis.words import NullReason
from service.paging import Listing
from service.people.models import Organization
from service.reader import of_tenant
from service.reading import among, as_text, columns

_kpi: Any = Kpi
_target: Any = KpiTarget
_point: Any = Measurement
_organization: Any = Organization


def _recent() -> Any:
    """The newest points as JSON, newest first; deleted ones are none."""
    newest = (
        select(_point.starts_on, sql_cast(_point.value, Text).label("value"), _point.null_reason)
        .where(
            _point.organization_id == _kpi.organization_id,
            _point.kpi_id == _kpi.id,
            _point.null_reason.is_distinct_from(NullReason.DELETED),
        )
        .order_by(_point.starts_on.desc())
        .limit(RECENT)
        .correlate(Kpi)
        .subquery("newest")
    )
    each = func.jsonb_build_array(newest.c.starts_on, newest.c.value, newest.c.null_reason)
    return as_text(select(func.jsonb_agg(each)).scalar_subquery()).label("recent_points")


TARGET_COLUMNS = ("starts_on", "ends_on", "value", "lower", "upper", "threshold_kind", "green", "amber")
NUMBERS = ("value", "lower", "upper", "green", "amber")


def targets_of_kpi(*where: Any, limit: int) -> Any:
    """Live targets as JSON, in the order of time."""
    near = (
        select(*(getattr(_target, name) for name in TARGET_COLUMNS))
        .where(
            _target.organization_id == _kpi.organization_id,
            _target.kpi_id == _kpi.id,
            _target.archived_at.is_(None),
            *where,
        )
        .order_by(_target.starts_on)
        .limit(limit)
        .correlate(Kpi)
        .subquery("near")
    )
    each = func.jsonb_build_array(
        *(sql_cast(near.c[name], Text) if name in NUMBERS else near.c[name] for name in TARGET_COLUMNS)
    )
    return as_text(select(func.jsonb_agg(each)).scalar_subquery())


_latest = (
    select(func.max(_point.starts_on))
    .where(
        _point.organization_id == _kpi.organization_id,
        _point.kpi_id == _kpi.id,
        # The newest point that a KPI is judged by, as in `Standing.newest`.
        *(_point.null_reason.is_distinct_from(each) for each in SILENT),
    )
    .correlate(Kpi)
    .scalar_subquery()
)
_always: Any = literal_column("DATE '-infinity'")
_from_latest = or_(_target.ends_on.is_(None), _target.ends_on >= func.coalesce(_latest, _always))


def _of_organization(column: Any, label: str) -> Any:
    return select(column).where(_organization.id == _kpi.organization_id).correlate(Kpi).scalar_subquery().label(label)


COLUMNS = (
    *columns(Kpi),
    _recent(),
    targets_of_kpi(_from_latest, limit=50).label("near_targets"),
    _of_organization(_organization.time_zone, "organization_time_zone"),
    _of_organization(_organization.fiscal_month, "fiscal_month"),
)
KPIS = select(*COLUMNS).where(of_tenant(Kpi), among(_kpi.id))
BY_EXTERNAL_ID = select(*COLUMNS).where(of_tenant(Kpi), among(_kpi.external_id))
CHILDREN = (
    select(*COLUMNS)
    .where(of_tenant(Kpi), among(_kpi.parent_id), _kpi.archived_at.is_(None))
    .order_by(_kpi.name, _kpi.id)
)
ORDERS = {
    "NAME": _kpi.name,
    "CREATED_AT": _kpi.created_at,
    "UPDATED_AT": _kpi.updated_at,
    "CHANGED_AT": _kpi.changed_at,
}
ALL_KPIS = Listing(COLUMNS, _kpi.__table__, (of_tenant(Kpi),), ORDERS, _kpi.id)
MOST_ON_BOARD = 1_000
FILTERS = {
    name: getattr(_kpi, name)
    for name in (
        *("id", "external_id", "name", "category", "perspective", "direction", "indicator", "frequency", "source"),
        *("unit", "parent_id", "owner_id", "team_id", "created_at", "updated_at", "changed_at"),
    )
}
MEASUREMENTS_OF_KPIS = Listing(
    tuple(columns(Measurement)),
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
    {"RECORDED": cast(Any, MeasurementRevision).recorded_at},
    cast(Any, MeasurementRevision).id,
    cast(Any, MeasurementRevision).kpi_id,
)
TARGETS = select(*columns(KpiTarget)).where(of_tenant(KpiTarget), among(_target.id))
TARGETS_OF_KPIS = (
    select(*columns(KpiTarget))
    .where(of_tenant(KpiTarget), among(_target.kpi_id), _target.archived_at.is_(None))
    .order_by(_target.starts_on, _target.id)
)


def on_board(condition: ColumnElement[bool]) -> Select[Any]:
    """The KPIs of a board by name, one more than it may have at most if there are more."""
    query = select(*COLUMNS).where(of_tenant(Kpi), _kpi.archived_at.is_(None), condition)
    return query.order_by(_kpi.name, _kpi.id).limit(MOST_ON_BOARD + 1)
