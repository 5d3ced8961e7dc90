"""Erasing a person: what becomes of the person, of memberships, keys and events, and who may do it."""

from typing import Any
from uuid import UUID

import asyncpg
import pytest

from service.people.erasure import PLACEHOLDER
from service.values import global_ids
from tests.kit.client import Client
from tests.kit.estate import Estate
from tests.kit.refusals import changed, errors, everything, refused, shown, unchanged
from tests.kit.roles import acting
from tests.kit.workspace_files import findings

ADA = {"name": "Ada Lovelace", "email": "ada@example.com", "externalId": "ada"}
LATER = "2026-07-03T12:00:00Z"
EVENT = "id verb subjectType subjectId actor { name } reason recordedAt changes"
KEYS = "{ organization { apiKeys { nodes { name revokedAt person { name } } } } }"


async def events_of(client: Client, *ids: str) -> list[dict[str, Any]]:
    """The events about objects, the first one first."""
    document = f"""query($ids: [ID!]!) {{ events(
        first: 100, filter: {{subjectId: {{in: $ids}}}}, orderBy: {{field: RECORDED_AT, direction: ASC}}
    ) {{ nodes {{ {EVENT} }} }} }}"""
    return (await client.data(document, ids=list(ids)))["events"]["nodes"]


async def erased_at(client: Client, id: str) -> Any:
    document = "query($id: ID!) { node(id: $id) { ... on Person { erasedAt } } }"
    return (await client.data(document, id=id))["node"]["erasedAt"]


async def owner_id(client: Client) -> str:
    return (await client.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]


async def test_an_erased_person_is_a_placeholder(client: Client) -> None:
    ada = await client.make("personCreate", role="ADMIN", **ADA)
    before = await shown(client, "person", ada)
    assert before is not None
    assert await erased_at(client, ada) is None
    client.clock.advance(days=1)
    erased = await changed(client, "personErase", id=ada)
    assert erased == {
        **{**before, "name": "Erased person", "email": None, "externalId": None},
        **{"version": 2, "updatedAt": LATER, "archivedAt": LATER},
    }
    assert await erased_at(client, ada) == LATER
    people = await client.data("{ live: people { totalCount } all: people(includeArchived: true) { totalCount } }")
    assert people == {"live": {"totalCount": 1}, "all": {"totalCount": 2}}
    # The email and the external id are free.
    await changed(client, "personCreate", **ADA)


async def test_addresses_in_the_audit_trail_are_erased(client: Client, cleaner: asyncpg.Connection) -> None:
    """Those of requests of the person. Whoever created the key has another one."""
    addresses = "SELECT kind, client_address FROM audit_events WHERE organization_id = $1 ORDER BY id"
    async with await acting(client, "ADMIN") as admin:
        await admin.make("personUpdate", id=await client.make("personCreate", name="Pat"), role="VIEWER")
        id = await owner_id(admin)
    await cleaner.execute("UPDATE audit_events SET client_address = '192.0.2.7' WHERE kind = 'ROLE_CHANGED'")
    await changed(client, "personErase", id=id)
    kinds = [(row["kind"], row["client_address"]) for row in await cleaner.fetch(addresses, client.organization_id)]
    assert ("ROLE_CHANGED", None) in kinds
    assert ("ROLE_CHANGED", "192.0.2.7") in kinds


async def test_erasing_twice_changes_nothing(client: Client) -> None:
    ada = await client.make("personCreate", **ADA)
    first = await changed(client, "personErase", id=ada)
    client.clock.advance(days=1)
    assert await unchanged(client, "personErase", id=ada) == first
    assert await unchanged(client, "personArchive", id=ada) == first


async def test_an_archived_person_can_be_erased(client: Client) -> None:
    ada = await client.make("personCreate", **ADA)
    archived = await changed(client, "personArchive", id=ada)
    client.clock.advance(days=1)
    erased = await changed(client, "personErase", id=ada)
    assert (erased["archivedAt"], erased["updatedAt"], erased["version"]) == (archived["archivedAt"], LATER, 3)
    assert await erased_at(client, ada) == LATER


