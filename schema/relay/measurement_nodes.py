"""Measurements by their global ids, which name a KPI and a day instead of a row."""

from collections.abc import Sequence
from typing import Any

from schema.relay.node import Typed
from service.kpis.measurements.queries import MEASUREMENTS
from service.reading.reader import Reader
from service.values.global_ids import decode_measurement


async def measurements_by_id(reader: Reader, ids: Sequence[str]) -> list[Any]:
    """The measurements of these ids, in the order asked; None for what is not there, and for other ids."""
    keys = [decode_measurement(id) for id in ids]
    distinct = list(dict.fromkeys(key for key in keys if key))
    if not distinct:
        return [None] * len(keys)
    rows = await reader.rows(MEASUREMENTS, ids=[id for id, _ in distinct], days=[day for _, day in distinct])
    nodes = {(row.kpi_id, row.starts_on): Typed(row, "KpiMeasurement") for row in rows}
    return [nodes.get(key) if key else None for key in keys]
