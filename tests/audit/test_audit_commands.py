"""The commands `audit-export` and `audit-prune`, and exports as audit events."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import orjson

from service.values import global_ids
from tests.audit.trail import of, trail
from tests.kit.client import Client
from tests.kit.commands import Ended, run_async


async def run(database_url: str, *arguments: str) -> Ended:
    return await run_async(*arguments, OKRGRAPH_DATABASE_URL=database_url)


def lines_of(text: str | bytes) -> list[dict[str, Any]]:
    return [orjson.loads(line) for line in text.splitlines()]


async def test_an_export_is_recorded_before_it(owner: Client, database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "workspace.jsonl"
    assert (await run(database_url, "export", str(file))).code == 0
    assert (await run(database_url, "export", "--items-only")).code == 0
    # Nothing is written, and it was recorded all the same.
    assert (await run(database_url, "export", str(tmp_path / "nowhere" / "file"))).code == 1
    codes = ("WORKSPACE", "ITEMS", "WORKSPACE")
    assert await trail(owner, "EXPORTED") == [of("EXPORTED", code=code) for code in codes]
    assert b"audit_events" not in file.read_bytes()


async def test_without_its_audit_event_nothing_is_exported(
    owner: Client, database_url: str, tmp_path: Path, cleaner: asyncpg.Connection
) -> None:
    file = tmp_path / "workspace.jsonl"
    await cleaner.execute("REVOKE INSERT ON audit_events FROM okrgraph_app")
    try:
        for command in ("export", "audit-export"):
            ended = await run(database_url, command, str(file))
            assert (ended.code, ended.answers) == (3, "")
            assert "permission denied for table audit_events" in ended.stderr
            assert not file.exists()
    finally:
        await cleaner.execute("GRANT INSERT ON audit_events TO okrgraph_app")
    assert await trail(owner, "EXPORTED") == []


async def test_audit_events_are_exported_as_the_api_shows_them(owner: Client, database_url: str) -> None:
    pat = await owner.make("personCreate", name="Pat", role="ADMIN")
    ended = await run(database_url, "audit-export")
    assert (ended.code, ended.stderr) == (0, "4 audit events.\n")
    lines = lines_of(ended.answers)
    assert [line["kind"] for line in lines] == ["ROLE_CHANGED", "KEY_CREATED", "ROLE_CHANGED", "EXPORTED"]
    person = global_ids.encode("Person", owner.person_id)
    assert lines[2] == {
        "id": lines[2]["id"],
        "recordedAt": "2026-07-02T12:00:00Z",
        "kind": "ROLE_CHANGED",
        "code": None,
        "occurrences": 1,
        "actorId": person,
        "serviceAccountId": None,
        "apiKeyId": lines[1]["subjectId"],
        "subjectType": "Person",
        "subjectId": pat,
        "requestId": lines[2]["requestId"],
        "clientAddress": "127.0.0.1",
        "details": {"after": "ADMIN"},
    }
    assert lines[3]["code"] == "AUDIT_EVENTS"
    shown = "id recordedAt kind code occurrences subjectType subjectId requestId clientAddress details"
    api = await trail(owner, fields=f"{shown} actor {{ id }} serviceAccount {{ id }} apiKey {{ id }}")
    for each in api:
        for name in ("actor", "serviceAccount", "apiKey"):
            referred = each.pop(name)
            each[f"{name}Id"] = referred and referred["id"]
        each["recordedAt"] = datetime.fromisoformat(each["recordedAt"])
    for line in lines:
        line["recordedAt"] = datetime.fromisoformat(line["recordedAt"])
    assert api == lines


async def test_many_are_exported_since_a_time(
    owner: Client, database_url: str, tmp_path: Path, cleaner: asyncpg.Connection
) -> None:
    await aged(cleaner, owner.organization_id, days=3, count=2_500)
    await aged(cleaner, owner.organization_id, days=1, count=2_100)
    file = tmp_path / "audit.jsonl"
    since = (datetime.now(UTC) - timedelta(days=2)).strftime("%Y-%m-%dT%H:%M:%S")
    ended = await run(database_url, "audit-export", str(file), "--since", since)
    # With what founding the organization left, in the year in which tests live, and the export itself.
    ids = [line["id"] for line in lines_of(file.read_bytes())]
    young = [line for line in lines_of(file.read_bytes()) if line["code"] == "OLD"]
    assert (ended.code, len(young), len(set(ids))) == (0, 2_100, len(ids))
    assert ended.stderr == f"{len(ids)} audit events.\n"
    assert (await run(database_url, "audit-export", str(file))).code == 0
    assert len(lines_of(file.read_bytes())) == 2_500 + 2_100 + 4


async def aged(cleaner: asyncpg.Connection, organization_id: UUID, *, days: int, count: int = 1) -> None:
    """Adds audit events of some days ago."""
    await cleaner.execute(
        """
        INSERT INTO audit_events (organization_id, id, recorded_at, kind, code, occurrences, details)
        SELECT $1, gen_random_uuid(), now() - make_interval(days => $2), 'SIGN_IN_FAILED', 'OLD', 1, '{}'
        FROM generate_series(1, $3)""",
        *(organization_id, days, count),
    )


async def test_old_ones_are_deleted(
    owner: Client, stranger: Client, database_url: str, cleaner: asyncpg.Connection
) -> None:
    for each in (owner, stranger):
        await aged(cleaner, each.organization_id, days=40)
        await aged(cleaner, each.organization_id, days=20)
    arguments = ("audit-prune", "--older-than-days", "30", "--organization", str(owner.organization_id))
    before = await trail(owner, "KEY_CREATED", "ROLE_CHANGED")
    theirs = await trail(stranger)
    ended = await run(database_url, *arguments)
    count = int(ended.stderr.split()[0])
    assert (ended.code, ended.answers, ended.stderr) == (0, "", f"{count} audit events are deleted.\n")
    assert await trail(owner, "SIGN_IN_FAILED") == [of("SIGN_IN_FAILED", code="OLD")]
    [pruned] = await trail(owner, "AUDIT_PRUNED")
    assert pruned == of("AUDIT_PRUNED", details={"before": pruned["details"]["before"], "rows": count})
    deleted = datetime.now(UTC) - datetime.fromisoformat(pruned["details"]["before"])
    assert timedelta(days=30) <= deleted < timedelta(days=30, minutes=10)
    # Tests live in a year of their own, which may be past.
    assert await trail(owner, "KEY_CREATED", "ROLE_CHANGED") in (before, [])
    assert await trail(stranger) == theirs
    assert (await run(database_url, *arguments)).stderr == "0 audit events are deleted.\n"
    assert len(await trail(owner, "AUDIT_PRUNED")) == 1


async def test_wrong_usage(owner: Client, database_url: str) -> None:
    usage = (["audit-prune"], ["audit-prune", "--older-than-days", "0"], ["audit-export", "--since", "yesterday"])
    assert [(await run(database_url, *each)).code for each in usage] == [2, 2, 2]
    assert [each["kind"] for each in await trail(owner)] == ["ROLE_CHANGED", "KEY_CREATED"]
