"""`okrgraph person erase`: what the operator erases, by whichever name, and what is refused."""

from typing import Any

import pytest

from service.values import global_ids
from tests.kit.client import Client
from tests.kit.commands import Ended, run_async
from tests.kit.refusals import everything

ADA = {"name": "Ada", "email": "ada@example.com", "externalId": "ada"}


async def erase(database_url: str, *arguments: str) -> Ended:
    return await run_async("person", "erase", *arguments, OKRGRAPH_DATABASE_URL=database_url)


def uuid_of(id: str) -> str:
    decoded = global_ids.decode(id)
    assert decoded is not None
    return str(decoded[1])


async def shown(client: Client, id: str) -> Any:
    document = """query($id: ID!) { node(id: $id) { ... on Person { name email externalId erasedAt } }
        events(first: 1) { nodes { verb actor { name } } } }"""
    return await client.data(document, id=id)


@pytest.mark.parametrize("by", ["id", "uuid", "email", "externalId"])
async def test_the_operator_erases(client: Client, database_url: str, by: str) -> None:
    id = await client.make("personCreate", **ADA)
    named = {"id": id, "uuid": uuid_of(id), **ADA}
    assert await erase(database_url, named[by]) == (0, "", f"The person {uuid_of(id)} is erased.\n")
    found = await shown(client, id)
    assert found["node"].pop("erasedAt") is not None
    assert found["node"] == {"name": "Erased person", "email": None, "externalId": None}
    assert found["events"]["nodes"] == [{"verb": "ERASED", "actor": None}]
    before = await everything(client)
    assert (await erase(database_url, id)).code == 0
    assert await everything(client) == before


async def test_in_one_of_several_organizations(client: Client, stranger: Client, database_url: str) -> None:
    id, theirs = await client.make("personCreate", **ADA), await stranger.make("personCreate", **ADA)
    assert (await erase(database_url, "ada")).code == 1
    assert (await erase(database_url, "ada", "--organization", str(client.organization_id))).code == 0
    assert (await shown(client, id))["node"]["name"] == "Erased person"
    assert (await shown(stranger, theirs))["node"]["name"] == "Ada"


async def test_what_is_refused(client: Client, database_url: str) -> None:
    before = await everything(client)
    nobody = "There is no such person in the organization: nothing was changed.\n"
    for name in ("nobody", "", global_ids.encode("Team", client.person_id)):
        assert await erase(database_url, name) == (1, "", nobody)
    owner = "LAST_OWNER (id): This is the only owner of the organization. Make somebody else an owner first.\n"
    assert await erase(database_url, "olive@example.com") == (1, "", owner)
    assert await everything(client) == before
