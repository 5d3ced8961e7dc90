"""Which measurements of KPIs are due, by their summaries."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from service.kpis.current.summary import KpiSummary
from service.kpis.enums import Freshness


class MeasurementDue(NamedTuple):
    """A KPI whose measurement is due since `due_at`, with its row and its freshness. They sort by time, then by id."""

    due_at: datetime
    id: UUID
    owner_id: UUID | None
    kpi: Any
    freshness: Freshness


def measurements_due(
    rows: Iterable[Any], summary_of: Callable[[Any], KpiSummary], at: datetime
) -> list[MeasurementDue]:
    """The KPIs of which a measurement is due at a time, in the order of `rows`."""
    due = []
    for row in rows:
        summary = summary_of(row)
        due_at = summary.next_measurement_due_at
        if due_at is not None and due_at <= at:
            due.append(MeasurementDue(due_at, row.id, row.owner_id, row, summary.freshness(at)))
    return due
