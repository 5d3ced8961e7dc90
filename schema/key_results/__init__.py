"""Key results and milestones, as the schema shows them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated, Any

import strawberry

from schema.connections import Connection, paged
from schema.execution.batched import batched, looks_at
from schema.execution.relation import many, one
from schema.goals import PACE, Goal, paces
from schema.inputs import described
from schema.kpis import Kpi
from schema.node import Entity, Node, identity
from schema.objectives import Objective
from schema.people import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION, Person
from service.alignment import queries as alignment
from service.check_ins import queries as statements
from service.key_results import queries
from service.key_results.models import ControlMode, KeyResultKind, ValueSource
from service.kpis import queries as kpis
from service.objectives import queries as objectives
from service.people import queries as people

CheckIn = Annotated["CheckIn", strawberry.lazy("schema.check_ins")]
KpiLink = Annotated["KpiLink", strawberry.lazy("schema.key_results.links")]
Alignment = Annotated["Alignment", strawberry.lazy("schema.alignment")]

described(
    KeyResultKind,
    "How a key result is measured.",
    INCREASE="Up from `baseline` to `target`.",
    DECREASE="Down from `baseline` to `target`.",
    INCREASE_BY="Up from `baseline` by the amount `changeBy`.",
    DECREASE_BY="Down from `baseline` by the amount `changeBy`.",
    INCREASE_BY_PERCENT="Up by `changeBy` percent of `baseline` (percent, not percentage points).",
    DECREASE_BY_PERCENT="Down by `changeBy` percent of `baseline` (percent, not percentage points).",
    REACH="Up from 0 to `target`.",
    AT_LEAST="Stay at `target` or above it.",
    AT_MOST="Stay at `target` or below it.",
    WITHIN_RANGE="Stay from `lower` to `upper`, both inside.",
    MILESTONE="Reach milestones, each with a weight.",
    BINARY="Done (1) or not (0).",
    BASELINE="Find out where we stand: done once a baseline is recorded.",
)
described(
    ControlMode,
    "How AT_LEAST, AT_MOST and WITHIN_RANGE become progress.",
    LATEST="1 if the latest value is within the limit, else 0.",
    ADHERENCE="The share of the cycle's check-in periods whose last value is within the limit.",
    DISTANCE="How near the value is to the limit: value/limit for AT_LEAST, 2 - value/limit for AT_MOST.",
)
described(
    ValueSource,
    "Where the value of a key result comes from.",
    MANUAL="From check-ins.",
    ALIGNED_OBJECTIVES="From the progress of the objectives that contribute to it.",
    MILESTONES="From its milestones.",
    KPI="From the KPI `sourceKpi`, over the cycle, without check-ins.",
)


@strawberry.type(description="A measurable outcome of one objective.")
class KeyResult(Goal, Entity, Node):
    id: strawberry.ID = identity("KeyResult")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    title: str = strawberry.field(description="What is measured, in words.")
    description: str | None = strawberry.field(description="How it is measured.")
    kind: KeyResultKind | None = strawberry.field(description="How it is measured; null for a draft in words only.")
    mode: ControlMode = strawberry.field(description="How a limit becomes progress; LATEST for all other kinds.")
    value_source: ValueSource = strawberry.field(description="Where its value comes from.")
    unit: str | None = strawberry.field(description="What its values are counted in, such as USD, % or hours.")
    shown_baseline: Decimal | None = strawberry.field(
        name="baseline", description="Where it began, in its unit: as it was set, or as its KPI had it at the start."
    )
    shown_target: Decimal | None = strawberry.field(
        name="target",
        description="What is aimed at, or the limit, in its unit; for the BY kinds computed once there is a baseline.",
    )
    change_by: Decimal | None = strawberry.field(description="The amount or percentage of the BY kinds; above 0.")
    lower: Decimal | None = strawberry.field(description="The lower bound of WITHIN_RANGE, inside.")
    upper: Decimal | None = strawberry.field(description="The upper bound of WITHIN_RANGE, inside.")
    current: Decimal | None = strawberry.field(description="The latest value, or the baseline before there is one.")
    has_data: bool = strawberry.field(description="Whether any value has been recorded.")
    regressed: bool = strawberry.field(description="Whether the value is worse than the baseline.")
    weight: float = strawberry.field(description="How much it counts beside its siblings; 0 is tracked, not counted.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    objective: Objective = one(objectives.OBJECTIVES, of="objective_id", description="What it measures.")
    guardrail_breached: bool = strawberry.field(
        description="Whether a KPI in RED guards it, or an objective that its value comes from; then it is never "
        "ACHIEVED."
    )
    source_kpi: Kpi | None = one(kpis.KPIS, of="source_kpi_id", description="The KPI that its value comes from.")
    kpi_links: list[KpiLink] = many(
        queries.LINKS_OF_KEY_RESULTS,
        by="key_result_id",
        description="The KPIs that measure or guard it; a short list.",
    )
    owner: Person | None = one(people.PEOPLE, of="owner_id", description="Who answers for it.")
    milestones: list["Milestone"] = many(
        queries.MILESTONES_OF_KEY_RESULTS,
        by="key_result_id",
        description="Its stages, in order, without archived ones; a short list.",
    )
    alignments: Connection[Alignment] | None = paged(
        alignment.OF_KEY_RESULTS, "POSITION", "The edges from the objectives that serve it."
    )
    check_ins: Connection[CheckIn] | None = paged(
        statements.OF_KEY_RESULTS, "AT", "What was said about it, the latest first.", descending=True
    )
    latest_check_in: CheckIn | None = one(
        statements.LATEST_OF_KEY_RESULTS, of="id", by="key_result_id", description="What was last said about it."
    )

    @batched(PACE)
    @looks_at("objective_id", "exact_progress")
    async def pace(parents: list[Any], info: strawberry.Info[Any, Any]) -> list[float | None]:
        return await paces(info, parents, objectives.SPANS, "objective_id")


@strawberry.type(description="A stage of a key result of kind MILESTONE.")
class Milestone(Entity, Node):
    id: strawberry.ID = identity("Milestone")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    title: str = strawberry.field(description="What is to be reached.")
    weight: float = strawberry.field(description="How much it counts beside the others, 0 or more.")
    done_at: datetime | None = strawberry.field(description="When it was reached; null while it is not.")
    position: float = strawberry.field(description="Its place among its siblings; smaller comes first.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    key_result: KeyResult = one(queries.KEY_RESULTS, of="key_result_id", description="What it is a stage of.")
