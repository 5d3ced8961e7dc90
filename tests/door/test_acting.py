"""The header that names the person to act for: what is refused with which status, what is remembered and for how
long, and how people are looked up."""

import asyncio
from collections.abc import Sequence
from typing import Any
from uuid import UUID, uuid4

import httpx2
import pytest

from schema.relay.node import global_id, parsed
from service.people.acting import PersonReference
from service.people.acting_lookup import PEOPLE_OF_ORGANIZATION, PEOPLE_OF_ORGANIZATIONS, people_lookup
from service.people.key_commands import revoke_key
from service.settings import Settings
from service.unit_of_work import write
from tests.door.conftest import Door
from tests.door.test_api_keys import messages, presented
from tests.kit.client import Client
from tests.kit.service_accounts import ACTING, service_account

VIEWER = "{ viewer { role person { name } serviceAccount { name } } }"
UNKNOWN = "Your organization has no person with this id to act for, or the person is archived."
HEADER = "Okrgraph-Act-As"


async def asked(process: Client, account: Client, *people: str, method: str = "POST") -> httpx2.Response:
    """The response of a process to a service account that acts for people."""
    headers = [("Authorization", f"Bearer {account.key}"), *((HEADER, person) for person in people)]
    headers.append(("Accept", "application/graphql-response+json"))
    if method == "GET":
        return await process.http.get("/graphql", params={"query": VIEWER}, headers=headers)
    return await process.http.post("/graphql", json={"query": VIEWER}, headers=headers)


async def outcome(process: Client, account: Client, *people: str) -> Any:
    """Role and name of the person, or the status and the code."""
    response = await asked(process, account, *people)
    body = response.json()
    if not response.is_success:
        return response.status_code, body["errors"][0]["extensions"]["code"]
    viewer = body["data"]["viewer"]
    return viewer["role"], (viewer["person"] or {}).get("name")


async def person(client: Client, name: str, **more: Any) -> str:
    return await client.make("personCreate", name=name, **more)


@pytest.mark.parametrize("method", ["POST", "GET"])
async def test_each_request_names_its_person(client: Client, method: str) -> None:
    account = await service_account(client, "MEMBER", ACTING)
    ids = [await person(client, "Ada", externalId="ada"), await person(client, "Ben", role="VIEWER")]
    for spelling, name, role in (
        (ids[0], "Ada", "MEMBER"),
        ("externalId:ada", "Ada", "MEMBER"),
        (ids[1], "Ben", "VIEWER"),
        (None, None, "MEMBER"),
        (ids[0], "Ada", "MEMBER"),
    ):
        response = await asked(client, account, *([] if spelling is None else [spelling]), method=method)
        viewer = {"role": role, "person": name and {"name": name}, "serviceAccount": {"name": "Backend"}}
        assert (response.status_code, response.json()) == (200, {"data": {"viewer": viewer}})
        assert response.headers["cache-control"] == "no-store"


async def test_unknown_foreign_and_archived_people_are_alike(client: Client, stranger: Client) -> None:
    account = await service_account(client, "MEMBER", ACTING)
    archived = await person(client, "Archived", externalId="archived")
    await client.make("personArchive", id=archived)
    team = await client.make("teamCreate", name="Team")
    theirs = await person(stranger, "Theirs", externalId="theirs")
    bodies = []
    for spelling in (
        *(archived, "externalId:archived", theirs, "externalId:theirs", str(uuid4()), "externalId:nobody"),
        *(global_id("Person", account.person_id), str(UUID(int=0)), "externalId:olive@example.com"),
    ):
        response = await asked(client, account, spelling)
        assert response.status_code == 403
        bodies.append(response.json())
    error = {"message": UNKNOWN, "extensions": {"code": "ACT_AS_PERSON_UNKNOWN"}}
    assert bodies == [{"errors": [error]}] * 9
    assert await outcome(client, account, team) == (400, "ACT_AS_INVALID")
    # An id of a team as a UUID is that of no person.
    assert await outcome(client, account, theirs, theirs) == (400, "ACT_AS_INVALID")


