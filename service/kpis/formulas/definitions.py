"""Loads the definitions of KPIs with the time for which measurements of each are expected."""

from collections.abc import Collection, Mapping
from datetime import date
from typing import Any
from uuid import UUID

from sqlalchemy import text

from service.kpis.enums import KpiSource
from service.kpis.formulas.ast import lookups
from service.kpis.formulas.dependencies import Node
from service.kpis.formulas.evaluate import Lifespan
from service.kpis.series.buckets import KpiDefinition
from service.kpis.series.calendar import shifted, start_of
from service.kpis.series.kpi_definition import read_kpi_definition
from service.reading.row_source import RowSource
from service.values.record import record

DEFINITIONS = text("""
    SELECT k.id, k.direction, k.frequency, k.aggregation, k.cumulative, k.value_type, g.fiscal_year_start_month,
           CAST(k.created_at AT TIME ZONE coalesce(k.time_zone, g.time_zone) AS date) AS created_on,
           CAST(k.archived_at AT TIME ZONE coalesce(k.time_zone, g.time_zone) AS date) AS archived_on,
           (SELECT min(m.starts_on) FROM kpi_measurements m
            WHERE m.organization_id = :organization_id AND m.kpi_id = k.id AND m.value IS NOT NULL) AS first_on
    FROM kpis k JOIN organizations g ON g.id = :organization_id
    WHERE k.organization_id = :organization_id AND k.id = ANY(CAST(:ids AS uuid[]))""")


@record
class KpiWithLifespan:
    """The definition of a KPI, and the time for which its measurements are expected."""

    definition: KpiDefinition
    lifespan: Lifespan


async def load_definitions(
    source: RowSource, ids: Collection[UUID], nodes: Mapping[UUID, Node]
) -> dict[UUID, KpiWithLifespan]:
    """The definitions of KPIs and of all inputs of formulas among them; one statement.

    Measurements of a KPI are expected from its creation or its first value on, whichever is earlier, until it is
    archived. Those of a formula are expected from the first period in which all inputs are, lags included.
    """
    needed = formulas_below(ids, nodes)
    rows = {row.id: row for row in await source.rows(DEFINITIONS, ids=list(needed))}
    definitions = {id: read_kpi_definition(row) for id, row in rows.items()}
    started_on: dict[UUID, date] = {}
    return {
        id: KpiWithLifespan(
            definitions[id], Lifespan(_expected_since(id, nodes, rows, definitions, started_on), row.archived_on)
        )
        for id, row in rows.items()
    }


def formulas_below(ids: Collection[UUID], nodes: Mapping[UUID, Node]) -> set[UUID]:
    """These KPIs and all direct and indirect inputs of formulas. Parent KPIs are not followed to their children."""
    result: set[UUID] = set()
    pending = list(ids)
    while pending:
        id = pending.pop()
        if id not in result:
            result.add(id)
            pending += nodes[id].inputs if is_formula(id, nodes) else ()
    return result


def is_formula(id: UUID, nodes: Mapping[UUID, Node]) -> bool:
    """Whether a KPI is computed by a formula."""
    return id in nodes and nodes[id].source is KpiSource.FORMULA


def _expected_since(
    id: UUID,
    nodes: Mapping[UUID, Node],
    rows: Mapping[UUID, Any],
    definitions: Mapping[UUID, KpiDefinition],
    started_on: dict[UUID, date],
) -> date:
    """The first day on which a measurement of a KPI is expected; `started_on` caches the results."""
    if id not in started_on:
        row, expression = rows[id], nodes[id].expression if is_formula(id, nodes) else None
        if expression is None:
            started_on[id] = min(row.created_on, row.first_on or row.created_on)
        else:
            frequency, month = definitions[id].frequency, definitions[id].fiscal_year_start_month
            inputs = dict(zip(nodes[id].names, nodes[id].inputs, strict=True))
            days = [
                shifted(
                    start_of(_expected_since(inputs[name], nodes, rows, definitions, started_on), frequency, month),
                    frequency,
                    back,
                )
                for name, back in lookups(expression)
            ]
            # A formula without KPIs has no inputs.
            started_on[id] = max(days, default=row.created_on)
    return started_on[id]
