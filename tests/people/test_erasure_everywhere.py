"""What was once told of a person, by whatever way, is nowhere in the database after the erasure."""

from collections.abc import AsyncIterator
from typing import Any

import asyncpg
import orjson
import pytest

from service.people.key_commands import issue_key
from service.postgres.database import Database
from service.settings import connect_arguments
from service.unit_of_work import write
from service.values import global_ids
from tests.kit.client import Client
from tests.kit.marks import MARK, marked
from tests.kit.small_workspace import person
from tests.kit.workspace_files import findings, imported
from tests.workspace.restored import client_of, file_of, restored


@pytest.fixture
async def superuser(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(**connect_arguments(database_url))
    yield connection
    await connection.close()


async def told(client: Client) -> str:
    """A person of whom everything was told by the API, and told otherwise, at several times; the id."""
    facts = {"name": f"{MARK} Lovelace", "email": f"{MARK}@example.com", "externalId": f"{MARK}-1"}
    id = await client.make("personCreate", id="0198c9f0-7a3b-7c11-9d2e-3f4a5b6c7d8e", role="ADMIN", **facts)
    changes: list[dict[str, Any]] = [
        {"name": f"{MARK} King"},
        {"email": f"{MARK.upper()}@example.org", "externalId": None},
        {"email": None, "externalId": f"{MARK}-2"},
        {"email": f"king-{MARK}@example.com"},
    ]
    for change in changes:
        await client.make("personUpdate", id=id, reason=f"{MARK} has asked for it", **change)
    await client.make("personArchive", id=id, reason=f"{MARK} is away")
    await client.make("personRestore", id=id, reason=f"{MARK} is here")
    return id


async def keyed(client: Client, person: str) -> None:
    """API keys with the name of the person: of the API, of the command, rotated and revoked."""
    created = await client.change("apiKeyCreate", {"name": f"{MARK}'s phone", "personId": person}, "apiKey { id }")
    rotated = await client.change("apiKeyRotate", {"id": created["apiKey"]["id"]}, "apiKey { id }")
    await client.change("apiKeyRevoke", {"id": rotated["apiKey"]["id"]}, "apiKey { id }")
    decoded = global_ids.decode(person)
    assert decoded is not None
    key_holder = decoded[1]
    await write(
        client.database, client.viewer, client.clock.now, lambda tx: issue_key(tx, key_holder, f"{MARK}'s laptop")
    )


async def test_by_the_api_and_by_keys(client: Client, superuser: asyncpg.Connection) -> None:
    id = await told(client)
    await keyed(client, id)
    team = await client.make("teamCreate", name="Team")
    await client.make("teamJoin", teamId=team, personId=id)
    before = await marked(superuser)
    assert set(before) == {"people", "events", "api_keys"}
    assert before.count("events") > 9
    events = await superuser.fetchval("SELECT count(*) FROM events")
    await client.make("personErase", id=id)
    assert await marked(superuser) == []
    assert await superuser.fetchval("SELECT count(*) FROM events") > events
    digests = "SELECT count(*) FROM events WHERE input_digest IS NOT NULL AND subject_type = 'Person'"
    assert await superuser.fetchval(digests) == 0
    assert await findings(client) == []


async def test_by_imports(client: Client, superuser: asyncpg.Connection) -> None:
    key = f"{MARK}-1"
    membership = {"type": "Membership", "team": "t", "person": key}
    first = person(key, name=f"{MARK} L", email=f"{MARK}@example.com")
    team = {"type": "Team", "externalId": "t", "name": "Team"}
    for items in ([first, team, membership], [{**first, "name": f"{MARK} K", "email": f"k@{MARK}.example"}]):
        assert (await imported(client, items)).refused == []
    input = {"items": [{"person": {"externalId": key, "name": f"{MARK} M", "role": "ADMIN"}}]}
    payload = await client.change("workspaceImport", input, "updated")
    assert payload == {"updated": 1, "userErrors": []}
    assert set(await marked(superuser)) == {"people", "events"}
    id = (await client.data(f'{{ person(externalId: "{key}") {{ id }} }}'))["person"]["id"]
    await client.make("personErase", id=id)
    assert await marked(superuser) == []


async def test_in_a_restored_organization(
    client: Client, database: Database, database_url: str, superuser: asyncpg.Connection
) -> None:
    """A file from before the erasure has everything; its keys are not in it, but the events of keys are."""
    id = await told(client)
    await keyed(client, id)
    file = await file_of(database, client.organization_id)
    await client.make("personErase", id=id)
    assert await marked(superuser) == []
    erased_file = await file_of(database, client.organization_id)
    assert MARK.encode() not in b"".join(erased_file).lower()
    copy = await restored(database, client.clock, file)
    assert set(await marked(superuser)) == {"people", "events"}
    theirs = await client_of(client, database_url, copy, client.person_id)
    await theirs.make("personErase", id=id)
    assert await marked(superuser) == []


async def test_the_search_finds_a_mark_in_every_kind_of_column(superuser: asyncpg.Connection) -> None:
    async with superuser.transaction():
        await superuser.execute("CREATE TABLE public.searched (a text, b jsonb, c bytea, d text[])")
        values = [f"'{MARK}', NULL, NULL, NULL", f"NULL, '{orjson.dumps({MARK: MARK}).decode()}', NULL, NULL"]
        values += [f"NULL, NULL, '\\x{MARK.encode().hex()}', NULL", f"NULL, NULL, NULL, '{{{MARK.upper()}}}'"]
        for row in [*values, "'other', '{}', '\\x00', '{}'"]:
            await superuser.execute(f"INSERT INTO public.searched VALUES ({row})")
        assert await marked(superuser) == ["searched"] * 4
        await superuser.execute("DROP TABLE public.searched")
