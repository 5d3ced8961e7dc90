"""Key results and milestones, as the schema shows them."""

from datetime import datetime
from decimal import Decimal
from typing import Annotated

import strawberry

from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.descriptions.fields import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION
from schema.descriptions.units import CURRENCY, DISPLAY_DECIMALS, UNIT_KIND
from schema.execution.fields.batched import batched, uses_columns
from schema.execution.fields.columnar import attribute_values
from schema.execution.fields.relation import to_many, to_one
from schema.key_results.surroundings import Surroundings
from schema.kpis import Kpi
from schema.nested_lists import CHECK_INS
from schema.objectives import Objective
from schema.objectives.goal import JUDGED_BY, Goal
from schema.objectives.hidden_contributors import HiddenContributors, hidden_from_key_results
from schema.objectives.history import GoalHistoryPoint, key_result_history
from schema.objectives.scores import ORIGINAL_TARGET, PROPOSED_SCORE, SCORE, SCORE_BAND
from schema.people import Person
from schema.people.permissions import VIEWER_CAN, GoalPermissionsType, permissions_of_goals
from schema.people.status_policies import StatusPolicy
from schema.relay.connections import Connection, paged
from schema.relay.node import Entity, Node, identity
from service.alignment import queries as alignment
from service.carry_overs import queries as carry_overs
from service.check_ins import queries as statements
from service.cycles.scores import ScoreBand, band_of, proposed_score
from service.key_results import queries as key_result_queries
from service.key_results.models import ControlMode, KeyResultKind, ValueSource
from service.kpis import queries as kpis
from service.objectives import queries as objectives
from service.people import queries as people
from service.people.scopes import ApiKeyScope
from service.postgres.database import Row
from service.reading.statements import load_in_order, unique_ids
from service.values.unit_kinds import UnitKind

CheckIn = Annotated["CheckIn", strawberry.lazy("schema.check_ins")]
KpiLink = Annotated["KpiLink", strawberry.lazy("schema.key_results.kpi_links")]
Alignment = Annotated["Alignment", strawberry.lazy("schema.alignment")]
CarryOver = Annotated["CarryOver", strawberry.lazy("schema.carry_overs")]

describe_enum(
    KeyResultKind,
    "Kind of a key result: the way in which its values become progress.",
    INCREASE="Increase from `baseline` up to `target`.",
    DECREASE="Decrease from `baseline` down to `target`.",
    INCREASE_BY="Increase from `baseline` by the amount `changeBy`.",
    DECREASE_BY="Decrease from `baseline` by the amount `changeBy`.",
    INCREASE_BY_PERCENT="Increase by `changeBy` percent of `baseline` (percent, not percentage points).",
    DECREASE_BY_PERCENT="Decrease by `changeBy` percent of `baseline` (percent, not percentage points).",
    REACH="Increase from 0 up to `target`.",
    AT_LEAST="Limit to hold: the value is to stay at `target` or above it.",
    AT_MOST="Limit to hold: the value is to stay at `target` or below it.",
    WITHIN_RANGE="Limit to hold: the value is to stay from `lower` to `upper`, both included. One bound is enough.",
    MILESTONE="Milestones to reach: progress is the share of their weight that is done.",
    BINARY="Result that is done (1) or not (0).",
    BASELINE="Baseline to find out: done once a value is recorded.",
)
describe_enum(
    ControlMode,
    "Mode in which a limit to hold (AT_LEAST, AT_MOST, WITHIN_RANGE) becomes progress.",
    LATEST="Latest value alone: progress is 1 if it is within the limit, else 0.",
    ADHERENCE="Share of all periods of the key result whose last value is within the limit. Periods are as long as the "
    "check-in cadence, or those of the KPI that is followed.",
    DISTANCE="Distance of the latest value to the limit: value / limit for AT_LEAST, 2 - value / limit for AT_MOST. "
    "For limits above 0; not for WITHIN_RANGE.",
)
describe_enum(
    ValueSource,
    "Source of a key result's value.",
    MANUAL="Check-ins on the key result that have a value.",
    ALIGNED_OBJECTIVES="Progress of the objectives that are aligned with the key result as CONTRIBUTES: their weighted "
    "mean.",
    MILESTONES="Milestones of the key result; for the kind MILESTONE, and only for it.",
    KPI="KPI `sourceKpi`: its measurements within the cycle. Check-ins give no value.",
)


