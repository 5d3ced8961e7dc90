"""`organizationDelete`: who deletes the organization, how it is confirmed, and what requests see meanwhile."""

import asyncio
import time
from typing import Any
from uuid import UUID

import pytest
from structlog.testing import capture_logs

from service.app import create_app
from service.people.commands import create_people
from service.people.key_commands import create_key
from service.people.models import Person
from service.people.scopes import IMPLIED_SCOPES
from service.settings import Settings
from service.unit_of_work import write
from service.values import global_ids
from service.writing.rows import new_row
from service.writing.transaction import Transaction, transaction
from tests.door.conftest import WAITING
from tests.kit.client import Client
from tests.kit.commands import Ended, run_async
from tests.kit.estate import Estate
from tests.kit.refusals import errors, everything
from tests.kit.roles import acting
from tests.kit.workspace_files import deleted, selected

DELETE = """mutation($input: OrganizationDeleteInput!) { organizationDelete(input: $input) {
    deletedId userErrors { code field message parameters } } }"""
NOT_VALID = "This API key is not valid, or not any more."
GONE = "The organization of these credentials does not exist any more."


async def name_of(client: Client) -> str:
    return (await client.data("{ organization { name } }"))["organization"]["name"]


async def limited(client: Client, *scopes: str) -> Client:
    """The owner with a key of these scopes."""

    async def command(tx: Transaction) -> str:
        return (await create_key(tx, client.person_id, "limited", scopes=scopes)).key

    key = await write(client.database, client.viewer, client.clock.now, command)
    return Client(client.app, client.database, client.clock, client.organization_id, client.person_id, key)


async def test_the_owner_deletes_it_and_is_told_its_id(client: Client) -> None:
    await Estate(client, "Own").furnish()
    id, name = global_ids.encode("Organization", client.organization_id), await name_of(client)
    with capture_logs() as logs:
        answer = await client.data(DELETE, input={"name": name})
    assert answer == {"organizationDelete": {"deletedId": id, "userErrors": []}}
    assert await everything(client) == []
    [line] = [each for each in logs if each["event"] == "organization deleted"]
    assert (line["organization"], line["person"]) == (str(client.organization_id), str(client.person_id))
    assert line["rows"] > 90


async def test_only_the_exact_name_confirms_it(client: Client, stranger: Client) -> None:
    name, before = await name_of(client), await everything(client)
    for wrong in ("", " ", f"{name} ", name.upper(), name[:-1], "Strangers", str(client.organization_id), "%"):
        payload = (await client.data(DELETE, input={"name": wrong}))["organizationDelete"]
        message = "`name` is not the name of the organization. Repeat its name exactly to delete it."
        error = {"code": "ORGANIZATION_NAME_MISMATCH", "field": ["input", "name"], "message": message, "parameters": {}}
        assert payload == {"deletedId": None, "userErrors": [error]}
    for unusable in (None, 1, ["x"]):
        answer = await client.answer(DELETE, input={"name": unusable})
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"
    assert await everything(client) == before


async def test_only_an_owner_deletes_it(client: Client) -> None:
    name = await name_of(client)
    for role in ("ADMIN", "MEMBER", "VIEWER"):
        async with await acting(client, role) as other:
            assert await errors(other, "organizationDelete", name=name) == ["FORBIDDEN"]
    async with await acting(client, "OWNER") as other:
        await deleted(other)
    assert await everything(client) == []


async def test_a_key_that_scopes_limit_deletes_nothing(client: Client) -> None:
    name = await name_of(client)
    async with await limited(client, "WORKSPACE_WRITE") as importer:
        assert await errors(importer, "organizationDelete", name=name) == ["FORBIDDEN"]
        answer = await importer.answer(DELETE, input={"name": name})
        assert answer["errors"][0]["message"] == (
            "Your API key is limited by scopes; to delete the organization needs one that is not."
        )
    async with await limited(client, *IMPLIED_SCOPES) as whole:
        await deleted(whole)
    assert await everything(client) == []


async def test_credentials_end_in_every_process_within_a_second(client: Client, stranger: Client) -> None:
    settings = Settings()
    assert settings.key_cache_seconds <= 1
    app = create_app(settings.model_copy(update={"key_cache_seconds": 0.2}), client.database, client.clock)
    elsewhere = Client(app, client.database, client.clock, client.organization_id, client.person_id, client.key)
    assert (await elsewhere.data("{ viewer { role } }"))["viewer"] == {"role": "OWNER"}
    await deleted(client)
    await asyncio.sleep(0.25)
    answer = await elsewhere.answer("{ viewer { role } }")
    assert [error["message"] for error in answer["errors"]] == [NOT_VALID]
    assert await name_of(stranger) == "Strangers"


