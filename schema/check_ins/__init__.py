"""Check-ins, as the schema shows them."""

from decimal import Decimal

import strawberry

from schema.check_ins.record import Record
from schema.descriptions.enums import describe_enum
from schema.execution.fields.relation import to_one
from schema.key_results import KeyResult
from schema.objectives import Objective
from schema.relay.node import Entity, Node, identity
from service.check_ins import queries as check_ins
from service.check_ins.models import SaidStatus
from service.key_results import queries as key_results
from service.objectives import queries as objectives

describe_enum(
    SaidStatus,
    "Status of an objective or a key result as the author of a check-in judges it.",
    ON_TRACK="Goal that will be reached, as the author sees it.",
    AT_RISK="Goal that may not be reached, as the author sees it.",
    OFF_TRACK="Goal that will not be reached unless something changes, as the author sees it.",
    name="CheckInStatus",
)


@strawberry.type(
    description="Check-in: statement about a key result or an objective at one moment. It is never changed afterwards: "
    "a correction or a withdrawal is another check-in that replaces it."
)
class CheckIn(Record, Entity, Node):
    id: strawberry.ID = identity("CheckIn")
    value: Decimal | None = strawberry.field(
        description="Value that the check-in states, in the unit of the key result; about an objective, its progress "
        "from 0 to 1. Null if it states none."
    )
    confidence: float | None = strawberry.field(
        description="Confidence of the author that the goal will be reached, 0 to 1; null if none was stated."
    )
    status: SaidStatus | None = strawberry.field(
        description="Status of the goal as the author judges it; null if none was stated."
    )
    replaces: "CheckIn | None" = to_one(
        check_ins.CHECK_INS,
        key="replaces_id",
        description="Check-in that this one corrects or withdraws; null if it replaces none.",
    )
    replaced_by: "CheckIn | None" = to_one(
        check_ins.REPLACEMENTS,
        key="id",
        row_key="replaces_id",
        description="Correction or withdrawal of the check-in; null while the check-in is valid.",
    )
    objective: Objective = to_one(
        objectives.OBJECTIVES,
        key="objective_id",
        description="Objective that the check-in is about, or that its key result belongs to.",
    )
    key_result: KeyResult | None = to_one(
        key_results.KEY_RESULTS,
        key="key_result_id",
        description="Key result that the check-in is about; null if it is about the objective itself.",
    )
