"""Alignments, as the schema shows them."""

from datetime import datetime

import strawberry

from schema.execution.relation import one
from schema.inputs import described
from schema.key_results import KeyResult
from schema.node import Entity, Node, identity
from schema.objectives import Objective
from schema.people import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION
from service.alignment.models import AlignmentKind
from service.key_results import queries as key_results
from service.objectives import queries as objectives

described(
    AlignmentKind,
    "What an objective brings to the one it serves.",
    CONTRIBUTES="Its progress counts, by its weight.",
    SUPPORTS="It helps and does not count.",
)


@strawberry.type(description="That an objective serves another objective or one of its key results.")
class Alignment(Entity, Node):
    id: strawberry.ID = identity("Alignment")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    kind: AlignmentKind = strawberry.field(description="Whether it counts.")
    weight: float = strawberry.field(description="How much it counts beside others; 0 is tracked, not counted.")
    is_primary: bool = strawberry.field(description="Whether a tree view hangs the objective here; one edge at most.")
    position: float = strawberry.field(description="Its place among the edges of its parent; smaller comes first.")
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    objective: Objective = one(objectives.OBJECTIVES, of="objective_id", description="The objective that serves.")
    parent: Objective = one(
        objectives.OBJECTIVES, of="parent_id", description="The objective served, itself or by its key result."
    )
    parent_key_result: KeyResult | None = one(
        key_results.KEY_RESULTS, of="parent_key_result_id", description="The key result served, if it is one."
    )
