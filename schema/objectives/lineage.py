"""The lineage of an objective across cycles."""

from typing import Annotated

import strawberry

from schema.execution.fields.relation import to_many, to_one
from service.carry_overs import queries as carry_overs

Objective = Annotated["Objective", strawberry.lazy("schema.objectives")]
CarryOver = Annotated["CarryOver", strawberry.lazy("schema.carry_overs")]


@strawberry.type
class Lineage:
    """What an objective carries on, and what became of it."""

    carried_from: Objective | None = to_one(
        carry_overs.SOURCES_OF_OBJECTIVES,
        key="id",
        row_key="linked_id",
        description="Objective of another cycle that this one carries on. Null if there is none, and if the viewer "
        "does not see it.",
    )
    carried_to: list[Objective] = to_many(
        carry_overs.SUCCESSORS_OF_OBJECTIVES,
        row_key="linked_id",
        description="Objectives of other cycles that carry this one on, the oldest first, without archived ones. A "
        "short list.",
    )
    carry_overs: list[CarryOver] = to_many(
        carry_overs.OF_OBJECTIVES,
        row_key="objective_id",
        description="Carry-overs of the objective: what was decided about it for other cycles, one for each cycle, the "
        "oldest first. A short list.",
    )
