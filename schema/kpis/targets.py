"""Targets of KPIs, as the schema shows them."""

from datetime import date, datetime
from decimal import Decimal

import strawberry

from schema.execution.relation import one
from schema.kpis import Kpi
from schema.node import Entity, Node, identity
from schema.people import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION
from service.kpis import queries
from service.kpis.words import ThresholdKind

STARTS_ON, ENDS_ON = "The first day it holds for.", "The last day it holds for; without one it goes on."
VALUE = "What the KPI should be, for HIGHER and LOWER; of a qualitative KPI a place on its scale, 1 the worst label."
LOWER, UPPER = "The lower bound of the band, inside; for RANGE.", "The upper bound of the band, inside; for RANGE."
KIND = "What the thresholds are compared with; a `value` below 0 needs ABSOLUTE."
GREEN = "GREEN from here on: an attainment, 1 by default, or with ABSOLUTE a value (for RANGE a distance)."
AMBER = "AMBER from here on, else RED; 0.9 by default."


@strawberry.type(description="What a KPI should be over some time. Those of one KPI never overlap.")
class KpiTarget(Entity, Node):
    id: strawberry.ID = identity("KpiTarget")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    starts_on: date = strawberry.field(description=STARTS_ON)
    ends_on: date | None = strawberry.field(description=ENDS_ON)
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
    kpi: Kpi = one(queries.KPIS, of="kpi_id", description="The KPI that it is for.")
