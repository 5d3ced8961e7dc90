"""The definitions of many KPIs as their arithmetic takes them, and for what time each is expected to be measured."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from service.kpis.enums import KpiSource
from service.kpis.formulas.ast import lookups
from service.kpis.formulas.dependencies import Node
from service.kpis.formulas.evaluate import Lifespan
from service.kpis.series.buckets import Measure
from service.kpis.series.calendar import shifted, start_of
from service.kpis.series.measure import measure_in
from service.reading.row_source import Rows

DEFINITIONS = text("""
    SELECT k.id, k.direction, k.frequency, k.aggregation, k.cumulative, k.value_type, g.fiscal_year_start_month,
           CAST(k.created_at AT TIME ZONE coalesce(k.time_zone, g.time_zone) AS date) AS created_on,
           CAST(k.archived_at AT TIME ZONE coalesce(k.time_zone, g.time_zone) AS date) AS archived_on,
           (SELECT min(m.starts_on) FROM kpi_measurements m
            WHERE m.organization_id = :organization_id AND m.kpi_id = k.id AND m.value IS NOT NULL) AS first_on
    FROM kpis k JOIN organizations g ON g.id = :organization_id
    WHERE k.organization_id = :organization_id AND k.id = ANY(CAST(:ids AS uuid[]))""")


@dataclass(frozen=True, slots=True)
class Defined:
    """A KPI's definition and the time for which it is expected to have measurements."""

    measure: Measure
    life: Lifespan


async def defined(source: Rows, ids: Collection[UUID], nodes: Mapping[UUID, Node]) -> dict[UUID, Defined]:
    """The definitions of KPIs and of all that formulas among them are made of; one statement.

    A KPI is expected from the earlier of its creation and its first value on, a formula from the first period in
    which all its inputs, lags included, are; until it is archived.
    """
    wanted = formulas_below(ids, nodes)
    rows = {row.id: row for row in await source.rows(DEFINITIONS, ids=list(wanted))}
    measures = {id: measure_in(row) for id, row in rows.items()}
    began: dict[UUID, date] = {}
    return {
        id: Defined(measures[id], Lifespan(_began(id, nodes, rows, measures, began), row.archived_on))
        for id, row in rows.items()
    }


def formulas_below(ids: Collection[UUID], nodes: Mapping[UUID, Node]) -> set[UUID]:
    """These KPIs and, of formulas, all that they are made of; what else is computed has points of its own."""
    found: set[UUID] = set()
    pending = list(ids)
    while pending:
        id = pending.pop()
        if id not in found:
            found.add(id)
            pending += nodes[id].inputs if is_formula(id, nodes) else ()
    return found


def is_formula(id: UUID, nodes: Mapping[UUID, Node]) -> bool:
    """Whether a KPI is computed by a formula."""
    return id in nodes and nodes[id].source is KpiSource.FORMULA


def _began(
    id: UUID,
    nodes: Mapping[UUID, Node],
    rows: Mapping[UUID, Any],
    measures: Mapping[UUID, Measure],
    began: dict[UUID, date],
) -> date:
    """The first day on which a KPI is expected to be measured; what is known already is in `began`."""
    if id not in began:
        row, expression = rows[id], nodes[id].expression if is_formula(id, nodes) else None
        if expression is None:
            began[id] = min(row.created_on, row.first_on or row.created_on)
        else:
            frequency, month = measures[id].frequency, measures[id].fiscal_year_start_month
            inputs = dict(zip(nodes[id].names, nodes[id].inputs, strict=True))
            days = [
                shifted(start_of(_began(inputs[name], nodes, rows, measures, began), frequency, month), frequency, back)
                for name, back in lookups(expression)
            ]
            # A formula of numbers alone has nothing to wait for.
            began[id] = max(days, default=row.created_on)
    return began[id]
