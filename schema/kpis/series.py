"""A KPI over time: a value, a target and a status for each period."""

import asyncio
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Annotated, Any
from uuid import UUID

import strawberry

from schema.execution.batched import batched
from schema.kpis.words import KpiBucket
from service.errors import BadUserInput
from service.kpis import spans
from service.kpis.calendar import day_of
from service.kpis.counting import Wanted, in_reads, most, take
from service.kpis.downsample import FEWEST, downsampled
from service.kpis.kpi_rows import standing_of, targets_of
from service.kpis.measuring import measure_in
from service.kpis.series import Bucket, Point, coarser
from service.kpis.slicing import SLICE, sliced
from service.kpis.widening import widened
from service.kpis.window import gaps as missing
from service.kpis.window import window
from service.kpis.words import Aggregation, Frequency, KpiSource, KpiStatus, KpiStatusReason, NullReason

LONGEST = timedelta(days=366 * 30)
MOST_POINTS = 5_000


@strawberry.type(description="One period of a KPI's series. What is missing is null, never 0.")
class KpiSeriesPoint:
    starts_on: date = strawberry.field(description="Its first day.")
    ends_on: date = strawberry.field(description="Its last day.")
    value: Decimal | None = strawberry.field(description="The value of the period, in the KPI's unit.")
    null_reason: NullReason | None = strawberry.field(description="Why a point of the period has no value.")
    count: int = strawberry.field(description="How many values went into it.")
    attainment: float | None = strawberry.field(description="How far the value meets the target; 1 is exactly.")
    gap: Decimal | None = strawberry.field(description="Value less target, in the KPI's unit.")
    status: KpiStatus = strawberry.field(description="How the value stands against the target.")
    status_reason: KpiStatusReason = strawberry.field(description="Why the status is what it is.")

    @strawberry.field(
        description="What the value should be. Of a longer period the targets of those points that are there: their "
        "sum for SUM, their mean for AVERAGE, else the latest."
    )
    def target(root: strawberry.Parent[Any]) -> Decimal | None:
        return root.target.value if root.target else None

    @strawberry.field(description="The lower bound of the band, for RANGE.")
    def target_lower(root: strawberry.Parent[Any]) -> Decimal | None:
        return root.target.lower if root.target else None

    @strawberry.field(description="The upper bound of the band, for RANGE.")
    def target_upper(root: strawberry.Parent[Any]) -> Decimal | None:
        return root.target.upper if root.target else None


From = Annotated[
    date | None, strawberry.argument(name="from", description="A day of the first period; a year before `to`.")
]
To = Annotated[date | None, strawberry.argument(description="A day of the last period; today by default.")]
BucketSize = Annotated[
    KpiBucket | None,
    strawberry.argument(description="The periods; the KPI's own by default, and never shorter than those."),
]
Function = Annotated[
    Aggregation | None,
    strawberry.argument(description="How values become one of a longer period; the KPI's own by default."),
]
MaxPoints = Annotated[
    int | None,
    strawberry.argument(
        description=f"At most so many points, {FEWEST} to 5 000, for small screens: of each stretch the lowest and the "
        "highest are kept, so no peak is lost."
    ),
]


@batched(
    "Its values over time, oldest first: every period has a point, also where nothing was measured; of an IRREGULAR "
    "KPI without `bucket`, only those with a value. Over longer periods than its own, a formula is computed from what "
    "its KPIs come to in these, unless it looks back or `aggregate` is given. At most 30 years."
)
async def series(
    parents: list[Any],
    info: strawberry.Info[Any, Any],
    from_: From = None,
    to: To = None,
    bucket: BucketSize = None,
    aggregate: Function = None,
    max_points: MaxPoints = None,
) -> list[list[KpiSeriesPoint]]:
    if max_points is not None and not FEWEST <= max_points <= MOST_POINTS:
        raise BadUserInput(f"`maxPoints` is {max_points}; it has to be from {FEWEST} to {MOST_POINTS}.")
    size = Frequency(bucket) if bucket else None
    found = [each for _, each in await _buckets(parents, info, from_, to, size, aggregate)]
    return found if max_points is None else [downsampled(each, max_points) for each in found]  # type: ignore[return-value]


