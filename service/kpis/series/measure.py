"""The definitions of many KPIs as their arithmetic takes them, in one statement."""

from typing import Any

from sqlalchemy import text

from service.kpis.enums import Frequency, KpiValueType
from service.kpis.series.buckets import Measure

MEASURES = text("""
    SELECT k.id, k.direction, k.frequency, k.aggregation, k.cumulative, k.value_type, g.fiscal_year_start_month
    FROM kpis k JOIN organizations g ON g.id = :organization_id
    WHERE k.organization_id = :organization_id AND k.id = ANY(CAST(:ids AS uuid[]))""")


def measure_in(row: Any) -> Measure:
    """The definition in a row."""
    on_scale = row.value_type == KpiValueType.QUALITATIVE
    return Measure(
        row.direction, Frequency(row.frequency), row.aggregation, row.cumulative, row.fiscal_year_start_month, on_scale
    )
