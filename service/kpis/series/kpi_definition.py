"""Reads the definition of a KPI from a row."""

from functools import lru_cache
from operator import attrgetter
from typing import Any

from service.kpis.enums import Frequency, KpiValueType
from service.kpis.series.buckets import KpiDefinition

DEFINITION_COLUMNS = ("direction", "frequency", "aggregation", "cumulative", "fiscal_year_start_month", "value_type")
_definition_columns = attrgetter(*DEFINITION_COLUMNS)


def read_kpi_definition(row: Any) -> KpiDefinition:
    """The definition of the KPI of a row."""
    return kpi_definition(*_definition_columns(row))


# There are few different ones, and many KPIs.
@lru_cache(maxsize=1024)
def kpi_definition(
    direction: str,
    frequency: str,
    aggregation: str,
    cumulative: bool,
    fiscal_year_start_month: int,
    value_type: str,
) -> KpiDefinition:
    """The definition from its columns."""
    on_scale = value_type == KpiValueType.QUALITATIVE
    return KpiDefinition(direction, Frequency(frequency), aggregation, cumulative, fiscal_year_start_month, on_scale)
