"""Points of KPIs and what they were before, as the schema shows them."""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import strawberry

from schema.execution.batched import batched
from schema.execution.relation import one
from schema.people import Person
from service.kpis.spans import FORMER
from service.kpis.words import NullReason
from service.people import queries as people

FIRST_DAY = "The first day of the period that it stands for."
VALUE = "The value in the KPI's unit; null with `nullReason`."
NULL_REASON = "Why there is no value."
NUMBER = "Which value of this point it is, from 1."
RECORDED_AT, AUTHOR = "When it was recorded.", "Who recorded it; null for what is computed, and for the operator."
SOURCE, REASON = "The system that it came from, as the recorder named it.", "Why it was recorded, or corrected."


@strawberry.type
class Recorded:
    """What every version of a point says."""

    starts_on: date = strawberry.field(description=FIRST_DAY)
    value: Decimal | None = strawberry.field(description=VALUE)
    null_reason: NullReason | None = strawberry.field(description=NULL_REASON)
    version: int = strawberry.field(description=NUMBER)
    recorded_at: datetime = strawberry.field(description=RECORDED_AT)
    source: str | None = strawberry.field(description=SOURCE)
    reason: str | None = strawberry.field(description=REASON)
    author: Person | None = one(people.PEOPLE, of="author_id", description=AUTHOR)


@strawberry.type(description="A value of a point that was corrected or deleted since, or the effective one.")
class KpiMeasurementRevision(Recorded):
    pass


@strawberry.type(description="The effective value of one point of a KPI's calendar.")
class KpiMeasurement(Recorded):
    partial_value: Decimal | None = strawberry.field(
        description="What the children come to that have a value, in the KPI's unit, where a parent KPI has no value "
        "since others have none; else null."
    )
    part_count: int | None = strawberry.field(
        description="Number of the KPIs it is computed from that have a value; null when recorded."
    )
    expected_part_count: int | None = strawberry.field(
        description="Number of the KPIs it is computed from that should have a value; null when recorded."
    )

    @batched("All values that the point ever had, the effective one first; a short list.")
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
