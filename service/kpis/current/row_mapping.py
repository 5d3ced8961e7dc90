"""Reads the summary of a KPI from its row, which contains recent measurements and targets as JSON."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from functools import lru_cache
from operator import attrgetter, itemgetter
from typing import Any

import orjson

from service.kpis.current.summary import KpiSummary
from service.kpis.series.kpi_definition import DEFINITION_COLUMNS, kpi_definition
from service.kpis.series.period_value import PeriodValue
from service.kpis.targets.evaluation import Target

# The columns that `summary_of` reads.
SUMMARY_COLUMNS = (
    *DEFINITION_COLUMNS,
    *("recent_points", "near_targets", "time_zone", "organization_time_zone", "created_at", "grace_days"),
)
_items, _attributes = itemgetter(*SUMMARY_COLUMNS), attrgetter(*SUMMARY_COLUMNS)


def summary_of(row: Any) -> KpiSummary:
    """The summary of the KPI of a row."""
    # Items are faster where the driver made the row, attributes where it is a named tuple.
    return _summary(_attributes(row) if isinstance(row, tuple) else _items(row))


# Every summary field of a KPI calls it with the same row, and what a summary has computed is kept with it.
@lru_cache(maxsize=2048)
def _summary(columns: tuple[Any, ...]) -> KpiSummary:
    *definition, measurements_json, targets_json, time_zone, organization_time_zone, created_at, grace_days = columns
    measurements = [
        PeriodValue(date.fromisoformat(day), _number(value), null_reason)
        for day, value, null_reason in _rows(measurements_json)
    ]
    return KpiSummary(
        kpi_definition(*definition),
        measurements,
        _targets_in(targets_json),
        time_zone or organization_time_zone,
        created_at,
        grace_days,
    )


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
