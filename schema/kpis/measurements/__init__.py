"""Measurements of KPIs, as the schema shows them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from schema.context import Info
from schema.execution.fields.batched import batched, uses_columns
from schema.execution.fields.relation import to_one
from schema.kpis.measurements.revisions import KpiMeasurementRevision, Recorded
from schema.relay.node import ID, Entity, Node
from service.kpis import queries
from service.kpis.enums import Frequency
from service.kpis.measurements.queries import FORMER
from service.kpis.series.calendar import last_day
from service.postgres.database import Row
from service.values.global_ids import encode_measurement

if TYPE_CHECKING:
    from schema.kpis import Kpi


@strawberry.type(
    description="Measurement of a KPI: its effective value for one period of its frequency, recorded or computed."
)
class KpiMeasurement(Recorded, Entity, Node):
    kpi: Annotated["Kpi", strawberry.lazy("schema.kpis")] = to_one(
        queries.KPIS, key="kpi_id", description="KPI that the measurement belongs to."
    )
    partial_value: Decimal | None = strawberry.field(
        description="Partial value of a parent KPI, in its unit: the sum or mean of those children that have a value, "
        "while `value` is null because others have none. Else null."
    )
    part_count: int | None = strawberry.field(
        name="inputCount",
        description="Number of inputs (KPIs that this measurement is computed from) that have a value for the period. "
        "Null for a recorded measurement.",
    )
    expected_part_count: int | None = strawberry.field(
        name="expectedInputCount",
        description="Number of inputs (KPIs that this measurement is computed from) that should have a value for the "
        "period. Null for a recorded measurement.",
    )

    @strawberry.field(description=ID)
    @uses_columns("kpi_id", "starts_on")
    def id(root: strawberry.Parent[Row]) -> strawberry.ID:
        return strawberry.ID(encode_measurement(root.kpi_id, root.starts_on))

    @strawberry.field(description="Last day of the period that the measurement stands for.")
    @uses_columns("starts_on", "frequency")
    def ends_on(root: strawberry.Parent[Row]) -> date:
        return last_day(root.starts_on, Frequency(root.frequency))

    @batched(
        "Revisions of the measurement: all values that it has had, the effective one first; a short list, not paged."
    )
    async def revisions(parents: list[Any], info: Info) -> list[list[KpiMeasurementRevision]]:
        former = await _former(parents, info)
        return [[parent, *former[parent.kpi_id, parent.starts_on]] for parent in parents]


async def _former(parents: Sequence[Row], info: Info) -> dict[tuple[Any, date], list[Any]]:
    # The same point may be reached on several ways.
    points = dict.fromkeys((parent.kpi_id, parent.starts_on) for parent in parents)
    ids, days = [id for id, _ in points], [day for _, day in points]
    former: dict[tuple[Any, date], list[Any]] = defaultdict(list)
    for row in await info.context.reader.rows(FORMER, ids=ids, days=days):
        former[row.kpi_id, row.starts_on].append(row)
    return former
