"""What the row of a KPI says: its latest points and nearest targets, which come with it as JSON."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

from service.kpis.current.summary import Standing
from service.kpis.series.buckets import Measure, Point
from service.kpis.series.measure import measure_in
from service.kpis.targets.evaluation import Target

# The columns that `standing_of` looks at.
STANDING = (
    *(
        "recent_points",
        "near_targets",
        "direction",
        "frequency",
        "aggregation",
        "cumulative",
        "fiscal_year_start_month",
    ),
    *("value_type", "time_zone", "organization_time_zone", "created_at", "grace_days"),
)


def standing_of(row: Any) -> Standing:
    """How the KPI of a row stands."""
    zone = row.time_zone or row.organization_time_zone
    return _standing(row.recent_points, row.near_targets, measure_in(row), zone, row.created_at, row.grace_days)


# Every field of a KPI asks for it, and what a row says does not change.
@lru_cache(maxsize=4096)
def _standing(
    recent: str | None, near: str | None, measure: Measure, zone: str, created_at: datetime, grace: int | None
) -> Standing:
    points = [Point(date.fromisoformat(day), _number(value), why) for day, value, why in _rows(recent)]
    return Standing(measure, points, _targets_in(near), zone, created_at, grace)


def targets_of(row: Any) -> list[Target]:
    """The targets that came with a row."""
    return _targets_in(row.near_targets)


def _targets_in(near: str | None) -> list[Target]:
    return [_target_in(*each) for each in _rows(near)]


def _target_in(
    starts_on: str, ends_on: str | None, value: Any, lower: Any, upper: Any, kind: str, *limits: Any
) -> Target:
    return Target(
        date.fromisoformat(starts_on),
        date.fromisoformat(ends_on) if ends_on else None,
        _number(value),
        _number(lower),
        _number(upper),
        kind,
        *map(_number, limits),
    )


def _rows(column: str | None) -> Sequence[Any]:
    return orjson.loads(column) if column else ()


def _number(text: str | None) -> Decimal | None:
    return None if text is None else Decimal(text)
