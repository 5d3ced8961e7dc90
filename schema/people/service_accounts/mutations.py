"""Changing service accounts."""

from uuid import UUID

import strawberry
from strawberry import Maybe

from schema.mutations.declare import (
    EXPECTED_VERSION,
    EXTERNAL_ID,
    NEW_EXTERNAL_ID,
    OWN_ID,
    REASON,
    Subject,
    archiving,
    creating,
    optional,
    restoring,
    updating,
)
from schema.mutations.inputs import facts
from schema.mutations.user_errors import USER_ERRORS, UserError
from schema.people.service_accounts import ServiceAccount
from service.people.service_accounts import commands
from service.people.service_accounts.entity import SERVICE_ACCOUNT
from service.people.service_accounts.models import ServiceAccount as ServiceAccountRow
from service.people.service_accounts.models import ServiceAccountRole
from service.writing.rows import new_row
from service.writing.transaction import Transaction


@strawberry.input(description="Service account to create: a caller that is no person.")
class ServiceAccountCreateInput:
    id: strawberry.ID | None = optional(OWN_ID)
    external_id: str | None = optional(EXTERNAL_ID)
    name: str = strawberry.field(description="Name of the service account: which system it is; 1 to 200 characters.")
    role: ServiceAccountRole | None = optional(
        "Role of the service account: what it may do, and the most that it may do on behalf of people. VIEWER when "
        "left out."
    )


@strawberry.input(
    description="Changes to a service account. A field that is left out stays as it is; null empties a field that may "
    "be empty."
)
class ServiceAccountUpdateInput:
    id: strawberry.ID = strawberry.field(description="Id of the service account to change.")
    expected_version: int | None = optional(EXPECTED_VERSION)
    reason: str | None = optional(REASON)
    external_id: Maybe[str | None] = optional(NEW_EXTERNAL_ID)
    name: Maybe[str] = optional("New name of the service account, 1 to 200 characters. Left out: unchanged.")
    role: Maybe[ServiceAccountRole] = optional("New role of the service account. Left out: unchanged.")


@strawberry.type(
    description="Result of a change to a service account: the service account afterwards, and the reasons if the "
    "change was refused."
)
class ServiceAccountPayload:
    service_account: ServiceAccount | None = strawberry.field(
        description="Service account after the change, or as it is if the change was refused; null if there is none."
    )
    user_errors: list[UserError] = strawberry.field(description=USER_ERRORS)


SUBJECT = Subject(ServiceAccountPayload, SERVICE_ACCOUNT)

# What may take a role away is exclusive: no other write is under way that has begun with that role.


async def _service_account_create(tx: Transaction, input: ServiceAccountCreateInput) -> UUID:
    row = new_row(tx, ServiceAccountRow, facts(input, "ServiceAccount"))
    await commands.create(tx, [row])
    return row.id


@strawberry.type
class ServiceAccountMutations:
    """Fields of Mutation."""

    service_account_create: ServiceAccountPayload | None = creating(
        SUBJECT,
        ServiceAccountCreateInput,
        _service_account_create,
        "Creates a service account, which has no API key yet: `apiKeyCreate` creates one. Needs the role ADMIN or "
        "OWNER.",
        argument="Name, role and ids of the new service account.",
    )
    service_account_update: ServiceAccountPayload | None = updating(
        SUBJECT,
        ServiceAccountUpdateInput,
        "Changes name, role or external id of a service account. Needs the role ADMIN or OWNER.",
        exclusive=True,
    )
    service_account_archive: ServiceAccountPayload | None = archiving(
        SUBJECT,
        "service account",
        "Archives a service account: within a second no process accepts its API keys any more; nothing is deleted. "
        "Needs the role ADMIN or OWNER.",
        exclusive=True,
    )
    service_account_restore: ServiceAccountPayload | None = restoring(
        SUBJECT,
        "service account",
        "Restores an archived service account, whose API keys are accepted again unless they were revoked. Needs the "
        "role ADMIN or OWNER.",
    )
