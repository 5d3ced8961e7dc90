"""Writes audit events as JSON Lines, which nothing reads back: a restore must not forge them."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import Any
from uuid import UUID

import orjson

from service.audit.details import shown_details
from service.audit.queries import ALL_TIME, AUDIT_EVENTS_AFTER
from service.reading.reader import Reader
from service.values import global_ids

BEFORE_ALL = UUID(int=0)


async def audit_lines(reader: Reader, since: datetime = ALL_TIME) -> AsyncIterator[bytes]:
    """The audit events since a time, the oldest first, from one snapshot, some thousand rows at a time."""
    after = BEFORE_ALL
    while rows := await reader.rows(AUDIT_EVENTS_AFTER, after=after, since=since):
        for row in rows:
            yield orjson.dumps(_fields(row), option=orjson.OPT_UTC_Z) + b"\n"
        after = rows[-1].id


def _fields(row: Any) -> dict[str, Any]:
    """The fields of an audit event, with names and ids as in the API."""
    return {
        "id": global_ids.encode("AuditEvent", row.id),
        "recordedAt": row.recorded_at,
        "kind": row.kind,
        "code": row.code,
        "occurrences": row.occurrences,
        "actorId": _id("Person", row.actor_id),
        "serviceAccountId": _id("ServiceAccount", row.service_account_id),
        "apiKeyId": _id("ApiKey", row.api_key_id),
        "subjectType": row.subject_type,
        "subjectId": _id(row.subject_type, row.subject_id),
        "requestId": row.request_id,
        "clientAddress": row.client_address,
        "details": shown_details(orjson.loads(row.details)),
    }


def _id(type_name: str, id: UUID | None) -> str | None:
    return None if id is None else global_ids.encode(type_name, id)
