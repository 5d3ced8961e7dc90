"""What is to be expected of a KPI."""

from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

import strawberry

from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.execution.fields.batched import batched, uses_columns
from schema.execution.running.invoke import call_each
from service.errors import BadUserInput
from service.kpis.current.row_mapping import SUMMARY_COLUMNS, summary_of
from service.kpis.current.summary import KpiSummary
from service.kpis.current.trend import CONFIDENCE_LEVEL, METHOD, MIN_TREND_VALUES
from service.kpis.targets import queries
from service.kpis.targets.evaluation import Target
from service.postgres.database import Row
from service.values.decimals import to_decimal


class ForecastMethod(StrEnum):
    LEAST_SQUARES = METHOD


class ForecastReason(StrEnum):
    TOO_FEW_MEASUREMENTS = "TOO_FEW_MEASUREMENTS"
    OUTSIDE_FISCAL_YEAR = "OUTSIDE_FISCAL_YEAR"
    QUALITATIVE = "QUALITATIVE"


describe_enum(
    ForecastMethod,
    "Method by which a forecast of a KPI is computed.",
    name="KpiForecastMethod",
    LEAST_SQUARES="Least-squares line through the KPI's last three to six values, extended to the day.",
)
describe_enum(
    ForecastReason,
    "Reason why there is no forecast of a KPI.",
    name="KpiForecastReason",
    TOO_FEW_MEASUREMENTS=f"Fewer than {MIN_TREND_VALUES} values of the KPI; of a cumulative KPI, in its newest "
    "fiscal year.",
    OUTSIDE_FISCAL_YEAR="Day in another fiscal year than the newest value of a cumulative KPI, which begins anew with "
    "each fiscal year.",
    QUALITATIVE="Qualitative KPI: its labels have an order and no distances.",
)


@strawberry.type(
    description="Forecast of a KPI for a day, provided that its trend continues, and the change needed to meet the "
    "target of that day."
)
class KpiForecast:
    value: Decimal | None = strawberry.field(
        description="Forecast value of the KPI in its unit, for the period that the day lies in; null with `reason`."
    )
    lower_bound: Decimal | None = strawberry.field(
        description="Lower bound of the forecast in the KPI's unit: the value is expected between `lowerBound` and "
        "`upperBound` with a probability of 95 % (prediction interval). Null with `reason`."
    )
    upper_bound: Decimal | None = strawberry.field(
        description="Upper bound of the forecast in the KPI's unit: the value is expected between `lowerBound` and "
        "`upperBound` with a probability of 95 % (prediction interval). Null with `reason`."
    )
    confidence_level: float = strawberry.field(
        description="Probability with which the value is expected between `lowerBound` and `upperBound`: 0.95."
    )
    method: ForecastMethod = strawberry.field(description="Method by which the forecast is computed.")
    sample_size: int = strawberry.field(
        description="Number of the KPI's latest values that the forecast is computed from, 3 to 6. With `reason`, "
        "number of values found, 0 to 6."
    )
    reason: ForecastReason | None = strawberry.field(description="Reason why there is no forecast; null with a value.")
    target: Decimal | None = strawberry.field(
        description="Target value of the KPI on that day, in its unit; null without a target, and for RANGE."
    )
    required_per_period: Decimal | None = strawberry.field(
        description="Required change of the KPI's `current` in each period left, in its unit, to be at the target on "
        "that day (for RANGE, in the band, 0 if it is). Null without value, target or a period left, for a qualitative "
        "KPI, and where a cumulative KPI begins anew before that day."
    )


At = Annotated[
    date, strawberry.argument(description="Day to forecast; it stands for the whole period of the KPI that it lies in.")
]


@batched("Forecast of the KPI for a day, by the least-squares line through its last six values, at least three.")
@uses_columns("id", *SUMMARY_COLUMNS)
async def forecast(parents: list[Row], info: Info, at: At) -> list[KpiForecast]:
    rows = await info.context.reader.rows(queries.TARGETS_ON, ids=[parent.id for parent in parents], day=at)
    targets = {kpi_id: Target(*columns) for kpi_id, *columns in rows}
    # What is out of reach for one KPI need not be for others.
    return call_each(lambda parent: _forecast(parent, at, targets.get(parent.id)), parents)


def _forecast(row: Any, at: date, target: Target | None) -> KpiForecast:
    summary = summary_of(row)
    try:
        expected = summary.forecast(at)
        needed = summary.required_per_period(at, target)
    except OverflowError:
        raise BadUserInput(f"`at` is {at}, which is out of reach.") from None
    return KpiForecast(
        value=expected.value if expected else None,
        lower_bound=expected.lower if expected else None,
        upper_bound=expected.upper if expected else None,
        confidence_level=CONFIDENCE_LEVEL,
        method=ForecastMethod.LEAST_SQUARES,
        sample_size=summary.line.n if summary.line else sum(each.value is not None for each in summary.measurements),
        reason=None if expected else _reason(summary),
        target=to_decimal(target.value) if target else None,
        required_per_period=needed,
    )


def _reason(summary: KpiSummary) -> ForecastReason:
    if summary.definition.on_scale:
        return ForecastReason.QUALITATIVE
    return ForecastReason.OUTSIDE_FISCAL_YEAR if summary.line else ForecastReason.TOO_FEW_MEASUREMENTS
