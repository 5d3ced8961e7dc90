"""Declaration of carry-overs."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import Field

from service.carry_overs import queries
from service.carry_overs.decisions import CarryOverDecision
from service.carry_overs.models import CarryOver
from service.entities.entity import Entity, Omission
from service.entities.export import Export
from service.entities.items import Instant, Item, Key, ref


class CarryOverItem(Item):
    """Carry-over to record: what was decided about a goal for another cycle; matched by these two."""

    type: Literal["CarryOver"] = "CarryOver"
    REFERENCES: ClassVar[Mapping[str, str]] = {
        "objective": "Objective",
        "key_result": "KeyResult",
        "cycle": "Cycle",
        "successor": "Objective",
        "successor_key_result": "KeyResult",
    }
    IDENTITY: ClassVar[tuple[str, ...]] = ("objective", "key_result", "cycle")
    external_id: ClassVar[None] = None  # type: ignore[misc]
    objective: Key = ref("objective that was decided about, or that the key result belongs to", ...)
    key_result: Key | None = ref("key result that was decided about", more="Left out: the objective itself was.")
    cycle: Key = ref("cycle that the goal was to be carried over into", ...)
    decision: CarryOverDecision = Field(description="Decision about the goal: KEEP, MODIFY or ABANDON.")
    successor: Key | None = ref(
        "objective that carries on the goal", more="Not for ABANDON. Of a key result, the objective it belongs to now."
    )
    successor_key_result: Key | None = ref("key result that carries on the key result", more="Not for ABANDON.")
    decided_at: Instant | None = Field(
        None, description="Time at which it was decided, not in the future. Left out of a new carry-over: now."
    )


CARRY_OVER = Entity(
    model=CarryOver,
    by_id=queries.CARRY_OVERS,
    item=CarryOverItem,
    export=Export(
        where="AND objective.archived_at IS NULL AND key_result.archived_at IS NULL AND cycle.archived_at IS NULL "
        "AND successor.archived_at IS NULL AND successor_key_result.archived_at IS NULL",
        order=("decided_at",),
    ),
    omitted=(
        Omission((), ("history",), "Events tell how it has changed; nothing is computed from it."),
        Omission((), ("create", "update"), "`cycleCarryOver` records it, together with what it creates."),
    ),
)
