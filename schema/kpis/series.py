"""A KPI over time: a value, a target and a status for each period."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import date
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from schema.context import Info
from schema.execution.fields.batched import batched, uses_columns
from schema.kpis.bucket_loading import BUCKET_COLUMNS, SeriesRequest, load_buckets
from schema.kpis.enums import KpiBucketFrequency
from service.errors import BadUserInput
from service.kpis.enums import Aggregation, Frequency, KpiStatus, KpiStatusReason, NullReason
from service.kpis.series.date_range import missing_periods as without_value
from service.kpis.series.downsample import MIN_BUCKETS, downsample
from service.postgres.database import Row
from service.values.decimals import to_decimal

MAX_BUCKETS = 5_000
# Buckets that are selected from without yielding to the event loop; it takes some milliseconds.
BUCKETS_AT_ONCE = 5_000


@strawberry.type(
    description="Series bucket: one period of a KPI's series, as long as the KPI's own periods or longer, with its "
    "value, target and status. A missing value is null, never 0."
)
class KpiSeriesBucket:
    starts_on: date = strawberry.field(description="First day of the series bucket's period.")
    ends_on: date = strawberry.field(description="Last day of the series bucket's period.")
    value: Decimal | None = strawberry.field(
        description="Value of the KPI for the period, in its unit: the measurement of the period, or several "
        "measurements aggregated. Null if there is none."
    )
    null_reason: NullReason | None = strawberry.field(
        description="Reason why the period has no value, where its newest measurement without a value gives one. "
        "Null with a value, and where nothing was measured."
    )
    count: int = strawberry.field(
        description="Number of the KPI's measurements with a value in the period, from which `value` is made."
    )
    expected_count: int | None = strawberry.field(
        description="Number of the KPI's measurements expected in the period until now: those whose grace has "
        "ended, and those that have a value. Null when IRREGULAR."
    )
    is_complete: bool | None = strawberry.field(
        description="True if all measurements are there that the value of the period needs: the last expected one "
        "for LAST and for cumulative KPIs, else all expected ones. False where the value is null because an input "
        "has none, also in a running period of which nothing is expected yet. Null when IRREGULAR."
    )
    is_running: bool = strawberry.field(description="True if the period has not ended yet, in the KPI's time zone.")
    attainment: float | None = strawberry.field(
        description="Attainment of the target by the value of the period, a fraction: 1 is exactly met; formulas as in "
        "`Kpi.attainment`. Null without value or target, for targets below 0, for qualitative KPIs, and for an "
        "incomplete SUM or COUNT of a LOWER KPI."
    )
    variance_to_target: Decimal | None = strawberry.field(
        description="Distance of the period's value from its target, in the KPI's unit: value less target; for "
        "RANGE the distance to the nearer bound, 0 inside the band. Null without value or target."
    )
    status: KpiStatus = strawberry.field(
        description="Status of the period's value against its target; INCOMPLETE instead of GREEN while an expected "
        "measurement is missing."
    )
    status_reason: KpiStatusReason = strawberry.field(description="Reason of the series bucket's `status`.")

    @strawberry.field(
        description="Target value of the period, in the KPI's unit. For SUM and AVERAGE the sum or mean of the "
        "targets of the measurements expected until now; for LAST, MIN, MAX and cumulative KPIs the target of the "
        "measurement that made the value; for COUNT that of the last expected one. Null if an expected measurement "
        "has no target, and for RANGE."
    )
    def target(root: strawberry.Parent[Row]) -> Decimal | None:
        return to_decimal(root.target.value) if root.target else None

    @strawberry.field(
        description="Partial value of a parent KPI, in its unit: the sum or mean of those children that have a value, "
        "while `value` is null because others have none. Else null."
    )
    def partial_value(root: strawberry.Parent[Row]) -> Decimal | None:
        return root.input_counts.value if root.input_counts else None

    @strawberry.field(
        description="Coverage of a computed KPI, 0 to 1: share of its inputs that have a value for the period, "
        "`inputCount` / `expectedInputCount`. Null where these are null or 0."
    )
    def coverage(root: strawberry.Parent[Row]) -> float | None:
        counts = root.input_counts
        return counts.count / counts.expected if counts and counts.expected else None

    @strawberry.field(
        description="Number of inputs (KPIs that this KPI is computed from) that have a value for the period. Null for "
        "a MEASURED KPI, and where several measurements were aggregated."
    )
    def input_count(root: strawberry.Parent[Row]) -> int | None:
        return root.input_counts.count if root.input_counts else None

    @strawberry.field(description="Number of inputs that should have a value for the period; null as `inputCount` is.")
    def expected_input_count(root: strawberry.Parent[Row]) -> int | None:
        return root.input_counts.expected if root.input_counts else None

    @strawberry.field(description="Lower bound of the period's target band, inside, in the KPI's unit; for RANGE only.")
    def target_lower(root: strawberry.Parent[Row]) -> Decimal | None:
        return to_decimal(root.target.lower) if root.target else None

    @strawberry.field(description="Upper bound of the period's target band, inside, in the KPI's unit; for RANGE only.")
    def target_upper(root: strawberry.Parent[Row]) -> Decimal | None:
        return to_decimal(root.target.upper) if root.target else None


From = Annotated[
    date | None,
    strawberry.argument(name="from", description="Day in the first period to return. Left out: 365 days before `to`."),
]
To = Annotated[
    date | None,
    strawberry.argument(description="Day in the last period to return. Left out: today in the KPI's time zone."),
]
BucketSize = Annotated[
    KpiBucketFrequency | None,
    strawberry.argument(
        description="Length of the series buckets. Left out, or shorter than the KPI's own periods: the KPI's own "
        "periods."
    ),
]
Function = Annotated[
    Aggregation | None,
    strawberry.argument(
        description="Function by which several measurements become one value of a longer period. Left out: the KPI's "
        "`aggregation`. LAST, MIN or MAX for a qualitative KPI."
    ),
]
MaxPoints = Annotated[
    int | None,
    strawberry.argument(
        description=f"Maximum number of series buckets to return, {MIN_BUCKETS} to 5 000, for small screens: of each "
        "stretch the lowest and the highest are kept, so no peak is lost. Left out: all."
    ),
]


@batched(
    "Series of the KPI over time, oldest first: one bucket for every period, also where nothing was measured; of an "
    "IRREGULAR KPI without `bucket`, only days with a value. Over longer periods than the KPI's own, a formula is "
    "computed from its inputs' values for those periods, unless it, or a formula below it, uses `lag` or `sum`, or "
    "`aggregation` is given. At most 30 years."
)
@uses_columns(*BUCKET_COLUMNS)
async def series(
    parents: list[Row],
    info: Info,
    from_: From = None,
    to: To = None,
    bucket: BucketSize = None,
    aggregation: Function = None,
    max_buckets: MaxPoints = None,
) -> list[list[KpiSeriesBucket]]:
    if max_buckets is not None and not MIN_BUCKETS <= max_buckets <= MAX_BUCKETS:
        raise BadUserInput(f"`maxBuckets` is {max_buckets}; it has to be from {MIN_BUCKETS} to {MAX_BUCKETS}.")
    request = SeriesRequest(from_, to, Frequency(bucket) if bucket else None, aggregation)
    series_of_parents = [each for _, each in await load_buckets(parents, info, request)]
    if max_buckets is None:
        return series_of_parents  # type: ignore[return-value]
    return await _apply_to_each(lambda buckets: downsample(buckets, max_buckets), series_of_parents)


@batched(
    "Missing periods of the KPI: first days of its periods without a value, oldest first. Only periods after its first "
    "value that have ended, from `from` to `to`. Example: 2026-03-01 if March was not measured. Empty when IRREGULAR."
)
@uses_columns(*BUCKET_COLUMNS)
async def missing_periods(parents: list[Row], info: Info, from_: From = None, to: To = None) -> list[list[date]]:
    series_of_parents = await load_buckets(parents, info, SeriesRequest(from_, to, only_ended=True))
    began_on = iter([began for began, _ in series_of_parents])
    return await _apply_to_each(
        lambda buckets: without_value(buckets, next(began_on)), [each for _, each in series_of_parents]
    )


async def _apply_to_each(function: Callable[[Sequence[Any]], list[Any]], lists: Sequence[Sequence[Any]]) -> list[Any]:
    """The results of a function of each list of buckets, with turns for other requests in between."""
    results, done = [], 0
    for buckets in lists:
        results.append(function(buckets))
        done += len(buckets)
        if done >= BUCKETS_AT_ONCE:
            done = 0
            await asyncio.sleep(0)
    return results