async def test_events_are_rewritten_where_they_are(client: Client) -> None:
    ada = await client.make("personCreate", role="ADMIN", **ADA)
    for change in ({"email": "lovelace@example.com"}, {"name": "A. King", "externalId": None, "role": "MEMBER"}):
        client.clock.advance(minutes=1)
        await client.make("personUpdate", id=ada, reason="Ada has married", **change)
    await client.make("personArchive", id=ada, reason="Ada has left")
    before = await events_of(client, ada)
    client.clock.advance(days=1)
    await client.make("personErase", id=ada)
    *earlier, last = await events_of(client, ada)
    constant = ("id", "verb", "subjectType", "subjectId", "actor", "recordedAt")
    assert [[each[name] for name in constant] for each in earlier] == [
        [each[name] for name in constant] for each in before
    ]
    assert [each["reason"] for each in earlier] == [None] * 4
    gone = PLACEHOLDER
    assert [each["changes"] for each in earlier] == [
        {"name": {"after": gone}, "email": {"after": gone}, "externalId": {"after": gone}, "role": {"after": "ADMIN"}},
        {"email": {"before": gone, "after": gone}},
        {
            **{"name": {"before": gone, "after": gone}, "externalId": {"before": gone, "after": None}},
            "role": {"before": "ADMIN", "after": "MEMBER"},
        },
        {},
    ]
    assert last == {
        **{"id": last["id"], "verb": "ERASED", "subjectType": "Person", "subjectId": ada, "reason": None},
        **{"actor": {"name": "Olive Owner"}, "recordedAt": client.clock.now.isoformat().replace("+00:00", "Z")},
        "changes": {},
    }


async def test_memberships_end(client: Client) -> None:
    ada = await client.make("personCreate", **ADA)
    teams = [await client.make("teamCreate", name=name) for name in ("One", "Two", "Three")]
    for team in teams:
        await client.make("teamJoin", teamId=team, personId=ada, role="LEAD")
    await client.make("teamLeave", teamId=teams[2], personId=ada)
    await client.make("teamArchive", id=teams[1])
    assert (await changed(client, "personErase", id=ada))["memberships"] == []
    found = (await client.data("{ events(first: 3) { nodes { verb subjectType changes } } }"))["events"]["nodes"]
    assert [(each["verb"], each["subjectType"]) for each in found] == [
        *(("ERASED", "Person"), ("ARCHIVED", "Membership"), ("ARCHIVED", "Membership")),
    ]
    ended = [{name: each["changes"][name]["after"] for name in ("teamId", "personId", "role")} for each in found[1:]]
    assert sorted(ended, key=str) == sorted(
        ({"teamId": team, "personId": ada, "role": "LEAD"} for team in teams[:2]), key=str
    )
    await refused(client, "teamJoin", "ERASED", "personId", of=teams[0], teamId=teams[0], personId=ada)
    await refused(client, "teamJoin", "ERASED", "personId", of=teams[2], teamId=teams[2], personId=ada)


async def test_keys_are_revoked_and_lose_their_names(client: Client) -> None:
    async with await acting(client, "ADMIN") as admin:
        create = "mutation($name: String!) { apiKeyCreate(input: {name: $name}) { apiKey { id } userErrors { code } } }"
        ids = [(await admin.data(create, name=f"Ada's {number}"))["apiKeyCreate"]["apiKey"]["id"] for number in (1, 2)]
        client.clock.advance(hours=1)
        await client.change("apiKeyRevoke", {"id": ids[0]}, "apiKey { id }")
        client.clock.advance(hours=23)
        ada = await owner_id(admin)
        await client.make("personErase", id=ada)
        keys = (await client.data(KEYS))["organization"]["apiKeys"]["nodes"]
        assert {(each["name"], each["revokedAt"]) for each in keys} == {
            ("test", None),
            (PLACEHOLDER, "2026-07-02T13:00:00Z"),
            (PLACEHOLDER, LATER),
        }
        assert len(keys) == 4
        assert [(each["verb"], each["changes"].get("name")) for each in await events_of(client, *ids)] == [
            *[("CREATED", {"after": PLACEHOLDER})] * 2,
            *[("REVOKED", None)] * 2,
        ]
        # The application remembers keys for an hour here; a change looks at the person all the same.
        assert await errors(admin, "teamCreate", name="New") == ["UNAUTHENTICATED"]
    payload = await client.change("apiKeyCreate", {"name": "x", "personId": ada}, "apiKey { id }")
    assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [("ERASED", ["input", "personId"])]


async def test_what_the_person_owned_did_and_wrote_stays(client: Client) -> None:
    async with await acting(client, "ADMIN") as admin:
        ada = await owner_id(admin)
        objective = await client.objective(await client.cycle(), ownerId=ada)
        number = await admin.key_result(objective, kind="REACH", target="10", ownerId=ada)
        await admin.check_in(number, "4", note="I have counted them")
        document = """{ objectives { nodes { progress owner { id } keyResults { current owner { id }
            checkIns { nodes { note author { id } } } } } } events(filter: {verb: {eq: CHECKED_IN}}) { nodes {
            actor { id } changes } } }"""
        before = await client.data(document)
        await client.make("personErase", id=ada)
    assert await client.data(document) == before
    assert before["objectives"]["nodes"][0]["progress"] == 0.4
    assert before["objectives"]["nodes"][0]["keyResults"][0]["checkIns"]["nodes"][0]["author"] == {"id": ada}
    assert await findings(client) == []


