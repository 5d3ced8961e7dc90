"""Rows of audit events, and their insertion in a transaction of their own."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson
from uuid_utils.compat import uuid7

from service.audit.derivations import Derived
from service.audit.tally import Counted
from service.postgres.database import WRITE, Database
from service.viewer import Viewer

COLUMNS = (
    *("organization_id", "id", "recorded_at", "kind", "actor_id", "service_account_id", "api_key_id"),
    *("subject_type", "subject_id", "code", "occurrences", "request_id", "client_address", "details"),
)
_VALUES = ", ".join("g.id" if name == "organization_id" else f"n.{name}" for name in COLUMNS)
# With a row of the tenant, so that nothing is written for an organization that is not there.
INSERT = f"""
    INSERT INTO audit_events ({", ".join(COLUMNS)})
    SELECT {_VALUES}
    FROM organizations g
    CROSS JOIN jsonb_populate_recordset(CAST(NULL AS audit_events), CAST(CAST($2 AS text) AS jsonb)) AS n
    WHERE g.id = $1"""

AuditRow = dict[str, Any]


def row_of_viewer(viewer: Viewer, now: datetime, derived: Derived) -> AuditRow:
    """The row of what a viewer did."""
    return {
        "organization_id": viewer.organization_id,
        "id": uuid7(),
        "recorded_at": now,
        "kind": derived.kind,
        "actor_id": viewer.person_id,
        "service_account_id": viewer.service_account_id,
        "api_key_id": viewer.api_key_id,
        "subject_type": derived.subject_type,
        "subject_id": derived.subject_id,
        "code": derived.code,
        "occurrences": 1,
        "request_id": viewer.request_id,
        "client_address": viewer.client_address,
        "details": orjson.dumps(derived.details).decode(),
    }


def row_of_counted(counted: Counted) -> AuditRow:
    """The row of an occurrence and its repeats."""
    occurrence = counted.occurrence
    named = {"operation": occurrence.operation, "path": occurrence.path}
    details = {name: text for name, text in named.items() if text is not None}
    return {
        "organization_id": occurrence.organization_id,
        "id": uuid7(),
        "recorded_at": counted.at,
        "kind": occurrence.kind,
        "actor_id": occurrence.actor_id,
        "service_account_id": occurrence.service_account_id,
        "api_key_id": occurrence.api_key_id,
        "subject_type": occurrence.subject_type,
        "subject_id": occurrence.subject_id,
        "code": occurrence.code,
        "occurrences": counted.times,
        "request_id": counted.request_id,
        "client_address": occurrence.client_address,
        "details": orjson.dumps(details).decode(),
    }


def rows_parameter(rows: Sequence[AuditRow]) -> str:
    """The second parameter of INSERT."""
    objects = [row | {"details": orjson.Fragment(row["details"])} for row in rows]
    # The driver has UUIDs of its own.
    return orjson.dumps(objects, default=str).decode()


async def insert(database: Database, organization_id: UUID, rows: Sequence[AuditRow]) -> None:
    """Commits rows of an organization; nothing if there is no such organization.

    It takes no lock of the organization, so that it waits for nobody. Raises Overloaded, OperationTimeout, Unavailable
    and Unconfirmed.
    """
    async with database.open_connection(database.primary, WRITE, organization_id, only_read=False) as pooled:
        await pooled.driver.execute(INSERT, organization_id, rows_parameter(rows))