@pytest.mark.parametrize("value", ["", "nonsense", "externalId:", "externalId:%ff", "null", "undefined"])
async def test_a_malformed_header(client: Client, value: str) -> None:
    """It is never taken for none: the service account itself may have a higher role."""
    account = await service_account(client, "ADMIN", ACTING)
    assert await outcome(client, account, value) == (400, "ACT_AS_INVALID")


async def test_who_may_not_act(client: Client) -> None:
    id = await person(client, "Ada")
    for scopes in (None, ["GOALS_WRITE", "PEOPLE_WRITE"]):
        account = await service_account(client, "ADMIN", scopes)
        assert await outcome(client, account, id) == (403, "ACT_AS_FORBIDDEN")
    assert await outcome(client, client, id) == (403, "ACT_AS_FORBIDDEN")
    assert await outcome(client, client, global_id("Person", client.person_id)) == (403, "ACT_AS_FORBIDDEN")
    response = await client.http.post("/graphql", json={"query": VIEWER}, headers={"Authorization": "", HEADER: id})
    assert response.status_code == 401
    # The schema is public, whoever asks.
    response = await client.http.post("/graphql", json={"query": "{ __typename }"}, headers={HEADER: "nonsense"})
    assert response.json() == {"data": {"__typename": "Query"}}


async def test_whoever_may_not_act_does_not_count_as_a_failure(door: Door, client: Client) -> None:
    requested = await door(key_cache_seconds=0)
    account = await service_account(client, "MEMBER", ACTING)
    outcomes = {await outcome(requested, account, f"externalId:{number}") for number in range(60)}
    assert outcomes == {(403, "ACT_AS_PERSON_UNKNOWN")}
    assert await outcome(requested, account) == ("MEMBER", None)


async def test_a_large_body_of_one_who_may_not_act_is_not_read(client: Client) -> None:
    account = await service_account(client, "MEMBER", ["GOALS_READ"])
    headers = {"Authorization": f"Bearer {account.key}", HEADER: str(uuid4())}
    body = {"query": VIEWER + "#" * 20_000}
    response = await client.http.post("/graphql", json=body, headers=headers)
    assert response.status_code == 403
    assert response.json()["errors"][0]["extensions"] == {"code": "ACT_AS_FORBIDDEN"}


async def test_people_that_are_asked_for_together_are_found_by_one_statement(client: Client, stranger: Client) -> None:
    ada = parsed_id(await person(client, "Ada", externalId="ada"))
    theirs = parsed_id(await person(stranger, "Theirs", externalId="ada"))
    keys: Sequence[tuple[UUID, PersonReference]] = [
        (client.organization_id, PersonReference(id=ada)),
        (stranger.organization_id, PersonReference(external_id="ada")),
        (client.organization_id, PersonReference(external_id="ada")),
        (client.organization_id, PersonReference(id=theirs)),
        (stranger.organization_id, PersonReference(id=ada)),
        (uuid4(), PersonReference(external_id="ada")),
        (client.organization_id, PersonReference(external_id="nobody")),
        (client.organization_id, PersonReference(id=ada)),
    ]
    lookup = people_lookup(client.database, 5)
    await lookup.find(keys[0])
    with messages(client.database.reserved) as sent:
        rows = await asyncio.gather(*(lookup.find(key) for key in keys))
    assert [query for query in sent if "people" in query] == [PEOPLE_OF_ORGANIZATIONS]
    ids = [row and (UUID(int=row.person_id.int), row.role, row.member_editing) for row in rows]
    own, their = (ada, "MEMBER", "ALL"), (theirs, "MEMBER", "ALL")
    assert ids == [own, their, own, None, None, None, None, own]
    with messages(client.database.reserved) as sent:
        await asyncio.gather(*(lookup.find(key) for key in keys if key[0] == client.organization_id))
    assert [query for query in sent if "people" in query] == [PEOPLE_OF_ORGANIZATION]


