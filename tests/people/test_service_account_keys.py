"""API keys of service accounts: who creates, rotates and revokes them, and that nobody gets more than it has."""

from typing import Any

import pytest

from schema.relay.node import global_id
from service.people.scopes import IMPLIED_SCOPES
from tests.kit.client import Client
from tests.kit.refusals import errors, everything
from tests.kit.roles import acting
from tests.kit.service_accounts import ACTING, acting_for, service_account

KEY = "name scopes person { name } serviceAccount { name } replaces { name }"
PAYLOAD = f"apiKey {{ id {KEY} }} key"


async def created(client: Client, **input: Any) -> dict[str, Any]:
    return await client.change("apiKeyCreate", {"name": "new", **input}, PAYLOAD)


async def code_of(client: Client, mutation: str, **input: Any) -> tuple[str, list[str] | None]:
    """Code and field of the one refusal of a change to API keys, by which nothing has changed."""
    before = await everything(client)
    payload = await client.change(mutation, input, "apiKey { id }")
    assert await everything(client) == before
    assert payload["apiKey"] is None
    [error] = payload["userErrors"]
    return error["code"], error["field"]


def using(client: Client, key: str) -> Client:
    same = (client.app, client.database, client.clock, client.organization_id, client.person_id)
    return Client(*same, key)


async def test_a_key_belongs_to_the_service_account(client: Client) -> None:
    id = await client.make("serviceAccountCreate", name="Backend", role="MEMBER")
    payload = await created(client, serviceAccountId=id, scopes=["GOALS_READ", "ACT_AS"])
    row = payload["apiKey"]
    assert {**row, "id": ""} == {
        "id": "",
        "name": "new",
        "scopes": ["ACT_AS", "GOALS_READ"],
        "person": None,
        "serviceAccount": {"name": "Backend"},
        "replaces": None,
    }
    [event] = (await client.data("{ events(first: 1) { nodes { verb subjectType changes } } }"))["events"]["nodes"]
    changes = {"name": {"after": "new"}, "serviceAccountId": {"after": id}, "scopes": {"after": row["scopes"]}}
    assert event == {"verb": "CREATED", "subjectType": "ApiKey", "changes": changes}
    rotated = await client.change("apiKeyRotate", {"id": row["id"]}, PAYLOAD)
    assert rotated["apiKey"] == {**row, "id": rotated["apiKey"]["id"], "replaces": {"name": "new"}}
    for key in (payload["key"], rotated["key"]):
        viewer = await using(client, key).data("{ viewer { role scopes } }")
        assert viewer == {"viewer": {"role": "MEMBER", "scopes": ["ACT_AS", "GOALS_READ"]}}
    listed = await client.data(f"{{ organization {{ apiKeys {{ nodes {{ {KEY} }} }} }} }}")
    assert [node["serviceAccount"] for node in listed["organization"]["apiKeys"]["nodes"]] == [
        *[{"name": "Backend"}, {"name": "Backend"}, None]
    ]


async def test_a_key_without_scopes_does_not_act(client: Client) -> None:
    id = await client.make("serviceAccountCreate", name="Backend", role="ADMIN")
    payload = await created(client, serviceAccountId=id)
    assert payload["apiKey"]["scopes"] is None
    account = using(client, payload["key"])
    answer = await acting_for(account, client.person_id).answer("{ viewer { role } }")
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["ACT_AS_FORBIDDEN"]
    # Nor does it give away what it does not have.
    own = await created(account)
    assert (own["apiKey"]["serviceAccount"], own["apiKey"]["scopes"]) == ({"name": "Backend"}, None)
    assert await code_of(account, "apiKeyCreate", name="x", scopes=["ACT_AS"]) == (
        *("SCOPES_NOT_HELD", ["input", "scopes"]),
    )


async def test_a_person_has_no_key_that_acts(client: Client) -> None:
    assert await code_of(client, "apiKeyCreate", name="x", scopes=["ACT_AS"]) == (
        *("SCOPE_NOT_ALLOWED", ["input", "scopes"]),
    )
    person = await client.make("personCreate", name="Pat")
    assert await code_of(client, "apiKeyCreate", name="x", personId=person, scopes=["ACT_AS", "GOALS_READ"]) == (
        *("SCOPE_NOT_ALLOWED", ["input", "scopes"]),
    )


async def test_a_key_of_one_holder(client: Client) -> None:
    person = await client.make("personCreate", name="Pat")
    account = await client.make("serviceAccountCreate", name="Backend")
    assert await code_of(client, "apiKeyCreate", name="x", personId=person, serviceAccountId=account) == (
        *("HOLDER_AMBIGUOUS", ["input", "serviceAccountId"]),
    )
    assert await code_of(client, "apiKeyCreate", name="x", serviceAccountId=person) == (
        *("NOT_FOUND", ["input", "serviceAccountId"]),
    )
    await client.make("serviceAccountArchive", id=account)
    assert await code_of(client, "apiKeyCreate", name="x", serviceAccountId=account) == (
        *("ARCHIVED", ["input", "serviceAccountId"]),
    )


