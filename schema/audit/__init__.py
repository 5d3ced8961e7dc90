"""Audit events, as the schema shows them."""

from datetime import datetime
from typing import Annotated

import orjson
import strawberry
from strawberry.scalars import JSON

from schema.context import Info
from schema.descriptions.enums import describe_enum
from schema.execution.fields.batched import batched, uses_columns
from schema.execution.fields.relation import to_one
from schema.people import Person
from schema.people.service_accounts import ServiceAccount
from schema.relay.node import Entity, Node, global_id, identity
from schema.relay.nodes import nodes
from service.audit.details import shown_details
from service.audit.kinds import AuditEventKind
from service.people import queries as people
from service.people.service_accounts.queries import SERVICE_ACCOUNTS
from service.postgres.database import Row

ApiKey = Annotated["ApiKey", strawberry.lazy("schema.people.api_keys")]

describe_enum(
    AuditEventKind,
    "Kind of an audit event.",
    SIGN_IN_FAILED="Sign-in that failed, by an API key or a token of this organization. `code` says why.",
    REQUEST_REFUSED="Request or field that was refused for want of rights. `code` is that of the error.",
    KEY_CREATED="API key or share token that was created, which is the subject.",
    KEY_ROTATED="API key that was replaced by a new one; the subject is the replaced key.",
    KEY_REVOKED="API key or share token that was revoked, which is the subject.",
    ROLE_CHANGED="Role of a person or a service account that was given or changed, or membership of a lead that was "
    "made, changed or ended; `details` have the roles before and after.",
    PERSON_ARCHIVED="Person who was archived, and may not sign in any more.",
    PERSON_RESTORED="Person who was restored, and may sign in again.",
    PERSON_ERASED="Person whose personal data was erased.",
    EXPORTED="Export at the command line. `code` says of what: WORKSPACE, ITEMS or AUDIT_EVENTS.",
    ORGANIZATION_RESTORED="Organization that was restored from a file; there are no audit events of the time before.",
    CYCLE_REOPENED="Cycle that was closed and is CLOSING again, so that its scores can be changed.",
    AUDIT_PRUNED="Audit events that the operator deleted because of their age; `details` have their number.",
)


@strawberry.type(
    description="Audit event: something that concerns the security of the organization, such as a failed sign-in, a "
    "refusal, an export, or a change of keys and roles. Only for the roles ADMIN and OWNER."
)
class AuditEvent(Entity, Node):
    id: strawberry.ID = identity("AuditEvent")
    recorded_at: datetime = strawberry.field(
        description="Time at which it happened; of several occurrences that of the first one."
    )
    kind: AuditEventKind = strawberry.field(description="Kind of the audit event, such as SIGN_IN_FAILED.")
    code: str | None = strawberry.field(
        description="Code that says more than the kind: the reason of a failed sign-in, such as KEY_EXPIRED, the code "
        "of the error of a refusal, or what was exported; null for other kinds."
    )
    occurrences: int = strawberry.field(
        description="Number of equal failed sign-ins or refusals within a minute, 1 or more; 1 for other kinds."
    )
    actor: Person | None = to_one(
        people.PEOPLE,
        key="actor_id",
        description="Person who acted; null for the operator at the command line, for a change by the claims of a "
        "sign-in, and where nobody was signed in.",
    )
    service_account: ServiceAccount | None = to_one(
        SERVICE_ACCOUNTS,
        key="service_account_id",
        description="Service account that acted, alone or on behalf of the actor; null if there is none.",
    )
    api_key: ApiKey | None = to_one(
        people.API_KEYS,
        key="api_key_id",
        description="API key of the request; null without a request, and if it had a token instead.",
    )
    subject_type: str | None = strawberry.field(
        description="Name of the type of the object that it was done to, such as Person; null if there is none."
    )
    request_id: str | None = strawberry.field(
        description="Id of the request, as in the logs of the service; null without a request. Of several occurrences "
        "that of the first one."
    )
    client_address: str | None = strawberry.field(
        description="IP address that the request came from; null without a request, and where there were too many "
        "different ones."
    )

    @strawberry.field(description="Id of the object that it was done to; null if there is none.")
    @uses_columns("subject_type", "subject_id")
    def subject_id(root: strawberry.Parent[Row]) -> strawberry.ID | None:
        return global_id(root.subject_type, root.subject_id) if root.subject_id else None

    @batched("Object that it was done to, as it is now; null if there is none, or none that `node` finds.")
    async def subject(parents: list[Row], info: Info) -> list[Node | None]:
        keys = [(p.subject_type, p.subject_id) if p.subject_id else None for p in parents]
        return await nodes(info.context.reader, keys)

    @strawberry.field(
        description='Details by their names, such as {"before": "MEMBER", "after": "ADMIN"} for ROLE_CHANGED, or '
        '{"operation": "Goals", "path": "auditEvents"} for REQUEST_REFUSED: ids, roles, scopes, times and names of '
        "fields, and no values of variables."
    )
    @uses_columns("details")
    def details(root: strawberry.Parent[Row]) -> JSON:
        return shown_details(orjson.loads(root.details))  # type: ignore[return-value]
