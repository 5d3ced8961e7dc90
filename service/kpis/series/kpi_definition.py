"""Reads the definition of a KPI from a row."""

from typing import Any

from service.kpis.enums import Frequency, KpiValueType
from service.kpis.series.buckets import KpiDefinition


def read_kpi_definition(row: Any) -> KpiDefinition:
    """The definition of the KPI of a row."""
    on_scale = row.value_type == KpiValueType.QUALITATIVE
    return KpiDefinition(
        row.direction, Frequency(row.frequency), row.aggregation, row.cumulative, row.fiscal_year_start_month, on_scale
    )
