"""Failed sign-ins with API keys: audit events of the organization that a key names, a line in the log for others."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs
from uuid_utils.compat import uuid7

from service.audit.recorder import AuditRecorder
from service.audit.tally import MAX_DIFFERENT
from service.errors import SignInFailure
from service.people import keys
from service.people.key_commands import create_key, revoke_key
from service.unit_of_work import write
from service.values import global_ids
from tests.audit.trail import Timer, of, recorded, using
from tests.kit.client import Client

READ = "{ viewer { role } }"
NOT_VALID = {
    "errors": [{"message": "This API key is not valid, or not any more.", "extensions": {"code": "UNAUTHENTICATED"}}]
}
FAILED = "SIGN_IN_FAILED"


def key_id(key: str) -> UUID:
    presented = keys.parse(key)
    assert presented is not None
    return presented.id


def with_another_secret(key: str) -> str:
    other, _ = keys.generate(*(UUID(str(each)) for each in keys.parse_ids(key) or ()))
    return other


async def revoked(client: Client) -> str:
    made = await write(
        client.database, client.viewer, client.clock.now, lambda tx: create_key(tx, client.person_id, "key")
    )
    await write(client.database, client.viewer, client.clock.now, lambda tx: revoke_key(tx, made.id))
    return made.key


async def expired(client: Client) -> str:
    ends = client.clock.now + timedelta(minutes=1)
    made = await write(
        client.database,
        client.viewer,
        client.clock.now,
        lambda tx: create_key(tx, client.person_id, "key", expires_at=ends),
    )
    client.clock.advance(minutes=1)
    return made.key


async def of_an_archived_person(client: Client) -> str:
    pat = global_ids.decode(await client.make("personCreate", name="Pat"))
    assert pat is not None
    made = await write(client.database, client.viewer, client.clock.now, lambda tx: create_key(tx, pat[1], "key"))
    await client.make("personArchive", id=global_ids.encode(*pat))
    return made.key


async def wrong(client: Client) -> str:
    return with_another_secret(client.key)


async def revoked_and_wrong(client: Client) -> str:
    return with_another_secret(await revoked(client))


@pytest.mark.parametrize(
    ("make", "code"),
    [
        (wrong, "KEY_WRONG"),
        (revoked, "KEY_REVOKED"),
        (expired, "KEY_EXPIRED"),
        (of_an_archived_person, "PERSON_ARCHIVED"),
        (revoked_and_wrong, "KEY_WRONG"),
    ],
)
async def test_a_key_that_is_not_valid(
    owner: Client, recorder: AuditRecorder, make: Callable[[Client], Any], code: str
) -> None:
    key = await make(owner)
    assert await using(owner, key).answer(READ) == NOT_VALID
    failure = of(FAILED, ("ApiKey", key_id(key)), code=code, clientAddress="127.0.0.1")
    assert await recorded(owner, recorder, FAILED) == [failure]


async def test_a_key_that_nobody_has_is_only_logged(owner: Client, recorder: AuditRecorder) -> None:
    nobodys, _ = keys.generate(owner.organization_id, uuid7())
    nowhere, _ = keys.generate(uuid7(), uuid7())
    with capture_logs() as entries:
        for key in (nobodys, nowhere):
            assert await using(owner, key).answer(READ) == NOT_VALID
        assert await recorded(owner, recorder, FAILED) == []
    unknown = {"code": "KEY_UNKNOWN", "organization": None, "subject": None, "client_address": "127.0.0.1"}
    logged = [entry for entry in entries if entry["event"] == "sign-in failed"]
    assert logged == [{"event": "sign-in failed", "log_level": "info", **unknown}] * 2


async def test_no_part_of_a_secret_is_recorded(owner: Client, recorder: AuditRecorder) -> None:
    key = await wrong(owner)
    with capture_logs() as entries:
        await using(owner, key).answer(READ)
        await recorder.flush()
    assert "KEY_WRONG" in str(entries)
    async with owner.database.primary.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        rows = [row["row"] for row in await raw.fetch("SELECT t::text AS row FROM audit_events t")]
    secret = key.rpartition("_")[2]
    assert any("SIGN_IN_FAILED" in row for row in rows)
    for text in (*rows, *map(str, entries)):
        assert secret[:8] not in text
        assert secret[8:16] not in text


async def test_repeats_are_one_row_a_minute(owner: Client, recorder: AuditRecorder, timer: Timer) -> None:
    key = await wrong(owner)
    failure = of(FAILED, ("ApiKey", key_id(key)), code="KEY_WRONG", clientAddress="127.0.0.1")
    for _ in range(7):
        await using(owner, key).answer(READ)
    assert await recorded(owner, recorder, FAILED) == [failure]
    timer.seconds = 60
    assert await recorded(owner, recorder, FAILED) == [failure, {**failure, "occurrences": 6}]
    assert await recorded(owner, recorder, FAILED) == [failure, {**failure, "occurrences": 6}]


async def test_many_different_ones_are_few_rows(owner: Client, recorder: AuditRecorder, timer: Timer) -> None:
    for number in range(MAX_DIFFERENT + 50):
        address = f"10.0.{number // 200}.{number % 200}"
        failure = SignInFailure(owner.organization_id, "KEY_WRONG", "ApiKey", key_id(owner.key))
        recorder.note_failure(failure, address, owner.clock.now)
    timer.seconds = 60
    await recorder.flush()
    document = "{ auditEvents(filter: {kind: {eq: SIGN_IN_FAILED}}) { totalCount } }"
    assert (await owner.data(document))["auditEvents"]["totalCount"] == MAX_DIFFERENT + 2
    folded = 'filter: {clientAddress: {isNull: true}, code: {eq: "KEY_WRONG"}}'
    nodes = (await owner.data(f"{{ auditEvents({folded}) {{ nodes {{ occurrences }} }} }}"))["auditEvents"]["nodes"]
    assert sorted(each["occurrences"] for each in nodes) == [1, 49]


async def test_what_is_no_key_at_all_is_neither(owner: Client, recorder: AuditRecorder) -> None:
    with capture_logs() as entries:
        for key in ("", "okr_", "nonsense", owner.key[:-1]):
            await using(owner, key).answer(READ)
        assert await recorded(owner, recorder, FAILED) == []
    assert [entry for entry in entries if entry["event"] == "sign-in failed"] == []
