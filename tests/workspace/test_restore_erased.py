"""Files of an organization in which somebody was erased, and files from before."""

import pytest

from service.postgres.database import Database
from service.values import global_ids
from service.workspace.file_format import Digest, end_line
from service.workspace.restoring import RowsRefused
from tests.kit.client import Client
from tests.kit.workspace_files import exported, findings, imported
from tests.workspace.restored import assert_same, file_of, restored


async def person_id(client: Client, external_id: str) -> str:
    return (await client.data(f'{{ person(externalId: "{external_id}") {{ id }} }}'))["person"]["id"]


async def test_what_was_erased_is_restored_as_erased(small: Client, database_url: str) -> None:
    p1 = await person_id(small, "p1")
    await small.make("personErase", id=p1)
    copy = await assert_same(small, database_url)
    document = "query($id: ID!) { node(id: $id) { ... on Person { name email externalId erasedAt } } }"
    found = (await copy.data(document, id=p1))["node"]
    assert found == (await small.data(document, id=p1))["node"]
    assert (found["name"], found["erasedAt"]) == ("Erased person", "2026-07-02T13:00:00Z")
    assert await copy.refused("personRestore", id=p1) == ("ERASED", ["input", "id"])


async def test_an_export_of_now_changes_nothing(small: Client) -> None:
    await small.make("personErase", id=await person_id(small, "p1"))
    items = await exported(small)
    assert [each["externalId"] for each in items if each["type"] == "Person"] != []
    assert "p1" not in [each.get("externalId") for each in items if each["type"] == "Person"]
    done = await imported(small, items)
    assert (done.kept, done.refused, set(done.outcomes)) == (True, [], {"UNCHANGED"})
    assert await findings(small) == []


async def test_an_export_from_before_makes_a_new_person(small: Client) -> None:
    """Nothing tells that it is the same one: whoever erases somebody keeps no such files."""
    items = [each for each in await exported(small) if each["type"] == "Person"]
    p1 = await person_id(small, "p1")
    await small.make("personErase", id=p1)
    done = await imported(small, items)
    assert (done.kept, done.outcome("p1"), done.outcome("p2")) == (True, "CREATED", "UNCHANGED")
    assert await person_id(small, "p1") != p1


async def test_a_person_without_an_external_id_is_known_by_the_id_and_refused(small: Client) -> None:
    id = await small.make("personCreate", name="Ada")
    items = [each for each in await exported(small) if each["type"] == "Person"]
    await small.make("personErase", id=id)
    done = await imported(small, items)
    line = next(number for number, each in enumerate(items, 1) if each["name"] == "Ada")
    assert (done.kept, done.refused) == (False, [(line, "ERASED", "")])
    decoded = global_ids.decode(id)
    assert decoded is not None
    assert items[line - 1]["externalId"] == str(decoded[1])


async def test_a_file_cannot_have_personal_data_of_an_erased_person(small: Client, database: Database) -> None:
    p1 = await person_id(small, "p1")
    await small.make("personErase", id=p1)
    lines = await file_of(database, small.organization_id)
    name = b'"name":"Erased person"'
    forged = [line.replace(name, b'"email":"p1@example.com",' + name) for line in lines[:-1]]
    assert forged != lines[:-1]
    digest = Digest()
    for line in forged:
        digest.add(line)
    with pytest.raises(RowsRefused, match=r'of people: .*"ck_people_erased"'):
        await restored(database, small.clock, [*forged, end_line(digest)])
