"""Declaration of measurements of KPIs."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.entities.entity import Entity, filters
from service.entities.items import Day, Item, Key, Number, Text, ref
from service.kpis.measurements import queries
from service.kpis.measurements.models import Measurement


class MeasurementItem(Item):
    """Measurement of a KPI to record or correct: its value for one period; matched by the KPI and the period."""

    type: Literal["Measurement"] = "Measurement"
    REFERENCES: ClassVar[Mapping[str, str]] = {"kpi": "Kpi"}
    IDENTITY: ClassVar[tuple[str, ...]] = ("kpi", "on")
    external_id: ClassVar[None] = None  # type: ignore[misc]
    kpi: Key = ref("KPI that the measurement belongs to", ...)
    on: Day = Field(description="Day in the period that the measurement stands for, such as 2026-03-31 for March.")
    value: Number = Field(
        description="Value in the KPI's unit; of a qualitative KPI the position of its label on the scale, 1 the worst."
    )
    source: Text | None = Field(
        None, description="Name of the system that the value comes from, at most 200 characters."
    )
    reason: Text | None = Field(
        None, description="Reason for recording or correcting the value, at most 2 000 characters."
    )


# Measurements are read by a KPI and a day, and their global ids name these.
MEASUREMENT = Entity(
    model=Measurement,
    by_id=queries.BY_ID,
    is_node=False,
    filters=filters(Measurement, "starts_on", "value", "recorded_at", "author_id"),
    item=MeasurementItem,
)
