"""The audit events of an organization in tests."""

from typing import Any
from uuid import UUID

from service.audit.recorder import AuditRecorder
from service.values import global_ids
from tests.kit.client import Client

FIELDS = "kind code occurrences actor { name } subjectType subjectId clientAddress details"
NOBODY: dict[str, Any] = {
    "code": None,
    "occurrences": 1,
    "actor": None,
    "subjectType": None,
    "subjectId": None,
    "clientAddress": None,
    "details": {},
}
BY_OWNER = {"actor": {"name": "Olive Owner"}, "clientAddress": "127.0.0.1"}


class Timer:
    """Seconds that a test lets pass."""

    def __init__(self) -> None:
        self.seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


async def trail(client: Client, *kinds: str, fields: str = FIELDS) -> list[dict[str, Any]]:
    """The audit events of some kinds, or of all, the oldest first."""
    document = (
        f"query($filter: AuditEventFilter) {{ auditEvents(filter: $filter, last: 100) {{ nodes {{ {fields} }} }} }}"
    )
    data = await client.data(document, filter={"kind": {"in": list(kinds)}} if kinds else None)
    return list(reversed(data["auditEvents"]["nodes"]))


async def recorded(client: Client, recorder: AuditRecorder, *kinds: str) -> list[dict[str, Any]]:
    """The audit events of some kinds once what is due is written."""
    await recorder.flush()
    return await trail(client, *kinds)


def of(kind: str, subject: tuple[str, UUID] | None = None, **facts: Any) -> dict[str, Any]:
    """An audit event as `trail` has it."""
    named = {"subjectType": subject[0], "subjectId": global_ids.encode(*subject)} if subject else {}
    return {**NOBODY, "kind": kind, **named, **facts}


def using(client: Client, key: str) -> Client:
    """The same person with another key."""
    return Client(client.app, client.database, client.clock, client.organization_id, client.person_id, key)
