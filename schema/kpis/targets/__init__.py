"""Targets of KPIs, as the schema shows them."""

from datetime import date, datetime
from decimal import Decimal

import strawberry

from schema.descriptions.fields import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION
from schema.execution.fields.relation import to_one
from schema.kpis import Kpi
from schema.relay.node import Entity, Node, identity
from service.kpis import queries
from service.kpis.enums import ThresholdKind

STARTS_ON = "First day of the target's validity. A period is compared with the target that covers its last day."
ENDS_ON = "Last day of the target's validity."
VALUE = (
    "Target value in the KPI's unit, for the directions HIGHER and LOWER; of a qualitative KPI the position of a "
    "label on its scale, 1 the worst. Null for RANGE."
)
LOWER = "Lower bound of the target band in the KPI's unit, itself inside; for the direction RANGE only."
UPPER = "Upper bound of the target band in the KPI's unit, itself inside; for the direction RANGE only."
KIND = "Kind of the thresholds `green` and `amber`: attainments or values. A target `value` below 0 needs ABSOLUTE."
GREEN = (
    "Threshold of the status GREEN, itself GREEN. RATIO: an attainment, 1 if null. ABSOLUTE: a value in the KPI's "
    "unit; for the direction RANGE the distance outside the band. Null for a qualitative KPI."
)
AMBER = (
    "Threshold of the status AMBER, itself AMBER; worse is RED. RATIO: an attainment, 0.9 if null. ABSOLUTE: a "
    "value in the KPI's unit; for the direction RANGE the distance outside the band. Null for a qualitative KPI."
)


@strawberry.type(
    description="Target of a KPI: the value or band that it should have over some time. Targets of a KPI never overlap."
)
class KpiTarget(Entity, Node):
    id: strawberry.ID = identity("KpiTarget")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    starts_on: date = strawberry.field(description=STARTS_ON)
    ends_on: date | None = strawberry.field(description=f"{ENDS_ON} Null: no end.")
    value: Decimal | None = strawberry.field(description=VALUE)
    lower: Decimal | None = strawberry.field(description=LOWER)
    upper: Decimal | None = strawberry.field(description=UPPER)
    threshold_kind: ThresholdKind = strawberry.field(description=KIND)
    green: Decimal | None = strawberry.field(description=GREEN)
    amber: Decimal | None = strawberry.field(description=AMBER)
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    kpi: Kpi = to_one(queries.KPIS, key="kpi_id", description="KPI that the target is for.")
