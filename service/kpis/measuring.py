"""The definitions of many KPIs as their arithmetic takes them, in one statement."""

from typing import Any

from sqlalchemy import text

from service.kpis.buckets import Measure
from service.kpis.words import Frequency, KpiNature

MEASURES = text("""
    SELECT k.id, k.direction, k.frequency, k.aggregation, k.cumulative, k.nature, g.fiscal_month
    FROM kpis k JOIN organizations g ON g.id = :organization_id
    WHERE k.organization_id = :organization_id AND k.id = ANY(CAST(:ids AS uuid[]))""")


def measure_in(row: Any) -> Measure:
    """The definition in a row."""
    on_scale = row.nature == KpiNature.QUALITATIVE
    return Measure(row.direction, Frequency(row.frequency), row.aggregation, row.cumulative, row.fiscal_month, on_scale)
