"""Check-ins, as the schema shows them."""

from datetime import datetime
from decimal import Decimal

import strawberry

from schema.descriptions.enums import describe_enum
from schema.descriptions.fields import EXTERNAL_ID
from schema.execution.fields.relation import to_one
from schema.key_results import KeyResult
from schema.objectives import Objective
from schema.people import Person
from schema.people.service_accounts import ServiceAccount
from schema.relay.node import Entity, Node, identity
from service.check_ins import queries as check_ins
from service.check_ins.models import SaidStatus
from service.key_results import queries as key_results
from service.objectives import queries as objectives
from service.people import queries as people
from service.people.service_accounts.queries import SERVICE_ACCOUNTS

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
class CheckIn(Entity, Node):
    id: strawberry.ID = identity("CheckIn")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
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
    note: str | None = strawberry.field(description="Note of the author, as free text; null if there is none.")
    at: datetime = strawberry.field(description="Time at which the statement was true; may lie before `recordedAt`.")
    recorded_at: datetime = strawberry.field(description="Time at which the check-in was made.")
    author: Person | None = to_one(
        people.PEOPLE,
        key="author_id",
        description="Person who made the check-in, or on whose behalf it was made; null for a service account alone "
        "and for the operator at the command line.",
    )
    recorder: Person | None = to_one(
        people.PEOPLE,
        key="recorder_id",
        description="Person who made the check-in on behalf of `author`; null if the author did, or a service account "
        "without a person.",
    )
    service_account: ServiceAccount | None = to_one(
        SERVICE_ACCOUNTS,
        key="service_account_id",
        description="Service account that made the check-in, on behalf of `author` or by itself; null if a person made "
        "it or the operator.",
    )
    is_withdrawal: bool = strawberry.field(
        description="True for a withdrawal, which says nothing itself: it takes back the check-in that it replaces."
    )
    invalid_since: datetime | None = strawberry.field(
        description="Time since which the check-in does not count, because it was corrected or withdrawn; null while "
        "it is valid. A withdrawal never counts: its own `recordedAt`."
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