async def test_an_erased_person_neither_changes_nor_comes_back(client: Client) -> None:
    ada = await client.make("personCreate", **ADA)
    await client.make("personErase", id=ada)
    told = "This person is erased, which nothing undoes. Create another one."
    assert await refused(client, "personRestore", "ERASED", "id", id=ada) == told
    assert await refused(client, "personUpdate", "ERASED", "id", id=ada, name="Ada") == told
    assert await refused(client, "personUpdate", "ERASED", "id", id=ada, email="ada@example.com") == told


async def test_who_erases(client: Client) -> None:
    people = [await client.make("personCreate", name=role, role=role) for role in ("OWNER", "ADMIN", "MEMBER")]
    for role in ("VIEWER", "MEMBER"):
        async with await acting(client, role) as other:
            for id in people:
                assert await errors(other, "personErase", id=id) == ["FORBIDDEN"]
    async with await acting(client, "ADMIN") as admin:
        told = await refused(admin, "personErase", "OWNER_REQUIRED", "id", id=people[0])
        assert told == (
            "Only an OWNER can make somebody an OWNER, take that role away, or archive, restore or erase somebody who "
            "has it."
        )
        for id in people[1:]:
            await changed(admin, "personErase", id=id)
        # Erased already.
        await changed(client, "personErase", id=people[0])
        await unchanged(admin, "personErase", id=people[0])
        # And oneself.
        payload = await admin.change("personErase", {"id": await owner_id(admin)}, "person { name }")
        assert payload == {"person": {"name": PLACEHOLDER}, "userErrors": []}


async def test_the_last_owner_stays(client: Client) -> None:
    olive = await owner_id(client)
    await refused(client, "personErase", "LAST_OWNER", "id", id=olive)
    async with await acting(client, "ADMIN") as admin:
        payload = await admin.change("personErase", {"id": olive}, "")
    assert [each["code"] for each in payload["userErrors"]] == ["LAST_OWNER", "OWNER_REQUIRED"]
    second = await client.make("personCreate", name="Second", role="OWNER")
    await client.make("personArchive", id=second)
    await refused(client, "personErase", "LAST_OWNER", "id", id=olive)
    await changed(client, "personErase", id=second)
    await refused(client, "personErase", "LAST_OWNER", "id", id=olive)


async def test_whom_there_is_not(client: Client, stranger: Client) -> None:
    theirs = await stranger.make("personCreate", **ADA)
    for id in (str(UUID(int=1)), "nonsense", "", theirs, await client.make("teamCreate", name="Team")):
        await refused(client, "personErase", "NOT_FOUND", "id", id=id)


async def test_others_keep_what_is_theirs(client: Client, stranger: Client) -> None:
    """The same name, an email that was passed on, and people of another organization."""
    await stranger.make("personCreate", **ADA)
    ada = await client.make("personCreate", **ADA)
    namesake = await client.make("personCreate", name=ADA["name"])
    await client.make("personUpdate", id=ada, email=None)
    heir = await client.make("personCreate", name="Charles", email=ADA["email"])
    others = [row for row in await everything(client) if str(global_ids.decode(ada)[1]) not in row["row"]]  # type: ignore[index]
    await client.make("personErase", id=ada)
    assert [row for row in others if row not in await everything(client)] == []
    assert (await events_of(client, namesake))[0]["changes"]["name"] == {"after": ADA["name"]}
    assert (await events_of(client, heir))[0]["changes"]["email"] == {"after": ADA["email"]}


async def test_what_others_had_by_mistake_goes_too(client: Client) -> None:
    wrong = await client.make("personCreate", **{**ADA, "name": "Charles"})
    await client.make("personUpdate", id=wrong, email="charles@example.com", externalId="charles")
    ada = await client.make("personCreate", **ADA)
    await client.make("personErase", id=ada)
    assert [each["changes"] for each in await events_of(client, wrong)] == [
        {
            **{"name": {"after": "Charles"}, "role": {"after": "MEMBER"}},
            **{"email": {"after": PLACEHOLDER}, "externalId": {"after": PLACEHOLDER}},
        },
        {
            "email": {"before": PLACEHOLDER, "after": "charles@example.com"},
            "externalId": {"before": PLACEHOLDER, "after": "charles"},
        },
    ]


@pytest.mark.parametrize("name", ["person", "person 2"])
async def test_the_doctor_finds_nothing_afterwards(client: Client, name: str) -> None:
    estate = await (await Estate(client, "Mark").furnish()).extend()
    await client.make("personErase", id=estate.ids[name])
    assert await findings(client) == []


async def test_a_create_that_is_sent_again_is_another_input(client: Client) -> None:
    """What it was created from could confirm a guess, so it is forgotten."""
    own = str(UUID(int=7))
    ada = await client.make("personCreate", id=own, **ADA)
    assert await client.make("personCreate", id=own, **ADA) == ada
    await client.make("personErase", id=ada)
    payload = await client.change("personCreate", {"id": own, **ADA}, "person { name }")
    assert payload["person"] == {"name": PLACEHOLDER}
    assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [("TAKEN", ["input", "id"])]
