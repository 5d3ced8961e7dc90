"""Reads the definition of a KPI from a row."""

from typing import Any

from sqlalchemy import text

from service.kpis.enums import Frequency, KpiValueType
from service.kpis.series.buckets import KpiDefinition

KPI_DEFINITIONS = text("""
    SELECT k.id, k.direction, k.frequency, k.aggregation, k.cumulative, k.value_type, g.fiscal_year_start_month
    FROM kpis k JOIN organizations g ON g.id = :organization_id
    WHERE k.organization_id = :organization_id AND k.id = ANY(CAST(:ids AS uuid[]))""")


def read_kpi_definition(row: Any) -> KpiDefinition:
    """The definition of the KPI of a row."""
    on_scale = row.value_type == KpiValueType.QUALITATIVE
    return KpiDefinition(
        row.direction, Frequency(row.frequency), row.aggregation, row.cumulative, row.fiscal_year_start_month, on_scale
    )
