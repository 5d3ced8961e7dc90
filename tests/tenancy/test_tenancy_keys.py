"""Who has no good key gets 401, and is not told what is wrong with it."""

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import httpx2
import pytest
from uuid_utils.compat import uuid7

from service.app import create_app
from service.people import keys
from service.people.key_commands import issue_key, revoke_key
from service.postgres.database import Database
from service.settings import Settings
from service.unit_of_work import write
from tests.kit.client import Client, Clock
from tests.kit.estate import dump
from tests.workspace.test_import_command import run

NOT_VALID = "This API key is not valid, or not any more."
NOT_OURS = "This is not an API key of ours; they look like okr_…"
MISSING = "Send your API key in the header `Authorization: Bearer okr_…`."
VIEWER = "{ viewer { role person { name } } }"


@pytest.fixture
async def door(
    client: Client, database: Database, settings: Settings, clock: Clock
) -> AsyncIterator[httpx2.AsyncClient]:
    """An application that remembers no keys."""
    app = create_app(settings.model_copy(update={"key_cache_seconds": 0.0}), database, clock)
    async with httpx2.AsyncClient(transport=httpx2.ASGITransport(app=app), base_url="http://okrgraph.test") as made:
        yield made


async def ask(door: httpx2.AsyncClient, authorization: str | bytes | None, query: str = VIEWER) -> httpx2.Response:
    headers = {} if authorization is None else {"Authorization": authorization}
    return await door.post("/graphql", json={"query": query}, headers=headers)  # type: ignore[arg-type]


def is_refused(response: httpx2.Response, message: str) -> bool:
    error = {"message": message, "extensions": {"code": "UNAUTHENTICATED"}}
    assert (response.status_code, response.json()) == (401, {"errors": [error]})
    assert response.headers["www-authenticate"] == "Bearer"
    return True


async def issued(client: Client, clock: Clock, **more: Any) -> str:
    return await write(
        client.database, client.viewer, clock.now, lambda tx: issue_key(tx, client.person_id, "new", **more)
    )


def with_checksum(unchecked: str) -> str:
    """A well-formed key, right or wrong."""
    return unchecked + keys.checksum(unchecked)


def key_id(key: str) -> UUID:
    found = keys.parse(key)
    assert found is not None
    return found.id


async def test_a_good_key_is_taken(client: Client, door: httpx2.AsyncClient) -> None:
    expected = {"data": {"viewer": {"role": "OWNER", "person": {"name": "Olive Owner"}}}}
    for spelling in (f"Bearer {client.key}", f"bearer {client.key}", f"BEARER  {client.key}"):
        response = await ask(door, spelling)
        assert (response.status_code, response.json()) == (200, expected)


@pytest.mark.parametrize("header", [None, "", "Bearer", "Bearer ", "Basic b2xpdmU6c2VjcmV0", "okr_abc"])
async def test_without_a_key(door: httpx2.AsyncClient, superuser: asyncpg.Connection, header: str | None) -> None:
    before = await dump(superuser)
    assert is_refused(await ask(door, header), MISSING)
    assert await dump(superuser) == before


@pytest.mark.parametrize(
    "key",
    [
        "x",
        "okr_",
        "okr__",
        "okr_abc_def",
        "okr_" + "!" * 52 + "_" + "0" * 64,
        "okr_" + "a" * 52 + "_" + "é" * 64,
        # The right checksum ends with another character.
        "okr_aaaaaaaaaaaaaaaaaaaaaaaaaeaaaaaaaaaaaaaaaaaaaaaaaaba_" + "0123456789abcdef" * 4 + "1PWzue",
        "a" * 5000,
    ],
)
async def test_what_is_no_key(door: httpx2.AsyncClient, superuser: asyncpg.Connection, key: str) -> None:
    before = await dump(superuser)
    assert is_refused(await ask(door, f"Bearer {key}".encode()), NOT_OURS)
    assert await dump(superuser) == before


