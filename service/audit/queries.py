"""Reads of audit events."""

from datetime import datetime
from typing import Any

from sqlalchemy import bindparam, select

from service.audit.models import AuditEvent
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.statements import columns, select_by, visible

EXPORT_ROWS = 2_000
_audit = columns_of(AuditEvent)

AUDIT_EVENTS = select_by(AuditEvent)
ORDERS = {"RECORDED_AT": _audit.id}
ALL_AUDIT_EVENTS = Listing(tuple(columns(AuditEvent)), table_of(AuditEvent), (visible(AuditEvent),), ORDERS, _audit.id)
# Those after the id `:after` that were recorded at `:since` or later, the oldest first.
AUDIT_EVENTS_AFTER: Any = (
    select(*columns(AuditEvent))
    .where(
        visible(AuditEvent),
        _audit.id > bindparam("after", type_=_audit.id.type),
        _audit.recorded_at >= bindparam("since", type_=_audit.recorded_at.type),
    )
    .order_by(_audit.id)
    .limit(EXPORT_ROWS)
)
# Before all times that an audit event could have.
ALL_TIME = datetime.fromisoformat("1970-01-01T00:00:00+00:00")
