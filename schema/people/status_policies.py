"""Versions of the status policy, as the schema shows them."""

from datetime import datetime
from typing import Annotated

import strawberry

from schema.execution.fields.relation import to_one
from schema.people.service_accounts import ServiceAccount
from schema.relay.node import Entity, Node, identity
from service.cadence.due import Weekday
from service.people import queries
from service.people.service_accounts.queries import SERVICE_ACCOUNTS

Person = Annotated["Person", strawberry.lazy("schema.people")]
PACE = "Pace (progress divided by the share of the cycle that has passed; for a limit to hold, progress itself)"


@strawberry.type(
    description="Status policy: version of the settings by which goals of the organization are judged. A change of the "
    "policy adds a version. Goals of a closed cycle keep the version that was in force when it was closed."
)
class StatusPolicy(Entity, Node):
    id: strawberry.ID = identity("StatusPolicy")
    number: int = strawberry.field(description="Number of the version of the status policy, counted from 1.")
    on_track_pace: float = strawberry.field(description=f"{PACE} from which on a goal is ON_TRACK: a fraction.")
    at_risk_pace: float = strawberry.field(
        description=f"{PACE} from which on a goal is AT_RISK; below it, OFF_TRACK. A fraction of at most `onTrackPace`."
    )
    check_in_cadence_days: int = strawberry.field(
        description="Number of days between two expected check-ins on a goal, 1 to 366. A check-in is OVERDUE three "
        "days after it was due."
    )
    check_in_weekday: Weekday | None = strawberry.field(
        description="Weekday that check-ins on goals are due on; null: they are due when the days have passed."
    )
    valid_from: datetime = strawberry.field(
        description="Time from which on the version of the status policy is in force, until that of the next version."
    )
    reason: str | None = strawberry.field(
        description="Reason that was given for the change of the status policy; null if none was given."
    )
    author: Person | None = to_one(
        queries.PEOPLE,
        key="author_id",
        description="Person who changed the status policy; null if nobody did, as for the first version, or a service "
        "account did alone.",
    )
    service_account: ServiceAccount | None = to_one(
        SERVICE_ACCOUNTS,
        key="service_account_id",
        description="Service account that changed the status policy; null if none did.",
    )
