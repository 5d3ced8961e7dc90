"""Reads of KPIs: each row carries its latest points and its nearest targets, so that a list of KPIs is one
statement however much of their standing is asked for."""

from dataclasses import replace
from functools import cache
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Date,
    Select,
    Text,
    bindparam,
    case,
    func,
    literal_column,
    or_,
    select,
    text,
    union_all,
)
from sqlalchemy import cast as sql_cast
from sqlalchemy.dialects.postgresql import aggregate_order_by, distinct_on

from service.kpis.current.summary import IGNORED_NULL_REASONS
from service.kpis.current.trend import MAX_TREND_VALUES
from service.kpis.enums import Frequency, KpiSource, NullReason
from service.kpis.measurements.models import Measurement
from service.kpis.models import Kpi, KpiTarget
from service.kpis.targets.queries import targets_of_kpi
from service.people.models import Organization
from service.people.queries import team_and_below
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.statements import columns, equals_any, in_rows, json_as_text, reached, visible

_kpi = columns_of(Kpi)
_target = columns_of(KpiTarget)
_point = columns_of(Measurement)
_organization = columns_of(Organization)


_always: Any = literal_column("DATE '-infinity'")
_of_kpi = (reached(Measurement), _point.kpi_id == _kpi.id)


def _newest_day(*where: Any, otherwise: Any = None) -> Any:
    """The first day of the newest measurement for which some conditions hold; `otherwise` if there is none."""
    day = func.max(_point.starts_on)
    selected = day if otherwise is None else func.coalesce(day, otherwise)
    return select(selected).where(*_of_kpi, *where).correlate(Kpi).scalar_subquery()


_has_value = _point.value.is_not(None)
_newest_value = _newest_day(_has_value)
# As in `KpiSummary.newest`: also the newest that came to nothing for another reason than a missing part.
_newest_judged = _newest_day(*(_point.null_reason.is_distinct_from(each) for each in IGNORED_NULL_REASONS))


def _recent() -> Any:
    """The newest six values, and the newest measurements without one that are newer, one for each reason, as JSON,
    newest first. Rows are not counted, since any number of them may have no value."""
    each = (_point.starts_on, sql_cast(_point.value, Text).label("value"), _point.null_reason)
    values = (
        select(*each)
        .where(*_of_kpi, _has_value)
        .order_by(_point.starts_on.desc())
        .limit(MAX_TREND_VALUES)
        .correlate(Kpi)
    )
    empty = (
        select(*each)
        .ext(distinct_on(_point.null_reason))
        .where(
            *_of_kpi,
            _point.value.is_(None),
            _point.null_reason != NullReason.DELETED,
            # COALESCE around the subquery would not be leakproof, so that the whole history would be read.
            _point.starts_on > _newest_day(_has_value, otherwise=_always),
        )
        .order_by(_point.null_reason, _point.starts_on.desc())
        .correlate(Kpi)
    )
    newest = union_all(values.subquery("values").select(), empty.subquery("empty").select()).subquery("newest")
    point = func.json_build_array(newest.c.starts_on, newest.c.value, newest.c.null_reason)
    aggregated = func.json_agg(aggregate_order_by(point, newest.c.starts_on.desc()))
    return json_as_text(select(aggregated).scalar_subquery()).label("recent_points")


_LENGTHS = {"WEEKLY": "7 days", "MONTHLY": "1 month", "QUARTERLY": "3 months", "YEARLY": "1 year"}
_length = case(
    {name: text(f"INTERVAL '{length}'") for name, length in _LENGTHS.items()},
    value=_kpi.frequency,
    else_=text("INTERVAL '1 day'"),
)


def _covers_end_of(start: Any) -> Any:
    """Whether a target covers the last day of the period that begins on a day."""
    after = sql_cast(start + _length, Date)
    return (_target.starts_on < after) & (_target.ends_on.is_(None) | (_target.ends_on >= after - 1))


def _of_organization(column: Any, label: str) -> Any:
    tenant = bindparam("organization_id", type_=_organization.id.type)
    return select(column).where(_organization.id == tenant).scalar_subquery().label(label)


COLUMNS = (
    *columns(Kpi),
    _recent(),
    targets_of_kpi(or_(_covers_end_of(_newest_value), _covers_end_of(_newest_judged)), limit=2).label("near_targets"),
    _of_organization(_organization.time_zone, "organization_time_zone"),
    _of_organization(_organization.fiscal_year_start_month, "fiscal_year_start_month"),
)
KPIS = select(*COLUMNS).where(visible(Kpi), equals_any(_kpi.id))
BY_EXTERNAL_ID = select(*COLUMNS).where(visible(Kpi), equals_any(_kpi.external_id))
CHILDREN = (
    select(*COLUMNS)
    .where(visible(Kpi), equals_any(_kpi.parent_id), _kpi.archived_at.is_(None))
    .order_by(_kpi.name, _kpi.id)
)
ORDERS = {
    "NAME": _kpi.name,
    "CREATED_AT": _kpi.created_at,
    "UPDATED_AT": _kpi.updated_at,
    "CHANGED_AT": _kpi.changed_at,
}
ALL_KPIS = Listing(COLUMNS, table_of(Kpi), (visible(Kpi),), ORDERS, _kpi.id)
# Orders by what is computed of the rows, which a cursor contains as text.
COMPUTED_ORDERS = {name: literal_column(name.lower(), Text()) for name in ("ATTAINMENT", "CHANGE")}
COMPUTED_KPIS = replace(ALL_KPIS, orders={**ORDERS, **COMPUTED_ORDERS}, depends_on_now=True)
MAX_SCORECARD_KPIS = 1_000
MAX_DUE_KPIS = 1_000


@cache
def measured_kpis(*, of_person: bool, of_team: bool) -> Select[Any]:
    """The KPIs that people measure regularly by id: those that `:person_id` owns, and those of `:team_id` and of teams
    below it; one more than MAX_DUE_KPIS if there are more."""
    conditions = [_kpi.archived_at.is_(None), _kpi.source == KpiSource.MEASURED, _kpi.frequency != Frequency.IRREGULAR]
    if of_person:
        conditions.append(_kpi.owner_id == bindparam("person_id", type_=_kpi.owner_id.type))
    if of_team:
        conditions.append(in_rows(_kpi.team_id, team_and_below().c.id))
    return select(*COLUMNS).where(visible(Kpi), *conditions).order_by(_kpi.id).limit(MAX_DUE_KPIS + 1)


def select_for_scorecard(condition: ColumnElement[bool], *, include_archived: bool = False) -> Select[Any]:
    """The KPIs of a board by name, one more than it may have at most if there are more."""
    live = () if include_archived else (_kpi.archived_at.is_(None),)
    query = select(*COLUMNS).where(visible(Kpi), *live, condition)
    return query.order_by(_kpi.name, _kpi.id).limit(MAX_SCORECARD_KPIS + 1)
