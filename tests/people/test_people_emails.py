"""Which emails are taken and which are refused, wherever they come in: create, update, import, by file or request."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.small_workspace import person
from tests.kit.workspace_files import exported, imported, refused, row_counts

GOOD = [
    "ada@example.com",
    "Ada.Lovelace@Example.COM",
    "ada+okr@sub.example.co.uk",
    "o'brien@example.ie",
    "!#$%&'*+/=?^_`{|}~-@example.com",
    ".ada..lovelace.@example.com",
    "a@b",
    "ada@localhost",
    "ada@xn--bcher-kva.example",
    "1@2.3",
    "ada@" + "a" * 63 + ".example",
    "a" * 308 + "@example.com",
]
BAD = [
    "ada",
    "@",
    "ada@",
    "@example.com",
    "ada@@example.com",
    "ada@home@example.com",
    "ada lovelace@example.com",
    "ada@exam ple.com",
    " ada@example.com",
    "ada@example.com ",
    "ada@example.com\n",
    "ada@example.com\u2028",
    "ada@.example.com",
    "ada@example..com",
    "ada@example.com.",
    "ada@-example.com",
    "ada@example-.com",
    "ada@" + "a" * 64 + ".example",
    "ada@exam_ple.com",
    "ada@[127.0.0.1]",
    "Ada <ada@example.com>",
    "mailto:ada@example.com",
    "ada@example.com, bob@example.com",
    '"ada lovelace"@example.com',
    "ad\u00e4@example.com",
    "ada@b\u00fccher.example",
    "ada\uff20example.com",
]
ERRORS = "userErrors { code message field parameters }"
CREATE = f"mutation($i: PersonCreateInput!) {{ payload: personCreate(input: $i) {{ person {{ email }} {ERRORS} }} }}"
UPDATE = f"""mutation($i: PersonUpdateInput!) {{ payload: personUpdate(input: $i) {{
    person {{ name email version }} {ERRORS} }} }}"""
IMPORT = f"""mutation($i: WorkspaceImportInput!) {{ payload: workspaceImport(input: $i) {{
    applied created updated failed {ERRORS} }} }}"""


def invalid(email: str, *path: str) -> dict[str, Any]:
    """The whole error of an email that is none."""
    return {
        **{"code": "EMAIL_INVALID", "field": ["input", *path, "email"], "parameters": {"email": email}},
        "message": f"`{email}` is not an email address, such as ada@example.com.",
    }


@pytest.mark.parametrize("email", GOOD)
async def test_an_email_that_is_taken(client: Client, email: str) -> None:
    created = await client.data(CREATE, i={"name": "Ada", "email": email})
    assert created["payload"] == {"person": {"email": email}, "userErrors": []}
    id = await client.make("personCreate", name="Bea", externalId="bea")
    other = f"z{email}"[:320] if len(email) < 320 else f"z{email[1:]}"
    updated = await client.data(UPDATE, i={"id": id, "email": other})
    assert updated["payload"] == {"person": {"name": "Bea", "email": other, "version": 2}, "userErrors": []}
    third = f"y{other[1:]}"
    done = await imported(client, [person("bea", name="Bea", email=third), person("carl", email=other)])
    assert (done.kept, done.refused, done.outcomes) == (True, [], {"CREATED": 1, "UPDATED": 1})
    found = {each.get("externalId"): each.get("email") for each in await exported(client)}
    assert (found["bea"], found["carl"]) == (third, other)


@pytest.mark.parametrize("email", BAD)
async def test_an_email_that_is_refused(client: Client, database_url: str, email: str) -> None:
    id = await client.make("personCreate", name="Bea", externalId="bea", email="bea@example.com")
    before = await row_counts(database_url)
    created = await client.data(CREATE, i={"name": "Ada", "email": email})
    assert created["payload"] == {"person": None, "userErrors": [invalid(email)]}
    updated = await client.data(UPDATE, i={"id": id, "name": "New", "email": email})
    there = {"name": "Bea", "email": "bea@example.com", "version": 1}
    assert updated["payload"] == {"person": there, "userErrors": [invalid(email)]}
    people = {"bea": email, "ada": f"{email}@"}
    items = [{"person": {"externalId": key, "name": "New", "email": value}} for key, value in people.items()]
    sent = await client.data(IMPORT, i={"items": items})
    errors = [invalid(value, "items", str(index), "person") for index, value in enumerate(people.values())]
    assert sent["payload"] == {"applied": False, "created": 0, "updated": 0, "failed": 2, "userErrors": errors}
    file = [person("bea", name="New", email=email), person("carl", email="carl@example.com")]
    done = await refused(client, database_url, file, [(1, "EMAIL_INVALID", "email")])
    assert done.outcomes == {"CREATED": 1, "FAILED": 1}
    assert await row_counts(database_url) == before


async def test_an_email_without_characters_is_none(client: Client) -> None:
    created = await client.data(CREATE, i={"name": "Ada", "email": ""})
    assert created["payload"] == {"person": None, "userErrors": [invalid("")]}
    created = await client.data(CREATE, i={"name": "Ada", "email": None})
    assert created["payload"] == {"person": {"email": None}, "userErrors": []}


async def test_one_that_is_too_long_is_told_as_that_alone(client: Client) -> None:
    email = "a" * 309 + "@example.com"
    created = await client.data(CREATE, i={"name": " ", "email": email})
    assert [(error["code"], error["field"]) for error in created["payload"]["userErrors"]] == [
        *(("BLANK", ["input", "name"]), ("TOO_LONG", ["input", "email"])),
    ]
