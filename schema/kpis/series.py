"""A KPI over time: a value, a target and a status for each period."""

import asyncio
from collections.abc import Collection, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry

from schema.context import Info
from schema.execution.fields.batched import batched
from schema.kpis.enums import KpiBucketFrequency
from service.errors import BadUserInput
from service.kpis.current.row_mapping import summary_of, targets_of
from service.kpis.definition import ORDINAL
from service.kpis.enums import Aggregation, Frequency, KpiSource, KpiStatus, KpiStatusReason, NullReason
from service.kpis.formulas.definitions import KpiWithLifespan, load_definitions
from service.kpis.formulas.queries import computed_nodes
from service.kpis.formulas.rebucket import FormulaRebucketer
from service.kpis.measurements import queries
from service.kpis.measurements.counting import MeasurementRange, max_periods, split_into_reads, take_from_budget
from service.kpis.series.buckets import Bucket, KpiDefinition, PeriodValue
from service.kpis.series.calendar import day_of, starts
from service.kpis.series.date_range import date_range
from service.kpis.series.date_range import missing_periods as without_value
from service.kpis.series.downsample import MIN_BUCKETS, downsample
from service.kpis.series.expectation import Expectation, expectation
from service.kpis.series.kpi_definition import read_kpi_definition
from service.kpis.series.series import coarser, with_formula_value
from service.kpis.series.slices import SLICE_SIZE, series_in_slices
from service.postgres.database import Row
from service.values.decimals import to_decimal

MAX_SERIES_LENGTH = timedelta(days=366 * 30)
MAX_BUCKETS = 5_000


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
    size = Frequency(bucket) if bucket else None
    series_of_parents = [each for _, each in await _buckets(parents, info, from_, to, size, aggregation)]
    return series_of_parents if max_buckets is None else [downsample(each, max_buckets) for each in series_of_parents]  # type: ignore[return-value]


@batched(
    "Missing periods of the KPI: first days of its periods without a value, oldest first. Only periods after its first "
    "value that have ended, from `from` to `to`. Example: 2026-03-01 if March was not measured. Empty when IRREGULAR."
)
async def missing_periods(parents: list[Row], info: Info, from_: From = None, to: To = None) -> list[list[date]]:
    series_of_parents = await _buckets(parents, info, from_, to, None, None, over=True)
    return [without_value(each, began) for began, each in series_of_parents]


async def _buckets(
    parents: Sequence[Row],
    info: Info,
    first: date | None,
    last: date | None,
    size: Frequency | None,
    aggregation: Aggregation | None,
    *,
    over: bool = False,
) -> list[tuple[date | None, list[Bucket]]]:
    """For each KPI its first day with a value, and its buckets; one statement for all of them unless they have very
    many points, and two or three more where there are formulas. Raises TooManyMeasurements.
    """
    reader, budget = info.context.reader, info.context.budget
    bounds = [_bounds(parent, info, first, last, size, over) for parent in parents]
    for parent in parents:
        _ensure_aggregates(parent, aggregation)
    ranges = [MeasurementRange(p.id, Frequency(p.frequency), *b) for p, b in zip(parents, bounds, strict=True)]
    periods = sum(max_periods(coarser(frequency, size or frequency), *bound) for _, frequency, *bound in ranges)
    await take_from_budget(reader, budget, ranges, periods)
    definitions: dict[UUID, KpiWithLifespan] = {}
    wider: FormulaRebucketer | None = None
    formulas = {p.id: b for p, b in zip(parents, bounds, strict=True) if p.source == KpiSource.FORMULA}
    # A period is missing whatever is expected.
    if formulas and not over:
        nodes = await computed_nodes(reader)
        definitions = await load_definitions(reader, formulas, nodes)
        spans_of = {p.id: formulas[p.id] for p in parents if p.id in formulas and size and _is_wider(p, size)}
        if spans_of and size and aggregation is None:
            wider = FormulaRebucketer(nodes, definitions, spans_of, size)
            await wider.load(reader, budget)
    series_of_parents: list[tuple[date | None, list[Bucket]]] = []
    for indexes in split_into_reads(ranges):
        some = [ranges[index] for index in indexes]
        rows = await reader.rows(
            queries.SPANS,
            ids=[each.id for each in some],
            firsts=[each.first for each in some],
            lasts=[each.last for each in some],
        )
        known = {row.id: row for row in rows}
        done = 0
        # One at a time, however many fields ask, and with turns for other requests in between.
        async with info.context.making:
            for index in indexes:
                kpi, row, buckets = parents[index], known[parents[index].id], []
                expected = _expected(kpi, row.began, definitions.get(kpi.id), info)
                points, measure = queries.measurements_in(row), read_kpi_definition(kpi)
                for each in series_in_slices(
                    measure, points, targets_of(row), expected, *bounds[index], size, aggregation
                ):
                    buckets += each
                    done += sum(bucket.count + 1 for bucket in each)
                    if done >= SLICE_SIZE:
                        done = 0
                        await asyncio.sleep(0)
                if wider and size:
                    counted = _counted(measure, points, expected, bounds[index])
                    longer = await wider.compute(kpi.id, counted)
                    if longer is not None:
                        buckets = [with_formula_value(measure, b, longer.get(b.starts_on), expected) for b in buckets]
                series_of_parents.append((row.began, buckets))
    return series_of_parents


def _expected(kpi: Any, first_on: date | None, definition: KpiWithLifespan | None, info: Info) -> Expectation:
    """What is expected of a KPI now; a formula's beginning is in its definition."""
    zone = kpi.time_zone or kpi.organization_time_zone
    created_on = day_of(kpi.created_at, zone)
    began = definition.lifespan.began if definition else min(created_on, first_on or created_on)
    return expectation(Frequency(kpi.frequency), zone, began, info.context.now, kpi.grace_days, kpi.archived_at)


def _counted(
    measure: KpiDefinition, points: Sequence[PeriodValue], expected: Expectation, bounds: tuple[date, date]
) -> Collection[date]:
    """The first days of a KPI's own periods between two days whose measurements are expected."""
    due = expected.span(measure.frequency, measure.fiscal_year_start_month, *bounds)
    days = set(starts(*due, measure.frequency, measure.fiscal_year_start_month)) if due else set()
    return days | {point.starts_on for point in points if point.value is not None}


def _ensure_aggregates(kpi: Any, aggregation: Aggregation | None) -> None:
    if aggregation is not None and read_kpi_definition(kpi).on_scale and aggregation not in ORDINAL:
        raise BadUserInput(
            f"`aggregation` is {aggregation}; {kpi.name} is qualitative, and positions on a scale have only "
            f"{', '.join(ORDINAL)}."
        )


def _is_wider(row: Any, size: Frequency) -> bool:
    return coarser(read_kpi_definition(row).frequency, size) != row.frequency


def _bounds(
    row: Any,
    info: Info,
    first: date | None,
    last: date | None,
    size: Frequency | None,
    over: bool,
) -> tuple[date, date]:
    """As `window`, up to the KPI's own today. Raises BadUserInput."""
    today = day_of(info.context.now, summary_of(row).time_zone)
    end = last or today
    if first is not None and first > end:
        raise BadUserInput(f"`from` is {first}, after `to`, {end}.")
    if first is not None and end - first > MAX_SERIES_LENGTH:
        raise BadUserInput("A series has at most 30 years.")
    return date_range(read_kpi_definition(row), today, first, last, size, only_ended=over)
