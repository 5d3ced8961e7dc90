"""Carry-overs of goals, as the schema shows them."""

from datetime import datetime

import strawberry

from schema.cycles import Cycle
from schema.descriptions.enums import describe_enum
from schema.execution.fields.relation import to_one
from schema.key_results import KeyResult
from schema.objectives import Objective
from schema.relay.node import Entity, Node, identity
from service.carry_overs.decisions import CarryOverDecision
from service.cycles import queries as cycles
from service.key_results import queries as key_results
from service.objectives import queries as objectives

describe_enum(
    CarryOverDecision,
    "Decision what becomes of a goal (an objective or a key result) in another cycle.",
    KEEP="Goal that goes on as it is: a new goal with the same facts and without progress carries it on.",
    MODIFY="Goal that goes on with changes: a new goal with other facts carries it on.",
    ABANDON="Goal that does not go on in the other cycle.",
)


@strawberry.type(
    description="Carry-over: decision what becomes of a goal, an objective or a key result, in another cycle. "
    "`cycleCarryOver` records it; the goal itself stays as it is."
)
class CarryOver(Entity, Node):
    id: strawberry.ID = identity("CarryOver")
    decision: CarryOverDecision = strawberry.field(
        description="Decision about the goal: KEEP, MODIFY, or ABANDON, which the others may follow."
    )
    decided_at: datetime = strawberry.field(description="Time at which it was decided, in UTC.")
    objective: Objective | None = to_one(
        objectives.OBJECTIVES,
        key="objective_id",
        description="Objective that was decided about, or that the key result belongs to.",
    )
    key_result: KeyResult | None = to_one(
        key_results.KEY_RESULTS,
        key="key_result_id",
        description="Key result that was decided about; null if the objective was.",
    )
    cycle: Cycle = to_one(cycles.CYCLES, key="cycle_id", description="Cycle that the goal was to be carried over into.")
    successor: Objective | None = to_one(
        objectives.OBJECTIVES,
        key="successor_id",
        description="Objective that carries on the goal, or that the key result which carries it on belongs to. Null "
        "if it was abandoned, and if the viewer does not see it.",
    )
    successor_key_result: KeyResult | None = to_one(
        key_results.KEY_RESULTS,
        key="successor_key_result_id",
        description="Key result that carries on the key result. Null for an objective, if it was abandoned, and if the "
        "viewer does not see it.",
    )
