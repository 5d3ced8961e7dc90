"""Who was erased and signs in again is somebody new, or nobody: nothing tells any more who it was."""

from collections.abc import AsyncIterator

import asyncpg
import pytest

from service.settings import connect_arguments
from tests.kit.client import Client
from tests.kit.marks import MARK, marked
from tests.kit.refusals import everything
from tests.kit.workspace_files import deleted
from tests.sign_in.conftest import MakeDoor

PROFILE = {"sub": f"{MARK}-sub", "name": f"{MARK} Lovelace", "email": f"{MARK}@example.com", "email_verified": True}
PERSON = {"externalId": f"{MARK}-sub", "name": f"{MARK} Lovelace", "email": f"{MARK}@example.com"}


@pytest.fixture
async def superuser(database_url: str) -> AsyncIterator[asyncpg.Connection]:
    connection = await asyncpg.connect(**connect_arguments(database_url))
    yield connection
    await connection.close()


async def person_id(client: Client) -> str:
    return (await client.data(f'{{ person(externalId: "{MARK}-sub") {{ id }} }}'))["person"]["id"]


async def test_what_a_sign_in_told_is_nowhere_and_the_next_one_makes_a_new_person(
    client: Client, door: MakeDoor, superuser: asyncpg.Connection
) -> None:
    signed_in = await door(create_people="true", role_claim="roles", teams_claim="groups")
    team = await client.make("teamCreate", name="Team", externalId="team")
    assert await signed_in.person(**PROFILE, groups=["team"]) == {**PERSON, "role": "MEMBER"}
    assert (await signed_in.person(**PROFILE, roles=["ADMIN"]))["role"] == "ADMIN"
    assert set(await marked(superuser)) == {"people", "events"}
    erased = await person_id(client)
    await client.make("personErase", id=erased)
    assert await marked(superuser) == []
    assert await signed_in.person(**PROFILE) == {**PERSON, "role": "MEMBER"}
    assert await person_id(client) != erased
    document = "query($id: ID!) { node(id: $id) { ... on Team { memberships { id } } } }"
    assert await client.data(document, id=team) == {"node": {"memberships": []}}


async def test_a_sign_in_makes_nobody_in_an_organization_that_is_deleted(client: Client, door: MakeDoor) -> None:
    signed_in = await door(create_people="true")
    assert (await signed_in.person(**PROFILE))["role"] == "MEMBER"
    await deleted(client)
    assert await signed_in.person(**PROFILE) == 401
    assert await everything(client) == []


async def test_where_sign_ins_create_nobody_the_subject_is_unknown(client: Client, door: MakeDoor) -> None:
    by_sub, by_email = await door(), await door(person_claim="email")
    id = await client.make("personCreate", **PERSON)
    for each in (by_sub, by_email):
        assert (await each.person(**PROFILE))["name"] == PERSON["name"]
    await client.make("personErase", id=id)
    for each in (by_sub, by_email):
        assert await each.person(**PROFILE) == 401
