"""Check-ins, as the schema shows them."""

from datetime import datetime
from decimal import Decimal

import strawberry

from schema.execution.relation import one
from schema.inputs import described
from schema.key_results import KeyResult
from schema.node import Entity, Node, identity
from schema.objectives import Objective
from schema.people import EXTERNAL_ID, Person
from service.check_ins.models import SaidStatus
from service.key_results import queries as key_results
from service.objectives import queries as objectives
from service.people import queries as people

described(
    SaidStatus,
    "What a person says about how a goal stands.",
    ON_TRACK="It will be reached.",
    AT_RISK="It may not be reached.",
    OFF_TRACK="It will not be reached unless something changes.",
    name="CheckInStatus",
)


@strawberry.type(description="What somebody said about a goal at one moment; never changed afterwards.")
class CheckIn(Entity, Node):
    id: strawberry.ID = identity("CheckIn")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    value: Decimal | None = strawberry.field(
        description="The value in the unit of the key result; about an objective, its progress as a fraction."
    )
    confidence: float | None = strawberry.field(description="How sure the author is to reach it, 0 to 1.")
    status: SaidStatus | None = strawberry.field(description="How it stands, in the author's words.")
    note: str | None = strawberry.field(description="What else there is to say.")
    at: datetime = strawberry.field(description="When it was true; may lie before `recordedAt`.")
    recorded_at: datetime = strawberry.field(description="When it was said.")
    author: Person | None = one(people.PEOPLE, of="author_id", description="Who said it; null for the operator.")
    objective: Objective = one(
        objectives.OBJECTIVES, of="objective_id", description="The objective it is about, or whose key result."
    )
    key_result: KeyResult | None = one(
        key_results.KEY_RESULTS, of="key_result_id", description="The key result it is about, if it is about one."
    )
