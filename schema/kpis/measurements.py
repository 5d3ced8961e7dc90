"""Points of KPIs and what they were before, as the schema shows them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

import strawberry

from schema.execution.batched import batched, looks_at
from schema.execution.relation import one
from schema.node import ID, Entity, Node
from schema.people import Person
from service.global_ids import encode_measurement
from service.kpis import queries
from service.kpis.calendar import last_day
from service.kpis.spans import FORMER
from service.kpis.words import Frequency, NullReason
from service.people import queries as people

if TYPE_CHECKING:
    from schema.kpis import Kpi

FIRST_DAY = "First day of the period that the measurement stands for."
VALUE = (
    "Value of the KPI for the period, in its unit; of a qualitative KPI the position of its label on the scale, 1 the "
    "worst. Null with `nullReason`."
)
NULL_REASON = "Reason why the measurement has no value; null with a value."
NUMBER = "Number of the revision: 1 for the first value of the period, one more with each correction or deletion."
RECORDED_AT = "Time at which the value was recorded or computed."
AUTHOR = "Person who recorded the value; null if it was computed, or recorded by the operator."
SOURCE = "Name of the system that the value came from, as given when it was recorded; null if none was given."
REASON = "Reason given for recording or correcting the value; null if none was given."


@strawberry.type
class Recorded:
    """What every version of a point says."""

    starts_on: date = strawberry.field(description=FIRST_DAY)
    value: Decimal | None = strawberry.field(description=VALUE)
    null_reason: NullReason | None = strawberry.field(description=NULL_REASON)
    version: int = strawberry.field(name="revisionNumber", description=NUMBER)
    recorded_at: datetime = strawberry.field(description=RECORDED_AT)
    source: str | None = strawberry.field(description=SOURCE)
    reason: str | None = strawberry.field(description=REASON)
    author: Person | None = one(people.PEOPLE, of="author_id", description=AUTHOR)


@strawberry.type(
    description="Revision of a measurement: one of the values that it has had, either the effective one or one "
    "that was corrected or deleted since."
)
class KpiMeasurementRevision(Recorded):
    pass


@strawberry.type(
    description="Measurement of a KPI: its effective value for one period of its frequency, recorded or computed."
)
class KpiMeasurement(Recorded, Entity, Node):
    kpi: Annotated["Kpi", strawberry.lazy("schema.kpis")] = one(
        queries.KPIS, of="kpi_id", description="KPI that the measurement belongs to."
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
    @looks_at("kpi_id", "starts_on")
    def id(root: strawberry.Parent[Any]) -> strawberry.ID:
        return strawberry.ID(encode_measurement(root.kpi_id, root.starts_on))

    @strawberry.field(description="Last day of the period that the measurement stands for.")
    @looks_at("starts_on", "frequency")
    def ends_on(root: strawberry.Parent[Any]) -> date:
        return last_day(root.starts_on, Frequency(root.frequency))

    @batched(
        "Revisions of the measurement: all values that it has had, the effective one first; a short list, not paged."
    )
    async def revisions(parents: list[Any], info: strawberry.Info[Any, Any]) -> list[list[KpiMeasurementRevision]]:
        former = await _former(parents, info)
        return [[parent, *former[parent.kpi_id, parent.starts_on]] for parent in parents]


async def _former(parents: Sequence[Any], info: "strawberry.Info[Any, Any]") -> dict[tuple[Any, date], list[Any]]:
    # The same point may be reached on several ways.
    points = dict.fromkeys((parent.kpi_id, parent.starts_on) for parent in parents)
    ids, days = [id for id, _ in points], [day for _, day in points]
    found: dict[tuple[Any, date], list[Any]] = defaultdict(list)
    for row in await info.context.reader.rows(FORMER, ids=ids, days=days):
        found[row.kpi_id, row.starts_on].append(row)
    return found
