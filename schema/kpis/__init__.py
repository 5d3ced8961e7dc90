"""KPIs, as the schema shows them."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated

import strawberry

import schema.kpis.enums
import schema.pillars  # noqa: F401
from schema.context import Info
from schema.descriptions.fields import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION
from schema.descriptions.units import CURRENCY, DISPLAY_DECIMALS, UNIT_KIND
from schema.execution.fields.batched import batched, uses_columns
from schema.execution.fields.relation import to_many, to_one
from schema.kpis.forecast import KpiForecast, forecast
from schema.kpis.measurements import KpiMeasurement
from schema.kpis.measurements.revisions import KpiMeasurementRevision
from schema.kpis.series import KpiSeriesBucket, missing_periods, series
from schema.kpis.summary_fields import of_target, summary_field, summary_field_at
from schema.kpis.surroundings import Surroundings
from schema.nested_lists import MEASUREMENTS
from schema.people import Person, Team
from schema.people.permissions import PERMISSION_COLUMNS, VIEWER_CAN, GoalPermissionsType, permissions_of_goals
from schema.relay.connections import Connection, paged
from schema.relay.node import Entity, Node, identity
from service.key_results import kpi_link_queries
from service.kpis import queries as kpi_queries
from service.kpis.current.row_mapping import SUMMARY_COLUMNS, summary_of
from service.kpis.current.summary import label_at
from service.kpis.enums import (
    Aggregation,
    Direction,
    Frequency,
    Freshness,
    Indicator,
    KpiSource,
    KpiStatus,
    KpiStatusReason,
    KpiValueType,
    NullReason,
    Trend,
)
from service.kpis.measurements import queries as measurement_queries
from service.kpis.series.expectation import DEFAULT_GRACE_DAYS
from service.kpis.targets import queries as target_queries
from service.participants import queries as participants
from service.people import queries as people
from service.people.scopes import ApiKeyScope
from service.pillars.models import Perspective
from service.postgres.database import Row
from service.values.unit_kinds import UnitKind
from service.values.visibility import Visibility

KeyResult = Annotated["KeyResult", strawberry.lazy("schema.key_results")]
Objective = Annotated["Objective", strawberry.lazy("schema.objectives")]
KpiTarget = Annotated["KpiTarget", strawberry.lazy("schema.kpis.targets")]
UNIT = "in the KPI's unit"
GRACE_DAYS = ", ".join(f"{frequency.value} {days}" for frequency, days in DEFAULT_GRACE_DAYS.items())


@strawberry.type(
    description="KPI (key performance indicator): a measure that is followed over years, with its measurements and its "
    "targets."
)
class Kpi(Surroundings, Entity, Node):
    id: strawberry.ID = identity("Kpi")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    name: str = strawberry.field(description="Name of the KPI, such as Monthly sales.")
    definition: str | None = strawberry.field(description="Definition of what exactly the KPI measures, and how.")
    unit: str | None = strawberry.field(description="Unit of the KPI's values as free text, such as EUR, % or hours.")
    unit_kind: UnitKind | None = strawberry.field(description=f"{UNIT_KIND} Null if not set.")
    currency: str | None = strawberry.field(description=f"{CURRENCY} Null for other unit kinds.")
    display_decimals: int | None = strawberry.field(description=f"{DISPLAY_DECIMALS} Null if not set.")
    direction: Direction = strawberry.field(description="Direction in which the KPI's values are good.")
    indicator: Indicator | None = strawberry.field(
        description="Kind of indicator that the KPI is: LEADING or LAGGING; null if not set."
    )
    value_type: KpiValueType = strawberry.field(
        description="Type of the KPI's values: numbers (QUANTITATIVE) or labels of a scale (QUALITATIVE)."
    )
    scale: list[str] = strawberry.field(
        description="Labels of a qualitative KPI's scale, from worst to best; an empty list for a quantitative KPI."
    )
    frequency: Frequency = strawberry.field(description="Frequency at which the KPI is measured, such as MONTHLY.")
    cumulative: bool = strawberry.field(
        description="True if each value of the KPI contains those before it in the fiscal year (year to date). Of "
        "several values the latest then stands for a longer period."
    )
    aggregation: Aggregation = strawberry.field(
        description="Function by which several values of the KPI become one value of a longer period. LAST, MIN or MAX "
        "for a qualitative KPI."
    )
    source: KpiSource = strawberry.field(
        description="Source of the KPI's measurements: recorded, or computed by a formula or from child KPIs."
    )
    formula: str | None = strawberry.field(
        description="Formula that the KPI is computed by, such as [sales] / [orders]; it names other KPIs by external "
        "id or id. Null unless `source` is FORMULA."
    )
    visibility: Visibility = strawberry.field(
        description="Visibility of the KPI with all that belongs to it: who can read it. Its values count in parent "
        "KPIs and formulas for everybody."
    )
    category: str | None = strawberry.field(description="Category of the KPI, a free text to group and find it by.")
    perspective: Perspective | None = strawberry.field(
        description="Balanced Scorecard perspective of the KPI; null if not set."
    )
    weight: float = strawberry.field(
        description="Weight of the KPI in the mean of its parent, 0 or more; used where the parent's source is "
        "CHILDREN_MEAN."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    changed_at: datetime = strawberry.field(
        description="Time of the last write that changed anything this KPI shows: its own fields, measurements (also "
        "computed ones), targets, links and participants. Time alone never moves it. It is no cursor for "
        "synchronising, since writes may be committed in another order than their times."
    )
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    parent: "Kpi | None" = to_one(
        kpi_queries.KPIS, key="parent_id", description="Parent KPI that this KPI is a part of; null if there is none."
    )
    children: list["Kpi"] = to_many(
        kpi_queries.CHILDREN,
        row_key="parent_id",
        description="Child KPIs that are parts of this KPI, by name, without archived ones; a short list, not paged.",
    )
    owner: Person | None = to_one(
        people.PEOPLE, key="owner_id", description="Person who is responsible for the KPI; null if there is none."
    )
    team: Team | None = to_one(
        people.TEAMS, key="team_id", description="Team that the KPI belongs to; null if there is none."
    )
    targets: list[KpiTarget] = to_many(
        target_queries.TARGETS_OF_KPIS,
        row_key="kpi_id",
        description="Targets of the KPI in the order of time, without archived ones; a short list, not paged.",
    )
    key_results: list[KeyResult] = to_many(
        kpi_link_queries.KEY_RESULTS_OF_KPIS,
        row_key="linked_kpi_id",
        description="Key results that take their value from the KPI, or that it measures or guards by a link; without "
        "archived ones; a short list, not paged.",
    )
    objectives: list[Objective] = to_many(
        kpi_link_queries.OBJECTIVES_OF_KPIS,
        row_key="linked_kpi_id",
        description="Objectives of the KPI's `keyResults`, each once, without archived ones; a short list, not paged.",
    )
    measurements: Connection[KpiMeasurement] | None = MEASUREMENTS.of(
        measurement_queries.MEASUREMENTS_OF_KPIS,
        "Measurements of the KPI, the latest period first unless another order is asked for; deleted ones are left "
        "out.",
    )
    revisions: Connection[KpiMeasurementRevision] | None = paged(
        measurement_queries.REVISIONS_OF_KPIS,
        "RECORDED_AT",
        "Former values of the KPI's measurements, which were corrected or deleted since; the latest recorded first.",
        descending=True,
    )
    series: list[KpiSeriesBucket] | None = series
    missing_periods: list[date] | None = missing_periods
    forecast: KpiForecast | None = forecast

    @batched(VIEWER_CAN)
    @uses_columns(*PERMISSION_COLUMNS)
    async def viewer_can(parents: list[Row], info: Info) -> list[GoalPermissionsType]:
        return await permissions_of_goals(  # type: ignore[return-value]
            info, parents, ApiKeyScope.KPIS_WRITE, roles_in=participants.ROLES_IN_KPIS
        )

    current: Decimal | None = summary_field(
        lambda s: s.current,
        f"Latest value of the KPI, {UNIT}; of a qualitative KPI the position of its label on the scale, 1 the worst. "
        "Null before the first value, and with `currentReason`.",
    )
    current_period_start: date | None = summary_field(
        lambda s: s.newest and s.newest.starts_on,
        "First day of the period that `current` stands for; null before the first measurement of the KPI.",
    )
    current_reason: NullReason | None = summary_field(
        lambda s: s.null_reason if s.current is None else None,
        "Reason why `current` of the KPI is null although it was computed. Null where `current` has a value, and where "
        "the KPI has no measurement at all.",
    )
    previous: Decimal | None = summary_field(
        lambda s: s.previous,
        f"Previous value of the KPI, {UNIT}: the newest one before `currentPeriodStart`, also where periods in between "
        "have none. Null if there is none.",
    )
    change: Decimal | None = summary_field(
        lambda s: s.change,
        f"Change of the KPI's value, {UNIT}: `current` less `previous`; `current` itself where a cumulative KPI began "
        "a new fiscal year in between. Null if either is null.",
    )
    change_ratio: float | None = summary_field(
        lambda s: s.change_ratio,
        "Change of the KPI's value as a fraction of the size of `previous`: 0.1 is 10 % more. Null without `change`, "
        "where `previous` is 0 or of another fiscal year of a cumulative KPI, and for a qualitative KPI.",
    )
    target: Decimal | None = summary_field(
        of_target(lambda t: t.value),
        f"Target value for `current`, {UNIT}: that of the target that covers the last day of its period. Null without "
        "such a target, before the first measurement, and for the direction RANGE.",
    )
    target_lower: Decimal | None = summary_field(
        of_target(lambda t: t.lower),
        f"Lower bound of the target band for `current`, {UNIT}, itself inside; null unless the direction is RANGE.",
    )
    target_upper: Decimal | None = summary_field(
        of_target(lambda t: t.upper),
        f"Upper bound of the target band for `current`, {UNIT}, itself inside; null unless the direction is RANGE.",
    )
    attainment: float | None = summary_field(
        lambda s: s.judgement.attainment,
        "Attainment of the target by `current`, a fraction: 1 is exactly met, more than 1 is better. HIGHER: value / "
        "target. LOWER: 2 - value / target. RANGE: 1 inside the band, else 1 - distance / width of the band, at least "
        "0. For a target of 0: 1 if met, else 0. Null without value or target, for targets below 0, and for a "
        "qualitative KPI.",
    )
    variance_to_target: Decimal | None = summary_field(
        lambda s: s.judgement.variance_to_target,
        f"Distance of the KPI from its target, {UNIT}: `current` less the target value. Example: -5 is 5 below the "
        "target, which misses it for HIGHER and is better for LOWER. For RANGE the distance to the nearer bound, 0 "
        "inside the band. Null without value or target.",
    )
    status: KpiStatus = summary_field_at(
        lambda s, now: s.judgement_at(now).status,
        "Status of `current` against its target, a traffic light; NO_DATA without a value, and once `freshness` is "
        "MISSING.",
    )
    status_reason: KpiStatusReason = summary_field_at(
        lambda s, now: s.judgement_at(now).status_reason, "Reason of the KPI's `status`, such as RATIO_THRESHOLDS."
    )
    is_stale: bool = summary_field_at(
        lambda s, now: s.is_stale(now), "True if a measurement of the KPI is overdue: `freshness` is LATE or MISSING."
    )
    freshness: Freshness = summary_field_at(
        lambda s, now: s.freshness(now),
        "Freshness of the KPI: tells if its measurements come when they are due. It is independent of `status`, except "
        "that MISSING makes the status NO_DATA.",
    )
    next_measurement_due_at: datetime | None = summary_field(
        lambda s: s.next_measurement_due_at,
        "Time at which the KPI's next measurement is due: the end, in its time zone, of the period after `current`'s. "
        "Example: 1 May 00:00 for a monthly KPI last measured for March. Before the first measurement, the end of the "
        "period in which the KPI was created. In the past when overdue; null when IRREGULAR.",
    )
    trend: Trend | None = summary_field(
        lambda s: s.trend,
        "Trend of the KPI by its last six values. Null for fewer than three values (of a cumulative KPI, in its newest "
        "fiscal year), for a qualitative KPI, and for RANGE without a target.",
    )
    change_per_period: float | None = summary_field(
        lambda s: float(s.line.change_per_period) if s.line else None,
        f"Average change of the KPI per period, {UNIT}: slope of the least-squares line through its last six values; "
        "per day when IRREGULAR. Example: 1.4 for NPS 60, 61, 63, 64. Null for fewer than three values (of a "
        "cumulative KPI, in its newest fiscal year) and for a qualitative KPI.",
    )

    @strawberry.field(
        description="Label of a qualitative KPI's scale that `current` stands for; null without a value and for a "
        "quantitative KPI."
    )
    @uses_columns("scale", *SUMMARY_COLUMNS)
    def current_label(root: strawberry.Parent[Row]) -> str | None:
        return label_at(root.scale, summary_of(root).current)

    @strawberry.field(
        description="Label that `current` of a qualitative KPI should reach; null without a target and for a "
        "quantitative KPI."
    )
    @uses_columns("scale", *SUMMARY_COLUMNS)
    def target_label(root: strawberry.Parent[Row]) -> str | None:
        target = summary_of(root).judgement.target
        return label_at(root.scale, target.value) if target else None

    @strawberry.field(
        description="Time zone in which the KPI's days begin and end, by its IANA name such as Europe/Berlin; by "
        "default that of the organization."
    )
    @uses_columns("time_zone", "organization_time_zone")
    def time_zone(root: strawberry.Parent[Row]) -> str:
        return root.time_zone or root.organization_time_zone

    @strawberry.field(
        description="Days of grace after `nextMeasurementDueAt` before a measurement of the KPI is LATE. Default by "
        f"frequency: {GRACE_DAYS}. Null when IRREGULAR and not set."
    )
    @uses_columns("grace_days", "frequency")
    def grace_days(root: strawberry.Parent[Row]) -> int | None:
        return root.grace_days if root.grace_days is not None else DEFAULT_GRACE_DAYS.get(Frequency(root.frequency))