def parsed_id(id: str) -> UUID:
    decoded = parsed(id)
    assert decoded is not None
    return decoded[1]


async def test_a_person_is_remembered_by_the_service_account_and_the_person(door: Door, client: Client) -> None:
    """Neither key nor person is looked up again, and no key has the answer of another one."""
    requested = await door(key_cache_seconds=3600)
    id = await person(client, "Ada", role="ADMIN")
    accounts = [await service_account(client, role, ACTING, role) for role in ("VIEWER", "MEMBER", "ADMIN")]
    forbidden = await service_account(client, "ADMIN", ["PEOPLE_READ"], "Forbidden")
    for account, role in zip(accounts, ("VIEWER", "MEMBER", "ADMIN"), strict=True):
        assert await outcome(requested, account, id) == (role, "Ada")
    with messages(requested.database.reserved) as looked:
        for account, role in zip(accounts, ("VIEWER", "MEMBER", "ADMIN"), strict=True):
            assert await outcome(requested, account, id) == (role, "Ada")
            assert await outcome(requested, account) == (role, None)
    assert looked == []
    assert await outcome(requested, forbidden, id) == (403, "ACT_AS_FORBIDDEN")


async def test_a_change_reaches_every_process_within_a_second(door: Door, client: Client) -> None:
    """Of the key, of the service account and of the person, alone and together."""
    assert Settings().key_cache_seconds == 1
    processes = [await door(key_cache_seconds=1), await door(key_cache_seconds=1)]
    names = ("revoked", "archived", "demoted", "person archived", "person demoted", "unchanged")
    accounts = {name: await service_account(client, "ADMIN", ACTING, name) for name in names}
    people = {name: await person(client, name, role="ADMIN") for name in names}

    async def outcomes(process: Client) -> dict[str, Any]:
        return {name: await outcome(process, accounts[name], people[name]) for name in names}

    before = {name: ("ADMIN", name) for name in names}
    assert [await outcomes(each) for each in processes] == [before, before]
    key_id = presented(accounts["revoked"].key).id
    await write(client.database, client.viewer, client.clock.now, lambda tx: revoke_key(tx, key_id))
    ids = {name: global_id("ServiceAccount", account.person_id) for name, account in accounts.items()}
    await client.make("serviceAccountArchive", id=ids["archived"])
    await client.make("serviceAccountUpdate", id=ids["demoted"], role="VIEWER")
    await client.make("personArchive", id=people["person archived"])
    await client.make("personUpdate", id=people["person demoted"], role="MEMBER")
    await asyncio.sleep(1.01)
    after = {
        "revoked": (401, "UNAUTHENTICATED"),
        "archived": (401, "UNAUTHENTICATED"),
        "demoted": ("VIEWER", "demoted"),
        "person archived": (403, "ACT_AS_PERSON_UNKNOWN"),
        "person demoted": ("MEMBER", "person demoted"),
        "unchanged": ("ADMIN", "unchanged"),
    }
    assert [await outcomes(each) for each in processes] == [after, after]
    # Alone, too; and whoever is restored is back.
    assert await outcome(processes[0], accounts["archived"]) == (401, "UNAUTHENTICATED")
    await client.make("serviceAccountRestore", id=ids["archived"])
    await client.make("personRestore", id=people["person archived"])
    await asyncio.sleep(1.01)
    for name in ("archived", "person archived"):
        assert await outcome(processes[1], accounts[name], people[name]) == ("ADMIN", name)


async def test_whoever_waits_too_long_for_the_reserved_connection_is_told(door: Door, client: Client) -> None:
    requested = await door(pool_timeout=0.2)
    account = await service_account(client, "MEMBER", ACTING)
    id = await person(client, "Ada")
    assert await outcome(requested, account) == ("MEMBER", None)
    pooled = await requested.database.reserved.acquire()
    try:
        assert await outcome(requested, account, id) == (503, "SERVICE_UNAVAILABLE")
    finally:
        await requested.database.reserved.release(pooled)
    assert await outcome(requested, account, id) == ("MEMBER", "Ada")
