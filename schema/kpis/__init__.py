"""KPIs, as the schema shows them."""

from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry

import schema.kpis.words
import schema.pillars  # noqa: F401
from schema.connections import Connection, paged
from schema.execution.batched import looks_at
from schema.execution.relation import many, one
from schema.kpis.future import KpiForecast, forecast
from schema.kpis.measurements import KpiMeasurement, KpiMeasurementRevision
from schema.kpis.series import KpiSeriesPoint, gaps, series
from schema.node import Entity, Node, identity
from schema.people import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION, Person, Team
from service.key_results import kpi_queries
from service.kpis import queries
from service.kpis.expected import GRACE
from service.kpis.judgement import Target
from service.kpis.kpi_rows import STANDING, standing_of
from service.kpis.standing import Standing, label
from service.kpis.words import (
    Aggregation,
    Direction,
    Frequency,
    Freshness,
    Indicator,
    KpiNature,
    KpiSource,
    KpiStatus,
    KpiStatusReason,
    NullReason,
    Trend,
)
from service.people import queries as people
from service.pillars.models import Perspective

KeyResult = Annotated["KeyResult", strawberry.lazy("schema.key_results")]
Objective = Annotated["Objective", strawberry.lazy("schema.objectives")]
KpiTarget = Annotated["KpiTarget", strawberry.lazy("schema.kpis.targets")]
UNIT = "in the KPI's unit"


def told(read: Callable[[Standing], Any], description: str) -> Any:
    """A field that follows from the latest points, which every row of a KPI carries."""

    @looks_at(*STANDING)
    def resolver(root: strawberry.Parent[Any]):  # type: ignore[no-untyped-def]
        return read(standing_of(root))

    return strawberry.field(resolver=resolver, description=description)


def told_now(read: Callable[[Standing, datetime], Any], description: str) -> Any:
    """As `told`, for what also depends on the time of the request."""

    @looks_at(*STANDING)
    def resolver(root: strawberry.Parent[Any], info: strawberry.Info[Any, Any]):  # type: ignore[no-untyped-def]
        return read(standing_of(root), info.context.now)

    return strawberry.field(resolver=resolver, description=description)


def _of_target(read: Callable[[Target], Any]) -> Callable[[Standing], Any]:
    def of_standing(standing: Standing) -> Any:
        target = standing.judgement.target
        return read(target) if target else None

    return of_standing


