"""Alignments, as the schema shows them."""

from datetime import datetime

import strawberry

from schema.descriptions.enums import describe_enum
from schema.descriptions.fields import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION
from schema.execution.fields.relation import to_one
from schema.key_results import KeyResult
from schema.objectives import Objective
from schema.relay.node import Entity, Node, identity
from service.alignment.models import AlignmentKind
from service.key_results import queries as key_results
from service.objectives import queries as objectives

describe_enum(
    AlignmentKind,
    "Kind of an alignment: tells if the objective's progress counts toward the parent that it serves.",
    CONTRIBUTES="Contribution: the objective's progress counts toward the parent, by the weight of the alignment.",
    SUPPORTS="Support: the objective helps the parent, and its progress does not count.",
)


@strawberry.type(
    description="Alignment: link from an objective to its parent, the objective or key result that it serves."
)
class Alignment(Entity, Node):
    id: strawberry.ID = identity("Alignment")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    kind: AlignmentKind = strawberry.field(
        description="Kind of the alignment: the objective's progress counts toward the parent (CONTRIBUTES) or does "
        "not (SUPPORTS)."
    )
    weight: float = strawberry.field(
        description="Weight of the objective beside the parent's other contributors, 0 to 1 000 000; 0 is tracked, not "
        "counted. Without effect for SUPPORTS."
    )
    is_primary: bool = strawberry.field(
        description="True if tree views show the objective below this parent; at most one alignment of an objective is "
        "primary."
    )
    position: float = strawberry.field(
        description="Position of the alignment among those of its parent objective; smaller comes first."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
    objective: Objective = to_one(
        objectives.OBJECTIVES,
        key="objective_id",
        description="Objective that serves the parent: the child, whose progress may count there.",
    )
    parent: Objective = to_one(
        objectives.OBJECTIVES,
        key="parent_id",
        description="Parent objective that is served, directly or through one of its key results.",
    )
    parent_key_result: KeyResult | None = to_one(
        key_results.KEY_RESULTS,
        key="parent_key_result_id",
        description="Key result of the parent objective that is served; null if it is the objective itself.",
    )