async def test_a_remembered_key_finds_nothing_and_changes_nothing(client: Client) -> None:
    """This application remembers keys for an hour."""
    await Estate(client, "Own").furnish()
    await deleted(client)
    for document in ("{ organization { name } }", "{ viewer { organization { name } } }"):
        [error] = (await client.answer(document))["errors"]
        assert (error["message"], error["extensions"]["code"]) == (GONE, "UNAUTHENTICATED")
    lists = ["objectives", "keyResults", "kpis", "people", "teams", "cycles", "pillars", "events"]
    found = await client.data(f"{{ {' '.join(f'{name} {{ nodes {{ id }} }}' for name in lists)} }}")
    assert found == {name: {"nodes": []} for name in lists}
    assert await client.data("{ viewer { person { name } apiKeys { name } } }") == {
        "viewer": {"person": None, "apiKeys": []}
    }
    assert await errors(client, "teamCreate", name="New") == ["UNAUTHENTICATED"]
    assert await errors(client, "organizationDelete", name="Own") == ["UNAUTHENTICATED"]
    assert await everything(client) == []


async def test_in_one_document_with_other_changes(client: Client) -> None:
    document = """mutation($name: String!) {
        before: teamCreate(input: {name: "Before"}) { team { name } }
        organizationDelete(input: {name: $name}) { deletedId userErrors { code } }
        after: teamCreate(input: {name: "After"}) { team { name } }
    }"""
    answer = await client.answer(document, name=await name_of(client))
    id = global_ids.encode("Organization", client.organization_id)
    assert answer["data"] == {
        "before": {"team": {"name": "Before"}},
        "organizationDelete": {"deletedId": id, "userErrors": []},
        "after": None,
    }
    assert [(error["path"], error["extensions"]["code"]) for error in answer["errors"]] == [
        (["after"], "UNAUTHENTICATED")
    ]
    assert await everything(client) == []


async def test_it_waits_for_changes_under_way_and_those_that_wait_are_refused(
    client: Client, database_url: str
) -> None:
    name = await name_of(client)

    async def waiting(count: int) -> None:
        deadline = time.monotonic() + 10
        while (await selected(database_url, WAITING))[0]["count"] != count:
            assert time.monotonic() < deadline
            await asyncio.sleep(0.02)

    async with transaction(client.database, client.viewer, client.clock.now) as tx:
        await create_people(tx, [new_row(tx, Person, {"name": "Ada"})])
        await tx.flush()
        deletion = asyncio.create_task(client.data(DELETE, input={"name": name}))
        await waiting(1)
        late = asyncio.create_task(client.answer('mutation { teamCreate(input: {name: "New"}) { team { id } } }'))
        await waiting(2)
        # Reads wait for nobody.
        assert await name_of(client) == name
    assert (await deletion)["organizationDelete"]["userErrors"] == []
    [error] = (await late)["errors"]
    assert error["extensions"]["code"] == "UNAUTHENTICATED"
    assert await everything(client) == []


async def test_a_deletion_that_waits_too_long_changes_nothing(client: Client, database_url: str) -> None:
    settings = Settings(key_cache_seconds=3600, import_timeout=0.3)
    app = create_app(settings, client.database, client.clock)
    impatient = Client(app, client.database, client.clock, client.organization_id, client.person_id, client.key)
    name, before = await name_of(impatient), await everything(client)
    async with transaction(client.database, client.viewer, client.clock.now):
        answer = await impatient.answer(DELETE, input={"name": name})
    assert answer["errors"][0]["extensions"]["code"] == "OPERATION_TIMEOUT"
    assert answer["errors"][0]["message"].endswith("or let the operator do it on the command line.")
    assert await everything(client) == before


@pytest.fixture
def okrgraph(client: Client, database_url: str) -> Any:
    async def run(*arguments: str) -> Ended:
        return await run_async("organization", "delete", *arguments, OKRGRAPH_DATABASE_URL=database_url)

    return run


async def test_the_operator_deletes_the_only_one_by_its_name(client: Client, okrgraph: Any) -> None:
    name, before = await name_of(client), await everything(client)
    message = "`name` is not the name of the organization. Repeat its name exactly to delete it.\n"
    assert await okrgraph("Other") == (1, "", f"ORGANIZATION_NAME_MISMATCH (name): {message}")
    assert (await okrgraph()).code == 2
    assert await everything(client) == before
    # Organization, person, their events and that of the key, and the key.
    assert await okrgraph(name) == (0, "", f"The organization {client.organization_id} is deleted: 9 rows.\n")
    assert await everything(client) == []


async def test_the_operator_says_which_of_several(client: Client, stranger: Client, okrgraph: Any) -> None:
    name, before = await name_of(client), await everything(client)
    assert (await okrgraph(name)).code == 1
    assert (await okrgraph(name, "--organization", str(stranger.organization_id))).code == 1
    nowhere = await okrgraph(name, "--organization", str(UUID(int=1)))
    assert nowhere.code == 1
    assert nowhere.stderr.startswith(f"There is no organization {UUID(int=1)}:")
    assert await everything(client) == before
    assert (await okrgraph(name, "--organization", str(client.organization_id))).code == 0
    assert await name_of(stranger) == "Strangers"
    assert str(client.organization_id) not in str(await everything(client))
