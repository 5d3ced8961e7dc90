"""Fields of a KPI that follow from its summary: current value, trend and freshness."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

import strawberry

from schema.context import Info
from schema.execution.fields.batched import uses_columns
from service.kpis.current.row_mapping import SUMMARY_COLUMNS, summary_of
from service.kpis.current.summary import KpiSummary
from service.kpis.targets.evaluation import Target
from service.postgres.database import Row


def summary_field(read: Callable[[KpiSummary], Any], description: str) -> Any:
    """A field that follows from the latest points, which every row of a KPI carries."""

    @uses_columns(*SUMMARY_COLUMNS)
    def resolver(root: strawberry.Parent[Row]):  # type: ignore[no-untyped-def]
        return read(summary_of(root))

    return strawberry.field(resolver=resolver, description=description)


def summary_field_at(read: Callable[[KpiSummary, datetime], Any], description: str) -> Any:
    """As `summary_field`, for what also depends on the time of the request."""

    @uses_columns(*SUMMARY_COLUMNS)
    def resolver(root: strawberry.Parent[Row], info: Info):  # type: ignore[no-untyped-def]
        return read(summary_of(root), info.context.now)

    return strawberry.field(resolver=resolver, description=description)


def of_target(read: Callable[[Target], Any]) -> Callable[[KpiSummary], Any]:
    def read_target(summary: KpiSummary) -> Any:
        target = summary.judgement.target
        return read(target) if target else None

    return read_target