@batched("The first days of the periods between its first point and today that have no value, oldest first.")
async def gaps(
    parents: list[Any], info: strawberry.Info[Any, Any], from_: From = None, to: To = None
) -> list[list[date]]:
    found = await _buckets(parents, info, from_, to, None, None, over=True)
    return [missing(each, began) for began, each in found]


async def _buckets(
    parents: Sequence[Any],
    info: "strawberry.Info[Any, Any]",
    first: date | None,
    last: date | None,
    size: Frequency | None,
    aggregation: Aggregation | None,
    *,
    over: bool = False,
) -> list[tuple[date | None, list[Bucket]]]:
    """For each KPI its first day with a value, and its buckets; one statement for all of them unless they have very
    many points. Raises TooManyMeasurements.
    """
    reader, budget = info.context.reader, info.context.budget
    bounds = [_bounds(parent, info, first, last, size, over) for parent in parents]
    wanted = [Wanted(p.id, Frequency(p.frequency), *b) for p, b in zip(parents, bounds, strict=True)]
    periods = sum(most(coarser(frequency, size or frequency), *bound) for _, frequency, *bound in wanted)
    await take(reader, budget, wanted, periods)
    wide: dict[UUID, list[Point]] = {}
    if size and aggregation is None:
        spans_of = {p.id: b for p, b in zip(parents, bounds, strict=True) if _is_wider(p, size)}
        wide = await widened(reader, spans_of, size, budget) if spans_of else {}
    found: list[tuple[date | None, list[Bucket]]] = []
    for places in in_reads(wanted):
        some = [wanted[place] for place in places]
        rows = await reader.rows(
            spans.SPANS,
            ids=[each.id for each in some],
            firsts=[each.first for each in some],
            lasts=[each.last for each in some],
        )
        known = {row.id: row for row in rows}
        done = 0
        # One at a time, however many fields ask, and with turns for other requests in between.
        async with info.context.making:
            for place in places:
                kpi, row, buckets = parents[place], known[parents[place].id], []
                for each in _gathered(kpi, row, bounds[place], size, aggregation, wide.get(kpi.id)):
                    buckets += each
                    done += sum(bucket.count + 1 for bucket in each)
                    if done >= SLICE:
                        done = 0
                        await asyncio.sleep(0)
                found.append((row.began, buckets))
    return found


def _gathered(
    kpi: Any,
    row: Any,
    bound: tuple[date, date],
    size: Frequency | None,
    aggregation: Aggregation | None,
    wide: list[Point] | None,
) -> Iterator[list[Bucket]]:
    measure = measure_in(kpi)
    if wide is not None and size is not None:
        return sliced(replace(measure, frequency=size), wide, targets_of(row), *bound)
    return sliced(measure, spans.points_of(row), targets_of(row), *bound, size, aggregation)


def _is_wider(row: Any, size: Frequency) -> bool:
    return row.source == KpiSource.FORMULA and coarser(measure_in(row).frequency, size) != row.frequency


def _bounds(
    row: Any,
    info: "strawberry.Info[Any, Any]",
    first: date | None,
    last: date | None,
    size: Frequency | None,
    over: bool,
) -> tuple[date, date]:
    """As `window`, up to the KPI's own today. Raises BadUserInput."""
    today = day_of(info.context.now, standing_of(row).time_zone)
    end = last or today
    if first is not None and first > end:
        raise BadUserInput(f"`from` is {first}, after `to`, {end}.")
    if first is not None and end - first > LONGEST:
        raise BadUserInput("A series has at most 30 years.")
    return window(measure_in(row), today, first, last, size, over=over)
