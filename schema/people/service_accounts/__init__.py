"""Service accounts, as the schema shows them."""

from datetime import datetime

import strawberry

from schema.descriptions.enums import describe_enum
from schema.descriptions.fields import ARCHIVED, CREATED, EXTERNAL_ID, UPDATED, VERSION
from schema.relay.node import Entity, Node, identity
from service.people.service_accounts.models import ServiceAccountRole

describe_enum(
    ServiceAccountRole,
    "Role of a service account, which decides what it may do: a role of people, but never OWNER.",
    ADMIN="Administrator, who may change people, teams, cycles, pillars and the organization, and may import.",
    MEMBER="Member, who sees goals with the visibility ORGANIZATION, may create goals, and may edit those if "
    "`Organization.memberEditing` is ALL.",
    VIEWER="Viewer, who may read goals with the visibility ORGANIZATION.",
)


@strawberry.type(
    description="Service account: a caller that is no person, such as a backend or a job. It has API keys of its own, "
    "and acts on behalf of people if a key has the scope ACT_AS."
)
class ServiceAccount(Entity, Node):
    id: strawberry.ID = identity("ServiceAccount")
    external_id: str | None = strawberry.field(description=EXTERNAL_ID)
    name: str = strawberry.field(description="Name of the service account: which system it is; 1 to 200 characters.")
    role: ServiceAccountRole = strawberry.field(
        description="Role of the service account: what it may do, and the most that it may do on behalf of people."
    )
    version: int = strawberry.field(description=VERSION)
    created_at: datetime = strawberry.field(description=CREATED)
    updated_at: datetime = strawberry.field(description=UPDATED)
    archived_at: datetime | None = strawberry.field(description=ARCHIVED)
