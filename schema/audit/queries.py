"""Fields of Query that find audit events."""

import strawberry

from schema.audit import AuditEvent
from schema.relay.connections import Connection
from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import filter_input, order_input, root_list
from service.all_entities import AUDIT_EVENT

AuditEventFilter = filter_input(
    AUDIT_EVENT,
    "audit events",
    kind="Condition on the kind of the audit event.",
    code="Condition on the code of the audit event, such as KEY_EXPIRED or FORBIDDEN.",
    actor_id="Condition on the id of the person who acted.",
    api_key_id="Condition on the id of the API key of the request.",
    subject_type="Condition on the name of the type of the object that it was done to, such as Person.",
    subject_id="Condition on the id of the object that it was done to.",
    client_address="Condition on the IP address that the request came from.",
    recorded_at="Condition on the time at which it happened.",
)
AuditEventOrder = order_input(AUDIT_EVENT, "audit events", "RECORDED_AT", OrderDirection.DESC)


@strawberry.type
class AuditQueries:
    """Fields of Query."""

    audit_events: Connection[AuditEvent] | None = root_list(
        AUDIT_EVENT,
        AuditEventFilter,
        AuditEventOrder,
        "Audit events of the organization, a page at a time. Needs the role ADMIN or OWNER.",
    )
