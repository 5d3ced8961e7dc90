"""Reads the summary of a KPI from its row, which contains recent measurements and targets as JSON."""

from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any

import orjson

from service.kpis.current.summary import KpiSummary
from service.kpis.series.buckets import KpiDefinition, PeriodValue
from service.kpis.series.kpi_definition import read_kpi_definition
from service.kpis.targets.evaluation import Target

# The columns that `summary_of` reads.
SUMMARY_COLUMNS = (
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


def summary_of(row: Any) -> KpiSummary:
    """The summary of the KPI of a row."""
    zone = row.time_zone or row.organization_time_zone
    return _summary(row.recent_points, row.near_targets, read_kpi_definition(row), zone, row.created_at, row.grace_days)


# Every summary field of a KPI calls it with the same row.
@lru_cache(maxsize=4096)
def _summary(
    measurements_json: str | None,
    targets_json: str | None,
    definition: KpiDefinition,
    zone: str,
    created_at: datetime,
    grace: int | None,
) -> KpiSummary:
    measurements = [
        PeriodValue(date.fromisoformat(day), _number(value), null_reason)
        for day, value, null_reason in _rows(measurements_json)
    ]
    return KpiSummary(definition, measurements, _targets_in(targets_json), zone, created_at, grace)


def targets_of(row: Any) -> list[Target]:
    """The targets in a row."""
    return _targets_in(row.near_targets)


def _targets_in(targets_json: str | None) -> list[Target]:
    return [_target_in(*each) for each in _rows(targets_json)]


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