@strawberry.type(description="A measure that is watched over years, and what it should be.")
class Kpi(Entity, Node):
    id: strawberry.ID = identity("Kpi")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    name: str = strawberry.field(description="What it is called.")
    definition: str | None = strawberry.field(description="What exactly is measured, and how.")
    unit: str | None = strawberry.field(description="What its values are counted in.")
    direction: Direction = strawberry.field(description="Which values are good.")
    indicator: Indicator | None = strawberry.field(description="Whether it tells what is to come or what has been.")
    nature: KpiNature = strawberry.field(description="Whether it has numbers or grades.")
    scale: list[str] = strawberry.field(
        description="The grades of a qualitative KPI, from worst to best; else an empty list."
    )
    frequency: Frequency = strawberry.field(description="How often it is measured.")
    cumulative: bool = strawberry.field(
        description="Whether a value contains those before it in the year, so that of several the latest wins."
    )
    aggregation: Aggregation = strawberry.field(
        description="How several values become one of a longer period; LAST, MIN or MAX when qualitative."
    )
    source: KpiSource = strawberry.field(description="Where its points come from.")
    formula: str | None = strawberry.field(description="What it is computed by; KPIs stand in it by external id.")
    category: str | None = strawberry.field(description="A group of your own to find it by.")
    perspective: Perspective | None = strawberry.field(description="Its perspective of the Balanced Scorecard.")
    weight: float = strawberry.field(description="How much it counts in the mean of its parent, 0 or more.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    changed_at: datetime = strawberry.field(
        description="Time of the last write that changed anything this KPI shows: its own fields, measurements (also "
        "computed ones), targets and links. Time alone never moves it. It is no cursor for synchronising, since writes "
        "may be committed in another order than their times."
    )
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    parent: "Kpi | None" = one(queries.KPIS, of="parent_id", description="The KPI that it is part of.")
    children: list["Kpi"] = many(
        queries.CHILDREN, by="parent_id", description="The KPIs that are part of it, by name; a short list."
    )
    owner: Person | None = one(people.PEOPLE, of="owner_id", description="Who answers for it.")
    team: Team | None = one(people.TEAMS, of="team_id", description="Which team it belongs to.")
    targets: list[KpiTarget] = many(
        queries.TARGETS_OF_KPIS, by="kpi_id", description="What it should be, in the order of time; a short list."
    )
    key_results: list[KeyResult] = many(
        kpi_queries.KEY_RESULTS_OF_KPIS,
        by="linked_kpi_id",
        description="The key results that follow it, or that it measures or guards; a short list.",
    )
    objectives: list[Objective] = many(
        kpi_queries.OBJECTIVES_OF_KPIS,
        by="linked_kpi_id",
        description="The objectives of those key results, each once; a short list.",
    )
    measurements: Connection[KpiMeasurement] | None = paged(
        queries.MEASUREMENTS_OF_KPIS, "ON", "Its points, the latest first; deleted ones are left out.", descending=True
    )
    revisions: Connection[KpiMeasurementRevision] | None = paged(
        queries.REVISIONS_OF_KPIS,
        "RECORDED",
        "Values that were corrected or deleted since, the latest recorded first.",
        descending=True,
    )
    series: list[KpiSeriesPoint] | None = series
    gaps: list[date] | None = gaps
    forecast: KpiForecast | None = forecast

    current: Decimal | None = told(lambda s: s.current, f"Its latest value, {UNIT}; null with `currentReason`.")
    current_on: date | None = told(
        lambda s: s.newest and s.newest.starts_on, "The first day of the period that `current` stands for."
    )
    current_reason: NullReason | None = told(
        lambda s: s.null_reason if s.current is None else None,
        "Why `current` is null, where it was computed to nothing; null when there is no point at all.",
    )
    previous: Decimal | None = told(lambda s: s.previous, f"The value before the latest, {UNIT}.")
    change: Decimal | None = told(
        lambda s: s.change,
        f"Change since `previous`, {UNIT}: `current` less `previous`; `current` itself where a cumulative KPI began a "
        "new fiscal year in between.",
    )
    change_ratio: float | None = told(
        lambda s: s.change_ratio,
        "Change as a fraction of `previous`; null where that is 0 or of another fiscal year of a cumulative KPI, and "
        "when qualitative.",
    )
    target: Decimal | None = told(
        _of_target(lambda t: t.value), "What `current` should be, by the target of the last day of its period."
    )
    target_lower: Decimal | None = told(_of_target(lambda t: t.lower), "The lower bound of its band, for RANGE.")
    target_upper: Decimal | None = told(_of_target(lambda t: t.upper), "The upper bound of its band, for RANGE.")
    attainment: float | None = told(
        lambda s: s.judgement.attainment,
        "How far `current` meets its target; 1 is exactly. HIGHER: value/target; LOWER: 2 - value/target; RANGE: 1 "
        "inside, else 1 - distance/width. Null without value or target, for targets below 0, and when qualitative.",
    )
    gap: Decimal | None = told(
        lambda s: s.judgement.gap, f"`current` less its target, {UNIT}; for RANGE to the nearer bound, 0 inside."
    )
    status: KpiStatus = told_now(
        lambda s, now: s.judgement_at(now).status,
        "Status of `current` against its target; NO_DATA once measurements are MISSING.",
    )
    status_reason: KpiStatusReason = told_now(
        lambda s, now: s.judgement_at(now).status_reason, "Why the status is what it is."
    )
    is_stale: bool = told_now(
        lambda s, now: s.is_stale(now), "Whether a measurement is overdue: the freshness is LATE or MISSING."
    )
    freshness: Freshness = told_now(
        lambda s, now: s.freshness(now), "Whether its measurements come when they are due; beside the status."
    )
    expected_at: datetime | None = told(
        lambda s: s.expected_at, "When the next point is due, as its period is over; null when IRREGULAR."
    )
    trend: Trend | None = told(
        lambda s: s.trend, "Where its last six values go; null of fewer than three, and when qualitative."
    )
    slope: float | None = told(
        lambda s: float(s.line.slope) if s.line else None,
        f"How much it changes in a period by its trend, {UNIT}; when IRREGULAR, in a day.",
    )

    @strawberry.field(description="The grade of a qualitative KPI that `current` is the place of.")
    @looks_at("scale", *STANDING)
    def current_label(root: strawberry.Parent[Any]) -> str | None:
        return label(root.scale, standing_of(root).current)

    @strawberry.field(description="Label that `current` of a qualitative KPI should reach; null without a target.")
    @looks_at("scale", *STANDING)
    def target_label(root: strawberry.Parent[Any]) -> str | None:
        target = standing_of(root).judgement.target
        return label(root.scale, target.value) if target else None

    @strawberry.field(description="IANA name of the time zone that its days belong to; the organization's by default.")
    @looks_at("time_zone", "organization_time_zone")
    def time_zone(root: strawberry.Parent[Any]) -> str:
        return root.time_zone or root.organization_time_zone

    @strawberry.field(description="Days after `expectedAt` before a point is LATE; by its frequency unless it is set.")
    @looks_at("grace_days", "frequency")
    def grace_days(root: strawberry.Parent[Any]) -> int | None:
        return root.grace_days if root.grace_days is not None else GRACE.get(Frequency(root.frequency))
