"""Declaration of targets of KPIs."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.entities.entity import Archiving, Entity, Omission, Upsert
from service.entities.export import LIVE, Export
from service.entities.items import Day, IdentifiedItem, Key, Number, ref
from service.kpis.enums import ThresholdKind
from service.kpis.models import KpiTarget
from service.kpis.targets import commands, queries
from service.people.permissions import ensure_editor


class KpiTargetItem(IdentifiedItem):
    """Target of a KPI to create or update: the value or band that the KPI should have over some time."""

    type: Literal["KpiTarget"] = "KpiTarget"
    REFERENCES: ClassVar[Mapping[str, str]] = {"kpi": "Kpi"}
    kpi: Key = ref("KPI that the target is for", ...)
    starts_on: Day = Field(description="First day of the target's validity, such as 2026-01-01.")
    ends_on: Day | None = Field(None, description="Last day of the target's validity; without one it has no end.")
    value: Number | None = Field(
        None,
        description="Target value in the KPI's unit, for HIGHER and LOWER; of a qualitative KPI the position of a "
        "label on its scale, 1 the worst.",
    )
    lower: Number | None = Field(
        None, description="Lower bound of the target band in the KPI's unit, itself inside; for RANGE only."
    )
    upper: Number | None = Field(
        None, description="Upper bound of the target band in the KPI's unit, itself inside; for RANGE only."
    )
    threshold_kind: ThresholdKind = Field(
        ThresholdKind.RATIO,
        description="Kind of the thresholds `green` and `amber`: attainments or values. Left out of a new target: "
        "RATIO.",
    )
    green: Number | None = Field(
        None,
        description="Threshold of the status GREEN, itself GREEN: an attainment, 1 if null, or with ABSOLUTE a "
        "value (for RANGE a distance from the band).",
    )
    amber: Number | None = Field(
        None,
        description="Threshold of the status AMBER, itself AMBER; worse is RED. An attainment, 0.9 if null, or "
        "with ABSOLUTE a value (for RANGE a distance from the band).",
    )


KPI_TARGET = Entity(
    model=KpiTarget,
    by_id=queries.TARGETS,
    by_external_id=queries.BY_EXTERNAL_ID,
    item=KpiTargetItem,
    export=Export(where=f"{LIVE} AND kpi.archived_at IS NULL"),
    upsert=Upsert(create=commands.create, change=commands.change, create_by="id"),
    archiving=Archiving(ensure_allowed=ensure_editor, lock=commands.lock_to_archive, settle=commands.touch_judged),
    omitted=(Omission(("kpi_id",), ("update",), "A target stays with its KPI."),),
)
