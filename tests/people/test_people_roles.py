"""Who may make and unmake owners, that one always stays, and that a write decides on the role of its transaction."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.kit.client import Client, Statements
from tests.kit.refusals import changed, errors, everything, refused, unchanged
from tests.kit.roles import acting
from tests.kit.small_workspace import person
from tests.kit.workspace_files import imported
from tests.workspace.test_import_graphql import as_input

CODES = "userErrors { code field }"
IMPORT = f"""mutation($input: WorkspaceImportInput!) {{
    workspaceImport(input: $input) {{ applied results {{ externalId outcome {CODES} }} }}
}}"""
ACTIVE_OWNERS = "{ people(filter: {role: {eq: OWNER}}) { nodes { name } } }"


@asynccontextmanager
async def two(client: Client, role: str) -> AsyncIterator[tuple[Client, str]]:
    """Somebody else with a role, whose key is remembered with it, and the id of the person."""
    async with await acting(client, role) as other:
        id = (await other.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
        yield other, id


async def owners(client: Client) -> list[str]:
    return sorted(node["name"] for node in (await client.data(ACTIVE_OWNERS))["people"]["nodes"])


async def test_only_an_owner_makes_and_unmakes_owners(client: Client) -> None:
    founder = (await client.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
    second = await client.make("personCreate", name="Second", role="OWNER")
    former = await client.make("personCreate", name="Former", role="OWNER")
    await client.make("personArchive", id=former)
    async with two(client, "ADMIN") as (admin, own):
        await refused(admin, "personUpdate", "OWNER_REQUIRED", "role", id=own, role="OWNER")
        await refused(admin, "personCreate", "OWNER_REQUIRED", "role", name="New", role="OWNER")
        for id in (founder, second):
            for role in ("ADMIN", "MEMBER", "VIEWER"):
                await refused(admin, "personUpdate", "OWNER_REQUIRED", "role", id=id, role=role, name="New")
            await refused(admin, "personArchive", "OWNER_REQUIRED", "id", id=id)
        await refused(admin, "personRestore", "OWNER_REQUIRED", "id", id=former)
        # What takes and gives nothing is as before.
        await unchanged(admin, "personUpdate", id=second, role="OWNER")
        await unchanged(admin, "personArchive", id=former)
        await unchanged(admin, "personRestore", id=second)
        await changed(admin, "personUpdate", id=second, name="Renamed")
        await changed(admin, "personUpdate", id=own, role="MEMBER")
    await changed(client, "personRestore", id=former)
    await changed(client, "personUpdate", id=former, role="ADMIN")
    assert await owners(client) == ["Olive Owner", "Renamed"]


async def test_an_import_keeps_the_same_rules(client: Client) -> None:
    await imported(client, [person("a", role="OWNER"), person("b", role="OWNER"), person("c")])
    async with two(client, "ADMIN") as (admin, _):
        items = [person("a", role="MEMBER"), person("b", name="B"), person("c", role="OWNER")]
        before = await everything(client)
        wanted = [as_input(item) for item in [*items, person("new", role="OWNER"), person("other")]]
        payload = (await admin.data(IMPORT, input={"items": wanted}))["workspaceImport"]
        assert await everything(client) == before
        error = [{"code": "OWNER_REQUIRED", "field": ["input", "items", "0", "person", "role"]}]
        results = [(each["externalId"], each["outcome"]) for each in payload["results"]]
        assert results == [
            *[("a", "FAILED"), ("b", "UPDATED"), ("c", "FAILED"), ("new", "FAILED"), ("other", "CREATED")]
        ]
        assert payload["results"][0]["userErrors"] == error
        assert payload["applied"] is False


async def test_an_import_cannot_take_away_all_owners_one_by_one(client: Client) -> None:
    made = await imported(client, [person("a", role="OWNER"), person("b", role="OWNER")])
    assert made.kept
    before = await everything(client)
    items = [person(id, role="MEMBER") for id in ("a", "b", str(client.person_id))]
    done = await imported(client, items)
    assert (done.kept, done.refused) == (False, [(3, "LAST_OWNER", "id")])
    assert await everything(client) == before


@pytest.mark.parametrize("how", ["personUpdate", "personArchive"])
async def test_of_two_owners_who_unmake_each_other_one_stays(client: Client, how: str) -> None:
    founder = (await client.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
    async with two(client, "OWNER") as (other, id):
        more: dict[str, Any] = {"role": "MEMBER"} if how == "personUpdate" else {}
        kind = f"{how[0].upper()}{how[1:]}Input"
        document = f"mutation($input: {kind}!) {{ {how}(input: $input) {{ {CODES} }} }}"
        answers = await asyncio.gather(
            client.answer(document, input={"id": id, **more}), other.answer(document, input={"id": founder, **more})
        )
        refusals = [each for each in answers if each.get("errors") or each["data"][how]["userErrors"]]
        assert len(refusals) == 1, answers
        # Whoever came second is no owner any more, nor anybody at all when archived.
        codes = {error["extensions"]["code"] for error in refusals[0].get("errors", [])}
        assert codes == ({"FORBIDDEN"} if more else {"UNAUTHENTICATED"})
        assert len(await owners(other if answers[0] is refusals[0] else client)) == 1


async def test_one_who_was_demoted_cannot_undo_it_while_the_key_is_remembered(client: Client) -> None:
    async with two(client, "OWNER") as (other, id):
        for role, mutation, input in (
            ("ADMIN", "personCreate", {"name": "New", "role": "OWNER"}),
            ("ADMIN", "personUpdate", {"id": id, "role": "OWNER"}),
        ):
            await client.make("personUpdate", id=id, role=role)
            await refused(other, mutation, "OWNER_REQUIRED", "role", **input)
        await client.make("personUpdate", id=id, role="MEMBER")
        for mutation, input in (("personUpdate", {"id": id, "role": "OWNER"}), ("pillarCreate", {"name": "New"})):
            assert await errors(other, mutation, **input) == ["FORBIDDEN"]
        before = await everything(client)
        payload = await other.answer(
            'mutation { workspaceImport(input: {items: [{pillar: {externalId: "p", name: "New"}}]}) { applied } }'
        )
        assert [error["extensions"]["code"] for error in payload["errors"]] == ["FORBIDDEN"]
        assert await everything(client) == before
        await client.make("personUpdate", id=id, role="VIEWER")
        assert await errors(other, "kpiCreate", name="New") == ["FORBIDDEN"]
        # The role of now, not that of then: who is promoted need not wait either.
        await client.make("personUpdate", id=id, role="OWNER")
        await changed(other, "pillarCreate", name="New")


async def test_one_who_was_archived_cannot_write_while_the_key_is_remembered(client: Client) -> None:
    async with two(client, "ADMIN") as (other, id):
        await client.make("personArchive", id=id)
        for mutation, input in (("personRestore", {"id": id}), ("pillarCreate", {"name": "New"})):
            assert await errors(other, mutation, **input) == ["UNAUTHENTICATED"]
        await client.make("personRestore", id=id)
        await changed(other, "pillarCreate", name="New")


async def test_a_demotion_waits_for_the_writes_that_began_before_it(client: Client) -> None:
    """Writes and demotions at once: each write is either done or refused, and none is lost between."""
    async with two(client, "ADMIN") as (other, id):
        document = 'mutation { pillarCreate(input: {name: "New"}) { pillar { id } userErrors { code } } }'
        writes = [other.answer(document) for _ in range(10)]
        *answers, _ = await asyncio.gather(*writes, client.make("personUpdate", id=id, role="MEMBER"))
        done = [each["data"]["pillarCreate"]["pillar"]["id"] for each in answers if "errors" not in each]
        failed = [error["extensions"]["code"] for each in answers for error in each.get("errors", [])]
        assert failed == ["FORBIDDEN"] * (10 - len(done))
        kept = [node["id"] for node in (await client.data("{ pillars { nodes { id } } }"))["pillars"]["nodes"]]
        assert sorted(kept) == sorted(done)
        assert await errors(other, "pillarCreate", name="New") == ["FORBIDDEN"]


async def test_the_role_costs_no_message(client: Client, statements: Statements) -> None:
    id = await client.make("pillarCreate", name="Growth")
    document = 'mutation($id: ID!) { pillarUpdate(input: {id: $id, name: "Growth"}) { userErrors { code } } }'
    sent = await statements.of(client.data(document, id=id))
    asked = [each for each in sent if "role = 'OWNER'" in each]
    assert [each.startswith("BEGIN") for each in asked] == [True]
