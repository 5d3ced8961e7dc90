"""What check-ins of every kind have: who made them and when, and whether they count."""

from datetime import datetime

import strawberry

from schema.descriptions.fields import EXTERNAL_ID
from schema.execution.fields.relation import to_one
from schema.people import Person
from schema.people.service_accounts import ServiceAccount
from service.people import queries as people
from service.people.service_accounts.queries import SERVICE_ACCOUNTS


@strawberry.type
class Record:
    """Note, times and makers of a check-in."""

    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
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
