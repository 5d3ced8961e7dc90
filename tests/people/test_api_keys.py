"""API keys through the API: who creates, rotates and revokes whose, and what is shown of them."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from service.app import create_app
from service.settings import Settings
from service.values import global_ids
from tests.kit.client import Client
from tests.kit.roles import acting

KEY = "id name scopes createdAt expiresAt revokedAt lastUsedAt person { name } serviceAccount { name } "
KEY += "replaces { name }"
CREATE = "mutation($input: ApiKeyCreateInput!) { apiKeyCreate(input: $input) { apiKey { %s } key userErrors %s } }"
ROTATE = "mutation($input: ApiKeyRotateInput!) { apiKeyRotate(input: $input) { apiKey { %s } key userErrors %s } }"
REVOKE = "mutation($input: ApiKeyRevokeInput!) { apiKeyRevoke(input: $input) { apiKey { %s } userErrors %s } }"
OF_ORGANIZATION = "{ organization { apiKeys { nodes { id name } } } }"
ERRORS = "{ code field message parameters }"
NOW = "2026-07-02T12:00:00Z"
NOT_VALID = "This API key is not valid, or not any more."


async def sent(client: Client, mutation: str, **input: Any) -> dict[str, Any]:
    data = await client.data(mutation % (KEY, ERRORS), input=input)
    [payload] = data.values()
    return payload


def using(client: Client, key: str) -> Client:
    """The same person with another key."""
    return Client(client.app, client.database, client.clock, client.organization_id, client.person_id, key)


async def names(client: Client) -> list[str]:
    return [each["name"] for each in (await client.data("{ viewer { apiKeys { name } } }"))["viewer"]["apiKeys"]]


async def test_a_key_is_shown_once_and_works(client: Client) -> None:
    payload = await sent(
        client, CREATE, name="dashboard", scopes=["KPIS_READ", "GOALS_WRITE"], expiresAt="2026-08-01T00:00:00Z"
    )
    key, row = payload["key"], payload["apiKey"]
    assert key.startswith("okr_")
    assert payload["userErrors"] == []
    assert row == {
        "id": row["id"],
        "name": "dashboard",
        "scopes": ["GOALS_WRITE", "KPIS_READ"],
        "createdAt": NOW,
        "expiresAt": "2026-08-01T00:00:00Z",
        "revokedAt": None,
        "lastUsedAt": None,
        "person": {"name": "Olive Owner"},
        "serviceAccount": None,
        "replaces": None,
    }
    viewer = (await using(client, key).data("{ viewer { scopes role } }"))["viewer"]
    assert viewer == {"scopes": ["GOALS_READ", "GOALS_WRITE", "KPIS_READ"], "role": "OWNER"}
    assert (await client.data("{ viewer { scopes } }"))["viewer"] == {"scopes": None}
    listed = await client.data("{ organization { apiKeys(first: 1) { totalCount nodes { name lastUsedAt } } } }")
    page = {"totalCount": 2, "nodes": [{"name": "dashboard", "lastUsedAt": NOW}]}
    assert listed == {"organization": {"apiKeys": page}}
    changes = (await client.data("{ events(first: 1) { nodes { verb subjectType changes } } }"))["events"]["nodes"]
    assert changes == [
        {
            "verb": "CREATED",
            "subjectType": "ApiKey",
            "changes": {
                "name": {"after": "dashboard"},
                "personId": {"after": global_ids.encode("Person", client.person_id)},
                "expiresAt": {"after": "2026-08-01T00:00:00Z"},
                "scopes": {"after": ["GOALS_WRITE", "KPIS_READ"]},
            },
        }
    ]
    assert key not in str(listed) + str(changes)


async def test_a_key_ends_at_its_time(client: Client) -> None:
    ends = client.clock.now + timedelta(minutes=5)
    key = (await sent(client, CREATE, name="short", expiresAt=ends.isoformat()))["key"]
    assert (await using(client, key).data("{ viewer { role } }"))["viewer"] == {"role": "OWNER"}
    client.clock.advance(minutes=5)
    answer = await using(client, key).answer("{ viewer { role } }")
    assert [error["message"] for error in answer["errors"]] == [NOT_VALID]


@pytest.mark.parametrize(
    ("input", "code", "field"),
    [
        ({"name": " "}, "BLANK", ["input", "name"]),
        ({"name": "x" * 201}, "TOO_LONG", ["input", "name"]),
        ({"name": "x", "scopes": []}, "SCOPES_EMPTY", ["input", "scopes"]),
        ({"name": "x", "expiresAt": "2026-07-02T12:00:00Z"}, "EXPIRES_IN_PAST", ["input", "expiresAt"]),
        ({"name": "x", "personId": "nobody"}, "NOT_FOUND", ["input", "personId"]),
    ],
)
async def test_what_is_refused(client: Client, input: dict[str, Any], code: str, field: list[str]) -> None:
    payload = await sent(client, CREATE, **input)
    [error] = payload["userErrors"]
    assert (error["code"], error["field"], payload["key"], payload["apiKey"]) == (code, field, None, None)
    assert await names(client) == ["test"]


async def test_all_reasons_are_told_at_once(client: Client) -> None:
    payload = await sent(client, CREATE, name="", scopes=[], expiresAt="2026-07-01T00:00:00Z")
    assert [error["code"] for error in payload["userErrors"]] == ["BLANK", "SCOPES_EMPTY", "EXPIRES_IN_PAST"]


async def test_a_key_gives_away_no_more_than_it_has(client: Client) -> None:
    scopes = ["API_KEYS_WRITE", "KPIS_READ", "PEOPLE_READ"]
    limited = using(client, (await sent(client, CREATE, name="limited", scopes=scopes))["key"])
    more = await sent(limited, CREATE, name="more", scopes=["GOALS_WRITE", "KPIS_READ", "KPIS_WRITE"])
    [error] = more["userErrors"]
    assert (error["code"], error["parameters"]) == ("SCOPES_NOT_HELD", {"missing": "GOALS_WRITE, KPIS_WRITE"})
    same = await sent(limited, CREATE, name="same")
    assert same["apiKey"]["scopes"] == ["API_KEYS_READ", *scopes]
    unlimited = global_ids.encode("ApiKey", (await keys_of(client))["test"])
    stolen = await sent(limited, ROTATE, id=unlimited)
    assert {error["code"] for error in stolen["userErrors"]} == {"SCOPES_NOT_HELD"}
    assert await names(client) == ["test", "limited", "same"]


async def keys_of(client: Client) -> dict[str, Any]:
    rows = (await client.data(OF_ORGANIZATION))["organization"]["apiKeys"]["nodes"]
    decoded = {row["name"]: global_ids.decode(row["id"]) for row in rows}
    return {name: id[1] for name, id in decoded.items() if id}


async def test_who_manages_whose_keys(client: Client) -> None:
    member, admin = await acting(client, "MEMBER"), await acting(client, "ADMIN")
    people = {client: client.person_id, member: member.person_id, admin: admin.person_id}
    ids = {each: global_ids.encode("Person", person_id) for each, person_id in people.items()}
    allowed = {(member, member), (admin, admin), (admin, member), (client, client), (client, member), (client, admin)}
    for caller in people:
        for holder in people:
            answer = await caller.answer(CREATE % ("name", ERRORS), input={"name": "new", "personId": ids[holder]})
            codes = [error["extensions"]["code"] for error in answer.get("errors", ())]
            assert codes == ([] if (caller, holder) in allowed else ["FORBIDDEN"]), (caller.person_id, holder.person_id)
    assert await names(member) == ["test", "new", "new", "new"]
    assert await names(client) == ["test", "new"]
    answer = await member.answer(OF_ORGANIZATION)
    errors = [(error["extensions"]["code"], error["path"]) for error in answer["errors"]]
    assert errors == [("FORBIDDEN", ["organization", "apiKeys"])]


async def test_keys_of_others_do_not_exist_for_a_member(client: Client, stranger: Client) -> None:
    member = await acting(client, "MEMBER")
    theirs = [global_ids.encode("ApiKey", (await keys_of(each))["test"]) for each in (client, stranger)]
    for id in (*theirs, "nothing"):
        for mutation in (REVOKE, ROTATE):
            [error] = (await sent(member, mutation, id=id))["userErrors"]
            assert (error["code"], error["message"]) == ("NOT_FOUND", "There is no API key with this id.")
    assert await names(client) == ["test"]


async def test_rotation_overlaps(client: Client) -> None:
    first = await sent(
        client, CREATE, name="CI", scopes=["GOALS_READ", "PEOPLE_READ"], expiresAt="2026-07-12T12:00:00Z"
    )
    client.clock.advance(days=5)
    second = await sent(client, ROTATE, id=first["apiKey"]["id"], overlapHours=2)
    assert second["userErrors"] == []
    assert second["apiKey"] == {
        **first["apiKey"],
        "id": second["apiKey"]["id"],
        "createdAt": "2026-07-07T12:00:00Z",
        "expiresAt": "2026-07-17T12:00:00Z",
        "replaces": {"name": "CI"},
    }
    for key in (first["key"], second["key"]):
        assert (await using(client, key).data("{ viewer { role } }"))["viewer"] == {"role": "OWNER"}
    client.clock.advance(hours=2)
    assert "errors" in await using(client, first["key"]).answer("{ viewer { role } }")
    assert (await using(client, second["key"]).data("{ viewer { role } }"))["viewer"] == {"role": "OWNER"}
    [error] = (await sent(client, ROTATE, id=first["apiKey"]["id"]))["userErrors"]
    assert error["code"] == "KEY_ENDED"
    [error] = (await sent(client, ROTATE, id=second["apiKey"]["id"], overlapHours=721))["userErrors"]
    assert (error["code"], error["parameters"]) == (
        "OVERLAP_OUT_OF_RANGE",
        {"hours": 721, "minimum": 0, "maximum": 720},
    )


async def test_revoking_twice_changes_nothing(client: Client) -> None:
    created = await sent(client, CREATE, name="lost")
    first = await sent(client, REVOKE, id=created["apiKey"]["id"])
    client.clock.advance(hours=1)
    assert await sent(client, REVOKE, id=created["apiKey"]["id"]) == first
    assert first["apiKey"]["revokedAt"] == NOW
    verbs = (await client.data("{ events(first: 2) { nodes { verb } } }"))["events"]["nodes"]
    assert verbs == [{"verb": "REVOKED"}, {"verb": "CREATED"}]


async def test_a_revoked_key_is_refused_by_every_process_within_a_second(client: Client) -> None:
    settings = Settings()
    assert settings.key_cache_seconds <= 1
    created = await sent(client, CREATE, name="lost")
    elsewhere = using(client, created["key"])
    elsewhere.app = create_app(settings.model_copy(update={"key_cache_seconds": 0.2}), client.database, client.clock)
    assert (await elsewhere.data("{ viewer { role } }"))["viewer"] == {"role": "OWNER"}
    await sent(client, REVOKE, id=created["apiKey"]["id"])
    answer = await refused_after(elsewhere, 0.25)
    assert [error["message"] for error in answer["errors"]] == [NOT_VALID]


async def refused_after(client: Client, seconds: float) -> dict[str, Any]:
    await asyncio.sleep(seconds)
    return await client.answer("{ viewer { role } }")
