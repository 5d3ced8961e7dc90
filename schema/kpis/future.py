"""What is to be expected of a KPI."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import strawberry

from schema.execution.batched import batched, looks_at
from schema.execution.calling import called
from schema.inputs import described
from service.errors import BadUserInput
from service.exact import answered
from service.kpis import queries
from service.kpis.judgement import Target
from service.kpis.kpi_rows import STANDING, standing_of
from service.kpis.standing import Standing
from service.kpis.trend import FEWEST, METHOD


class ForecastMethod(StrEnum):
    LEAST_SQUARES = METHOD


class ForecastReason(StrEnum):
    TOO_FEW_POINTS = "TOO_FEW_POINTS"
    ANOTHER_YEAR = "ANOTHER_YEAR"
    QUALITATIVE = "QUALITATIVE"


described(
    ForecastMethod,
    "How a forecast comes about.",
    name="KpiForecastMethod",
    LEAST_SQUARES="The least-squares line through the last values, at most six.",
)
described(
    ForecastReason,
    "Why there is no forecast.",
    name="KpiForecastReason",
    TOO_FEW_POINTS=f"There are fewer than {FEWEST} values, of a cumulative KPI in its newest fiscal year.",
    ANOTHER_YEAR="A cumulative KPI begins anew with each fiscal year, and the day lies in another one.",
    QUALITATIVE="The KPI has labels, which have an order and no distances.",
)


@strawberry.type(description="What a KPI will be on a day if it goes on like this, and what its target asks for.")
class KpiForecast:
    value: Decimal | None = strawberry.field(description="The value expected; null with `reason`.")
    lower: Decimal | None = strawberry.field(description="In 95 of 100 cases it is not below this.")
    upper: Decimal | None = strawberry.field(description="In 95 of 100 cases it is not above this.")
    method: ForecastMethod = strawberry.field(description="How it comes about.")
    n: int = strawberry.field(description="How many values it is based on.")
    reason: ForecastReason | None = strawberry.field(description="Why there is no value.")
    target: Decimal | None = strawberry.field(description="What the KPI should be on that day; null without a target.")
    required_per_period: Decimal | None = strawberry.field(
        description="How much `current` has to change in each period left to be at the target on that day (for RANGE, "
        "at the nearer bound); null without value, target or a period left, when qualitative, and where a cumulative "
        "KPI begins anew before that day."
    )


At = Annotated[date, strawberry.argument(description="The day to look at; it stands for its whole period.")]


@batched("What it will be on a day if it goes on like this, by its last six values.")
@looks_at("id", *STANDING)
async def forecast(parents: list[Any], info: strawberry.Info[Any, Any], at: At) -> list[KpiForecast]:
    rows = await info.context.reader.rows(queries.TARGETS_ON, ids=[parent.id for parent in parents], day=at)
    targets = {kpi_id: Target(*columns) for kpi_id, *columns in rows}
    # What is out of reach for one KPI need not be for others.
    return called(lambda parent: _forecast(parent, at, targets.get(parent.id)), parents)


def _forecast(row: Any, at: date, target: Target | None) -> KpiForecast:
    standing = standing_of(row)
    try:
        found = standing.forecast(at)
        needed = standing.required(at, target)
    except OverflowError:
        raise BadUserInput(f"`at` is {at}, which is out of reach.") from None
    return KpiForecast(
        value=found.value if found else None,
        lower=found.lower if found else None,
        upper=found.upper if found else None,
        method=ForecastMethod.LEAST_SQUARES,
        n=standing.line.n if standing.line else sum(point.value is not None for point in standing.points),
        reason=None if found else _reason(standing),
        target=answered(target.value) if target else None,
        required_per_period=needed,
    )


def _reason(standing: Standing) -> ForecastReason:
    if standing.measure.on_scale:
        return ForecastReason.QUALITATIVE
    return ForecastReason.ANOTHER_YEAR if standing.line else ForecastReason.TOO_FEW_POINTS