@strawberry.type(description="Key result: measurable outcome of one objective.")
class KeyResult(Surroundings, Goal, Entity, Node):
    id: strawberry.ID = identity("KeyResult")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    title: str = strawberry.field(description="Title of the key result: what is measured. 1 to 500 characters.")
    description: str | None = strawberry.field(
        description="Description of the key result: how it is measured. Null if there is none."
    )
    kind: KeyResultKind | None = strawberry.field(
        description="Kind of the key result: the way in which its values become progress. Null for a draft that is "
        "words only."
    )
    mode: ControlMode = strawberry.field(
        description="Mode in which the key result's limit becomes progress; LATEST for all kinds without a limit."
    )
    value_source: ValueSource = strawberry.field(
        description="Source of the key result's value: check-ins, milestones, a KPI or aligned objectives."
    )
    unit: str | None = strawberry.field(
        description="Unit of the key result's values as free text, such as USD, % or hours. Null if none was set."
    )
    unit_kind: UnitKind | None = strawberry.field(
        description=f"{UNIT_KIND} Null if not set. A key result that follows a KPI has one of its own; nothing is "
        "converted."
    )
    currency: str | None = strawberry.field(description=f"{CURRENCY} Null for other unit kinds.")
    display_decimals: int | None = strawberry.field(description=f"{DISPLAY_DECIMALS} Null if not set.")
    shown_baseline: Decimal | None = strawberry.field(
        name="baseline",
        description="Value at which the key result begins, in its unit: as it was set, else as its KPI had it at the "
        "start of the cycle. Null if there is neither; REACH and BINARY begin at 0.",
    )
    shown_target: Decimal | None = strawberry.field(
        name="target",
        description="Value that the key result aims at, or its limit, in its unit. Kinds with `changeBy` compute it "
        "from the baseline; it is null until there is one. Null if none was set.",
    )
    change_by: Decimal | None = strawberry.field(
        description="Amount or percentage (20 is 20 percent) of the kinds INCREASE_BY, DECREASE_BY and those by "
        "percent; above 0. Null if none was set."
    )
    lower: Decimal | None = strawberry.field(
        description="Lower bound of the key result of kind WITHIN_RANGE, itself included; null if there is none."
    )
    upper: Decimal | None = strawberry.field(
        description="Upper bound of the key result of kind WITHIN_RANGE, itself included; null if there is none."
    )
    current: Decimal | None = strawberry.field(
        description="Current value of the key result in its unit: the latest one, or the baseline before that. Null "
        "for a limit without a value, for kind MILESTONE, and if aligned objectives measure it."
    )
    has_data: bool = strawberry.field(
        description="True if the key result has a value: checked in, measured, from aligned objectives, or a milestone "
        "that is done. For kind BASELINE a baseline is enough."
    )
    regressed: bool = strawberry.field(
        description="True if `progressRaw` of the key result is below 0: the value is worse than the baseline, or in "
        "mode DISTANCE far from the limit."
    )
    weight: float = strawberry.field(
        description="Weight of the key result beside the objective's other contributors, 0 to 1 000 000; 0 is tracked, "
        "not counted."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    objective: Objective = to_one(
        objectives.OBJECTIVES,
        key="objective_id",
        description="Objective that the key result belongs to and whose success it measures.",
    )
    status_policy: StatusPolicy = to_one(
        objectives.STATUS_POLICIES, key="objective_id", row_key="objective_id", description=JUDGED_BY
    )
    guardrail_breached: bool = strawberry.field(
        description="True if a KPI in RED guards the key result, or guards what counts toward the aligned objectives "
        "that measure it. The key result is never ACHIEVED then."
    )
    source_kpi: Kpi | None = to_one(
        kpis.KPIS,
        key="source_kpi_id",
        description="KPI that the key result's value comes from; null unless `valueSource` is KPI.",
    )
    kpi_links: list[KpiLink] = to_many(
        key_result_queries.LINKS_OF_KEY_RESULTS,
        row_key="key_result_id",
        description="Links from the key result to the KPIs that measure or guard it. A short list.",
    )
    owner: Person | None = to_one(
        people.PEOPLE, key="owner_id", description="Person who is responsible for the key result; null if none was set."
    )
    milestones: list["Milestone"] = to_many(
        key_result_queries.MILESTONES_OF_KEY_RESULTS,
        row_key="key_result_id",
        description="Milestones of the key result, by position, without archived ones. A short list.",
    )
    incoming_alignments: Connection[Alignment] | None = paged(
        alignment.OF_KEY_RESULTS,
        "POSITION",
        "Alignments of objectives with the key result: links from the objectives that serve it. Those of kind "
        "CONTRIBUTES pass on progress if `valueSource` is ALIGNED_OBJECTIVES.",
    )
    carried_from: "KeyResult | None" = to_one(
        carry_overs.SOURCES_OF_KEY_RESULTS,
        key="id",
        row_key="linked_id",
        description="Key result of another cycle that this one carries on. Null if there is none, and if the viewer "
        "does not see it.",
    )
    carried_to: list["KeyResult"] = to_many(
        carry_overs.SUCCESSORS_OF_KEY_RESULTS,
        row_key="linked_id",
        description="Key results of other cycles that carry this one on, the oldest first, without archived ones. A "
        "short list.",
    )
    carry_overs: list[CarryOver] = to_many(
        carry_overs.OF_KEY_RESULTS,
        row_key="key_result_id",
        description="Carry-overs of the key result: what was decided about it for other cycles, one for each cycle, "
        "the oldest first. A short list.",
    )
    history: list[GoalHistoryPoint] | None = key_result_history
    check_ins: Connection[CheckIn] | None = CHECK_INS.of(
        statements.OF_KEY_RESULTS,
        "Check-ins on the key result that are valid, the latest first.",
        dated=statements.DATED_OF_KEY_RESULTS,
    )
    check_in_history: Connection[CheckIn] | None = paged(
        statements.HISTORY_OF_KEY_RESULTS,
        "AT",
        "Check-ins on the key result, with those that were corrected or withdrawn, and with withdrawals; the latest "
        "first.",
        descending=True,
    )
    latest_check_in: CheckIn | None = to_one(
        statements.LATEST_OF_KEY_RESULTS,
        key="id",
        row_key="key_result_id",
        description="Latest valid check-in on the key result; null if there is none.",
    )

    @strawberry.field(description=SCORE)
    @uses_columns("final_score")
    def score(root: strawberry.Parent[Row]) -> float | None:
        return root.final_score

    @strawberry.field(description=SCORE_BAND)
    @uses_columns("final_score")
    def score_band(root: strawberry.Parent[Row]) -> ScoreBand | None:
        return band_of(root.final_score)

    @strawberry.field(description=PROPOSED_SCORE)
    @uses_columns("exact_progress", "progress_reason")
    def proposed_score(root: strawberry.Parent[Row]) -> float | None:
        score = proposed_score(root.exact_progress, root.progress_reason)
        return None if score is None else float(score)

    @batched(ORIGINAL_TARGET)
    @uses_columns("id")
    async def original_target(parents: list[Row], info: Info) -> list[Decimal | None]:
        ids = attribute_values(parents, "id")
        rows = await info.context.reader.rows(key_result_queries.ORIGINAL_TARGETS, ids=unique_ids(ids))
        targets = {row.id: row.target for row in rows}
        return [targets.get(id) for id in ids]

    @batched(VIEWER_CAN)
    @uses_columns("objective_id", "owner_id", "archived_at")
    async def viewer_can(parents: list[Row], info: Info) -> list[GoalPermissionsType]:
        objectives_of = await load_in_order(
            info.context.reader, objectives.ACCESS, attribute_values(parents, "objective_id")
        )
        return await permissions_of_goals(  # type: ignore[return-value]
            info,
            objectives_of,
            ApiKeyScope.GOALS_WRITE,
            archived=[each.archived_at is not None for each in parents],
            owners=attribute_values(parents, "owner_id"),
            cycles=objectives_of,
        )

    @batched(
        "Contributors to the key result that are hidden from the viewer, as one remainder; null if there are none, and "
        "unless `valueSource` is ALIGNED_OBJECTIVES. With it the contributions that the viewer sees come to "
        "`progress`, so the progress of hidden objectives can be inferred, exactly if it is one."
    )
    @uses_columns("id", "value_source")
    async def hidden_contributors(parents: list[Row], info: Info) -> list[HiddenContributors | None]:
        return await hidden_from_key_results(info, parents)  # type: ignore[return-value]


@strawberry.type(description="Milestone: stage of a key result of kind MILESTONE, with a weight.")
class Milestone(Entity, Node):
    id: strawberry.ID = identity("Milestone")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    title: str = strawberry.field(description="Title of the milestone: what is to be reached. 1 to 500 characters.")
    weight: float = strawberry.field(
        description="Weight of the milestone beside the others of its key result, 0 to 1 "
        "000 000. If all are 0, they count alike."
    )
    done_at: datetime | None = strawberry.field(
        description="Time at which the milestone was reached; null while it is not."
    )
    position: float = strawberry.field(
        description="Position of the milestone among those of its key result; smaller comes first."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    key_result: KeyResult = to_one(
        key_result_queries.KEY_RESULTS, key="key_result_id", description="Key result that the milestone is a stage of."
    )
