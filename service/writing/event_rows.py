"""Rows of the event of a change, and of the audit events that follow from it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import Table

from service.audit.derivations import Derived, derived_from
from service.audit.models import AuditEvent
from service.audit.rows import row_of_viewer
from service.events.models import Event, Verb
from service.postgres.tables import TenantRow, table_of
from service.viewer import Viewer
from service.writing.unsaved_row import model_of

EVENTS, AUDIT_EVENTS = table_of(Event), table_of(AuditEvent)


def rows_of_change(
    viewer: Viewer,
    now: datetime,
    verb: Verb,
    row: TenantRow,
    changes: dict[str, Any],
    *,
    event_id: UUID,
    objective_id: UUID | None,
    reason: str | None,
    input_digest: bytes | None,
) -> Iterator[tuple[Table, dict[str, Any]]]:
    """The event of a change by a viewer, and its audit events, each with its table."""
    subject_type = model_of(row).__name__
    # As plain columns: of every three new rows two are events and revisions, and a model costs its time.
    yield (
        EVENTS,
        {
            "id": event_id,
            "organization_id": viewer.organization_id,
            "recorded_at": now,
            "verb": verb,
            "subject_type": subject_type,
            "subject_id": row.id,
            "objective_id": objective_id,
            "actor_id": viewer.person_id,
            "service_account_id": viewer.service_account_id,
            "request_id": viewer.request_id,
            "reason": reason,
            "changes": orjson.dumps(changes).decode(),
            "input_digest": input_digest,
        },
    )
    for derived in derived_from(verb, subject_type, row.id, changes):
        yield audit_row(viewer, now, derived)


def audit_row(viewer: Viewer, now: datetime, derived: Derived) -> tuple[Table, dict[str, Any]]:
    """An audit event of what a viewer does, with its table."""
    return AUDIT_EVENTS, row_of_viewer(viewer, now, derived)
