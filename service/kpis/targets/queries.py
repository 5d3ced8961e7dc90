"""Reads of targets of KPIs."""

from typing import Any

from sqlalchemy import Date, Text, bindparam, func, or_, select
from sqlalchemy import cast as sql_cast

from service.kpis.models import Kpi, KpiTarget
from service.postgres.tables import columns_of
from service.reading.statements import columns, equals_any, json_as_text, reached, select_by

_kpi = columns_of(Kpi)
_target = columns_of(KpiTarget)
TARGET_COLUMNS = ("starts_on", "ends_on", "value", "lower", "upper", "threshold_kind", "green", "amber")
NUMBERS = ("value", "lower", "upper", "green", "amber")
# A target `t` as JSON, as `row_mapping` reads it.
TARGET_JSON = ", ".join(f"CAST(t.{name} AS text)" if name in NUMBERS else f"t.{name}" for name in TARGET_COLUMNS)


def targets_of_kpi(*where: Any, limit: int) -> Any:
    """Live targets of a KPI as JSON, in the order of time."""
    near = (
        select(*(_target[name] for name in TARGET_COLUMNS))
        .where(
            reached(KpiTarget),
            _target.kpi_id == _kpi.id,
            _target.archived_at.is_(None),
            *where,
        )
        .order_by(_target.starts_on)
        .limit(limit)
        .correlate(Kpi)
        .subquery("near")
    )
    each = func.json_build_array(
        *(sql_cast(near.c[name], Text) if name in NUMBERS else near.c[name] for name in TARGET_COLUMNS)
    )
    return json_as_text(select(func.json_agg(each)).scalar_subquery())


TARGETS = select_by(KpiTarget)
BY_EXTERNAL_ID = select_by(KpiTarget, "external_id")
# The targets of `:ids` that cover `:day`.
TARGETS_ON = select(_target.kpi_id, *(_target[name] for name in TARGET_COLUMNS)).where(
    reached(KpiTarget),
    equals_any(_target.kpi_id),
    _target.archived_at.is_(None),
    _target.starts_on <= bindparam("day", type_=Date),
    or_(_target.ends_on.is_(None), _target.ends_on >= bindparam("day", type_=Date)),
)
TARGETS_OF_KPIS = (
    select(*columns(KpiTarget))
    .where(reached(KpiTarget), equals_any(_target.kpi_id), _target.archived_at.is_(None))
    .order_by(_target.starts_on, _target.id)
)
