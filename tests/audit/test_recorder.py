"""What is noted reaches the database later, is tried again, and is counted when it is lost."""

import asyncio
from datetime import UTC, datetime

import httpx2
import pytest
from structlog.contextvars import bound_contextvars, merge_contextvars
from structlog.testing import capture_logs
from uuid_utils.compat import uuid7

from service.app import create_app
from service.audit import recorder as recorder_module
from service.audit.recorder import AuditRecorder
from service.errors import FindFailure, Overloaded, SignInFailure
from service.postgres.database import Database
from service.settings import Settings
from tests.audit.trail import of, recorded, trail
from tests.kit.client import Client

NOON = datetime(2026, 7, 2, 12, tzinfo=UTC)
NOWHERE = "postgresql+asyncpg://nobody@127.0.0.1:1/nothing"
LOST = "okrgraph_audit_events_lost_total"


def failure_of(client: Client) -> SignInFailure:
    return SignInFailure(client.organization_id, "KEY_WRONG")


async def metric(app: object) -> float:
    transport = httpx2.ASGITransport(app=app)  # type: ignore[arg-type]
    async with httpx2.AsyncClient(transport=transport, base_url="http://okrgraph.test") as http:
        lines = (await http.get("/metrics")).text.splitlines()
    [line] = [line for line in lines if line.startswith(LOST)]
    return float(line.split()[1])


async def test_it_writes_by_itself(owner: Client, database: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("service.audit.recorder.FLUSH_SECONDS", 0.05)
    recorder = AuditRecorder(database)
    recorder.note_failure(failure_of(owner), "10.0.0.1", NOON)
    expected = [of("SIGN_IN_FAILED", code="KEY_WRONG", clientAddress="10.0.0.1")]
    for _ in range(400):
        if await trail(owner, "SIGN_IN_FAILED") == expected:
            break
        await asyncio.sleep(0.05)
    assert await trail(owner, "SIGN_IN_FAILED") == expected
    await recorder.close()


async def test_an_organization_that_is_not_there_has_none(owner: Client, recorder: AuditRecorder) -> None:
    recorder.note_failure(SignInFailure(uuid7(), "TOKEN_EXPIRED"), "10.0.0.1", NOON)
    recorder.note_failure(failure_of(owner), None, NOON)
    assert await recorded(owner, recorder, "SIGN_IN_FAILED") == [of("SIGN_IN_FAILED", code="KEY_WRONG")]
    assert recorder.lost == 0


async def test_the_end_writes_everything(owner: Client, database: Database) -> None:
    recorder = AuditRecorder(database)
    for _ in range(3):
        recorder.note_failure(failure_of(owner), None, NOON)
    await recorder.close()
    failure = of("SIGN_IN_FAILED", code="KEY_WRONG")
    assert await trail(owner, "SIGN_IN_FAILED") == [failure, {**failure, "occurrences": 2}]


async def test_a_failure_that_is_found_later(owner: Client, recorder: AuditRecorder) -> None:
    """What cannot be looked up now is looked up again; a bug is counted."""
    outcomes: dict[str, list[Exception | SignInFailure]] = {
        "wrong": [Overloaded("Busy."), failure_of(owner)],
        "broken": [ValueError("A bug.")],
    }

    def finding(name: str) -> FindFailure:
        async def find() -> SignInFailure:
            outcome = outcomes[name].pop(0)
            if isinstance(outcome, Exception):
                raise outcome
            return outcome

        return find

    with bound_contextvars(request_id="r1"):
        recorder.note_failure(finding("wrong"), "10.0.0.1", NOON)
    with capture_logs() as entries:
        recorder.note_failure(finding("broken"), "10.0.0.1", NOON)
        await recorder.flush()
    assert await trail(owner, "SIGN_IN_FAILED") == []
    assert [entry["event"] for entry in entries] == ["audit events not written", "audit events lost"]
    assert recorder.lost == 1
    with capture_logs([merge_contextvars]) as entries:
        await recorder.flush()
    [failure] = await trail(owner, "SIGN_IN_FAILED")
    assert failure == of("SIGN_IN_FAILED", code="KEY_WRONG", clientAddress="10.0.0.1")
    assert [(entry["event"], entry["request_id"]) for entry in entries] == [("sign-in failed", "r1")]
    assert await trail(owner, "SIGN_IN_FAILED", fields="requestId recordedAt") == [
        {"requestId": "r1", "recordedAt": NOON.isoformat().replace("+00:00", "Z")}
    ]
    assert outcomes == {"wrong": [], "broken": []}


async def test_a_failure_that_is_not_found_until_the_end_is_lost(owner: Client, database: Database) -> None:
    async def find() -> SignInFailure:
        raise Overloaded("Busy.")

    recorder = AuditRecorder(database)
    recorder.note_failure(find, None, NOON)
    await recorder.flush()
    assert recorder.lost == 0
    await recorder.close()
    assert recorder.lost == 1


async def test_what_the_database_cannot_take_is_tried_again_and_lost_at_the_end(
    owner: Client, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = settings.model_copy(update={"pool_timeout": 0.5})
    unreachable = Database(own, NOWHERE)
    recorder = AuditRecorder(unreachable)
    app = create_app(own, unreachable, recorder=recorder)
    for _ in range(3):
        recorder.note_failure(failure_of(owner), None, NOON)
    await recorder.flush()
    assert recorder.lost == 0
    assert await metric(app) == 0
    # The database is there again.
    monkeypatch.setattr(recorder, "_database", owner.database)
    assert await recorded(owner, recorder, "SIGN_IN_FAILED") == [of("SIGN_IN_FAILED", code="KEY_WRONG")]
    monkeypatch.undo()
    monkeypatch.setattr(recorder_module, "MAX_CLOSING_SECONDS", 0.1)
    with capture_logs() as entries:
        await recorder.close()
    assert [(entry["event"], entry["count"]) for entry in entries] == [("audit events lost", 2)]
    assert (recorder.lost, await metric(app)) == (2, 2)
    await unreachable.dispose()
