"""API keys, as the schema shows them."""

from datetime import datetime

import strawberry

from schema.execution.fields.batched import uses_columns
from schema.execution.fields.relation import to_one
from schema.people import Person
from schema.people.scopes import ApiKeyScope
from schema.people.service_accounts import ServiceAccount
from schema.relay.node import global_id
from service.people import queries
from service.people.service_accounts.queries import SERVICE_ACCOUNTS
from service.postgres.database import Row


@strawberry.type(
    description="API key of a person or of a service account. The key itself is shown once, when it is created; the "
    "service stores only a hash."
)
class ApiKey:
    @strawberry.field(
        description="Id of the API key, unique within the organization, for `apiKeyRotate` and `apiKeyRevoke`. It is "
        "no secret, and `node` does not take it."
    )
    @uses_columns("id")
    def id(root: strawberry.Parent[Row]) -> strawberry.ID:
        return global_id("ApiKey", root.id)

    name: str = strawberry.field(description="Name of the API key: what it is for; 1 to 200 characters.")
    created_at: datetime = strawberry.field(description="Time at which the API key was created.")
    expires_at: datetime | None = strawberry.field(
        description="Time from which the API key is not valid any more; null if it does not expire."
    )
    revoked_at: datetime | None = strawberry.field(
        description="Time at which the API key was revoked; null if it was not."
    )
    last_used_at: datetime | None = strawberry.field(
        description="Time of the last request with the API key, exact to a minute; null if it was never used."
    )

    @strawberry.field(
        description="Scopes of the API key, in alphabetical order; null for all that the role of its holder allows but "
        "ACT_AS."
    )
    @uses_columns("scopes")
    def scopes(root: strawberry.Parent[Row]) -> list[ApiKeyScope] | None:
        return None if root.scopes is None else [ApiKeyScope(scope) for scope in root.scopes]

    person: Person | None = to_one(
        queries.PEOPLE,
        key="person_id",
        description="Person whom the API key acts as; null if it belongs to a service account.",
    )
    service_account: ServiceAccount | None = to_one(
        SERVICE_ACCOUNTS,
        key="service_account_id",
        description="Service account that the API key belongs to; null if it acts as a person.",
    )
    replaces: "ApiKey | None" = to_one(
        queries.API_KEYS,
        key="replaces_id",
        description="API key that was rotated into this one; null if this one was created otherwise.",
    )