async def test_every_key_that_is_not_good_is_refused_alike(
    client: Client, stranger: Client, door: httpx2.AsyncClient, clock: Clock, superuser: asyncpg.Connection
) -> None:
    head, secret = client.key[:-6].rsplit("_", 1)
    expired = await issued(client, clock, expires_at=clock.now + timedelta(hours=1))
    revoked = await issued(client, clock)
    await write(client.database, client.viewer, clock.now, lambda tx: revoke_key(tx, key_id(revoked)))
    leaver = uuid7()
    await client.make("personCreate", id=str(leaver), name="Larry Leaver")
    left = await write(client.database, client.viewer, clock.now, lambda tx: issue_key(tx, leaver, "left"))
    assert (await ask(door, f"Bearer {left}")).status_code == 200
    assert (await ask(door, f"Bearer {expired}")).status_code == 200
    await client.make("personArchive", id=str(leaver))
    clock.advance(hours=1)
    unknown, _ = keys.generate(client.organization_id, uuid7())
    nowhere, _ = keys.generate(uuid7(), key_id(client.key))
    elsewhere, _ = keys.generate(stranger.organization_id, key_id(client.key))
    moved = with_checksum(f"{elsewhere.rsplit('_', 1)[0]}_{secret}")
    others = with_checksum(f"{head}_{stranger.key[:-6].rsplit('_', 1)[1]}")
    wrong = with_checksum(f"{head}_{'0' * 64}")
    old, truncated = f"{head}_{'0' * 64}", client.key[:-6]
    before = await dump(superuser)
    for key in (wrong, old, truncated, others, unknown, nowhere, elsewhere, moved, expired, revoked, left):
        assert is_refused(await ask(door, f"Bearer {key}"), NOT_VALID)
    assert await dump(superuser) == before
    assert (await ask(door, f"Bearer {client.key}")).status_code == 200


async def test_a_mutation_without_a_good_key_changes_nothing(
    client: Client, door: httpx2.AsyncClient, superuser: asyncpg.Connection
) -> None:
    before = await dump(superuser)
    create = 'mutation { pillarCreate(input: {name: "No"}) { pillar { id } } }'
    wrong = f"{client.key.rsplit('_', 1)[0]}_{'0' * 64}"
    assert is_refused(await ask(door, f"Bearer {wrong}", create), NOT_VALID)
    assert is_refused(await ask(door, None, create), MISSING)
    assert await dump(superuser) == before


async def test_a_key_reaches_its_own_organization_only(
    client: Client, stranger: Client, door: httpx2.AsyncClient
) -> None:
    for each in (client, stranger):
        answer = (await ask(door, f"Bearer {each.key}", "{ organization { id } viewer { person { id } } }")).json()
        organization = await each.data("{ organization { id } viewer { person { id } } }")
        assert answer == {"data": organization}


async def test_the_schema_is_public_and_nothing_else(client: Client, door: httpx2.AsyncClient) -> None:
    response = await ask(door, None, "{ __typename __schema { queryType { name } } }")
    assert response.json() == {"data": {"__typename": "Query", "__schema": {"queryType": {"name": "Query"}}}}
    assert is_refused(await ask(door, None, "{ __typename viewer { role } }"), MISSING)


async def test_the_command_line_makes_keys_and_ends_them(
    client: Client, door: httpx2.AsyncClient, database_url: str
) -> None:
    mine = ("--organization", str(client.organization_id))
    code, key, _ = await run(database_url, "key", "create", "--days", "30", *mine)
    assert code == 0
    assert (await ask(door, f"Bearer {key.strip()}")).status_code == 200
    assert await run(database_url, "key", "revoke", str(key_id(key.strip())), *mine) == (0, "", "The key is revoked.\n")
    assert is_refused(await ask(door, f"Bearer {key.strip()}"), NOT_VALID)


async def test_the_command_line_ends_keys_of_the_organization_it_is_told_only(
    client: Client, stranger: Client, door: httpx2.AsyncClient, database_url: str
) -> None:
    theirs = ("--organization", str(stranger.organization_id))
    said = "NOT_FOUND (id): There is no API key with this id.\n"
    assert await run(database_url, "key", "revoke", str(key_id(client.key)), *theirs) == (1, "", said)
    assert (await ask(door, f"Bearer {client.key}")).status_code == 200