async def test_who_manages_the_keys_of_service_accounts(client: Client) -> None:
    backend = await service_account(client, "ADMIN", name="Backend")
    other = await service_account(client, "MEMBER", name="Other")
    callers = {
        "owner": client,
        "admin": await acting(client, "ADMIN"),
        "member": await acting(client, "MEMBER"),
        "viewer": await acting(client, "VIEWER"),
        "backend": backend,
        "other": other,
    }
    allowed = {
        "Backend": {"owner", "admin", "backend"},
        "Other": {"owner", "admin", "backend", "other"},
    }
    for holder, account in (("Backend", backend), ("Other", other)):
        id = global_id("ServiceAccount", account.person_id)
        for name, caller in callers.items():
            if name not in allowed[holder]:
                assert await errors(caller, "apiKeyCreate", name="x", serviceAccountId=id) == ["FORBIDDEN"]
                continue
            payload = await created(caller, serviceAccountId=id)
            assert (payload["userErrors"], payload["apiKey"]["serviceAccount"]) == ([], {"name": holder}), name
    [key] = (await backend.data("{ viewer { apiKeys { id name } } }"))["viewer"]["apiKeys"][:1]
    for mutation in ("apiKeyRotate", "apiKeyRevoke"):
        for caller in (callers["member"], other):
            assert await code_of(caller, mutation, id=key["id"]) == ("NOT_FOUND", ["input", "id"])
    revoked = await callers["admin"].change("apiKeyRevoke", {"id": key["id"]}, "apiKey { revokedAt }")
    assert revoked == {"apiKey": {"revokedAt": "2026-07-02T12:00:00Z"}, "userErrors": []}


async def test_a_key_gives_away_no_more_than_it_has(client: Client) -> None:
    limited = await service_account(client, "ADMIN", ["API_KEYS_WRITE", "KPIS_READ", "PEOPLE_READ"])
    id = global_id("ServiceAccount", limited.person_id)
    for scopes in (["ACT_AS"], ["GOALS_READ"], ["KPIS_WRITE"], sorted(IMPLIED_SCOPES)):
        assert await code_of(limited, "apiKeyCreate", name="x", serviceAccountId=id, scopes=scopes) == (
            *("SCOPES_NOT_HELD", ["input", "scopes"]),
        )
    same = await created(limited)
    assert same["apiKey"]["scopes"] == ["API_KEYS_READ", "API_KEYS_WRITE", "KPIS_READ", "PEOPLE_READ"]
    # A person's key with scopes has not ACT_AS among them.
    person = await created(client, scopes=["API_KEYS_WRITE", "PEOPLE_READ"])
    assert await code_of(
        using(client, person["key"]), "apiKeyCreate", name="x", serviceAccountId=id, scopes=["ACT_AS"]
    ) == (*("SCOPES_NOT_HELD", ["input", "scopes"]),)
    acts = await service_account(client, "ADMIN", ACTING, "Acts")
    key = (await acts.data("{ viewer { apiKeys { id } } }"))["viewer"]["apiKeys"][0]["id"]
    for caller in (limited, using(client, person["key"])):
        assert await code_of(caller, "apiKeyRotate", id=key) == ("SCOPES_NOT_HELD", ["input", "scopes"])
    own = await created(acts)
    assert "ACT_AS" in own["apiKey"]["scopes"]
    rotated = await acts.change("apiKeyRotate", {"id": key}, PAYLOAD)
    assert (rotated["userErrors"], "ACT_AS" in rotated["apiKey"]["scopes"]) == ([], True)


@pytest.mark.parametrize("scopes", [None, ACTING])
async def test_a_service_account_gets_no_secrets_of_people(client: Client, scopes: list[str] | None) -> None:
    """With a key of a person it would act as the person, and only the name of the person would be kept."""
    account = await service_account(client, "ADMIN", scopes)
    for role in ("MEMBER", "ADMIN", "OWNER"):
        person = await client.make("personCreate", name=role, role=role)
        key = (await created(client, personId=person))["apiKey"]["id"]
        assert await errors(account, "apiKeyCreate", name="x", personId=person) == ["FORBIDDEN"]
        assert await errors(account, "apiKeyRotate", id=key) == ["FORBIDDEN"]
        if role == "OWNER":
            assert await errors(account, "apiKeyRevoke", id=key) == ["FORBIDDEN"]
        else:
            revoked = await account.change("apiKeyRevoke", {"id": key}, "apiKey { name }")
            assert revoked == {"apiKey": {"name": "new"}, "userErrors": []}
