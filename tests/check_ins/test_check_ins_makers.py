"""Who made a check-in: a person, a service account, or both; also in a file that is imported or restored."""

from typing import Any

from schema.relay.node import global_id
from tests.kit.client import Client
from tests.kit.service_accounts import ACTING, acting_for, service_account
from tests.kit.small_workspace import check_in, cycle, item, key_result, objective, person
from tests.kit.workspace_files import exported, findings, imported
from tests.workspace.restored import assert_same

MAKERS = "{ keyResults { nodes { checkIns { nodes { note author { name } serviceAccount { name } } } } } }"
GOALS = [
    cycle("2026", "2026-01-01", "2026-12-31", state="ACTIVE"),
    objective("o1"),
    key_result("k1", kind="REACH", target="10"),
]
MADE = {
    "person": ("Olive Owner", None),
    "service account": (None, "Backend"),
    "both": ("Ada", "Backend"),
}


async def makers(client: Client) -> dict[str, tuple[str | None, str | None]]:
    """Author and service account of each check-in, by its note."""
    [key_result] = (await client.data(MAKERS))["keyResults"]["nodes"]
    return {
        node["note"]: ((node["author"] or {}).get("name"), (node["serviceAccount"] or {}).get("name"))
        for node in key_result["checkIns"]["nodes"]
    }


async def checked_in(client: Client) -> Client:
    """One check-in by a person, one by a service account, and one by both; the client of the service account."""
    assert (await imported(client, GOALS)).kept
    id = (await client.data('{ keyResult(externalId: "k1") { id } }'))["keyResult"]["id"]
    ada = await client.make("personCreate", name="Ada", externalId="ada")
    account = await service_account(client, "MEMBER", ACTING)
    callers = {"person": client, "service account": account, "both": acting_for(account, ada)}
    for note, caller in callers.items():
        await caller.check_in(id, "1", note=note)
    assert await makers(client) == MADE
    return account


async def test_a_file_has_both_names(client: Client, stranger: Client) -> None:
    account = await checked_in(client)
    items = await exported(client)
    [service] = [each for each in items if each["type"] == "ServiceAccount"]
    assert service == {
        "type": "ServiceAccount",
        "externalId": str(account.person_id),
        "name": "Backend",
        "role": "MEMBER",
    }
    named: dict[str, Any] = {
        each["note"]: (each.get("author"), each.get("serviceAccount")) for each in items if each["type"] == "CheckIn"
    }
    assert named == {
        "person": (str(client.person_id), None),
        "service account": (None, service["externalId"]),
        "both": ("ada", service["externalId"]),
    }
    # The stranger has the same email address.
    items = [{name: value for name, value in each.items() if name != "email"} for each in items]
    # Elsewhere and here: made by the same, and nothing to change the second time.
    for elsewhere, outcomes in ((stranger, {"CREATED"}), (stranger, {"UNCHANGED"}), (client, {"UNCHANGED"})):
        done = await imported(elsewhere, items)
        assert {each.outcome for each in done.results if each.type == "CheckIn"} == outcomes
        assert (done.kept, await makers(elsewhere)) == (True, MADE)
    assert await findings(stranger) == []


async def test_a_check_in_does_not_change_its_makers(client: Client) -> None:
    await checked_in(client)
    items = [
        *[item("ServiceAccount", "a1", name="Other"), person("p1")],
        check_in("c1", value="1", serviceAccount="a1", author="p1"),
    ]
    assert (await imported(client, items)).kept
    for changes in ({"serviceAccount": None}, {"author": None}, {"author": "ada"}):
        done = await imported(client, [check_in("c1", **{"value": "1", "serviceAccount": "a1", **changes})])
        assert done.refused == [(1, "CHECK_IN_IMMUTABLE", "externalId")]
    assert (await imported(client, [check_in("c1", value="1")])).kept
    done = await imported(client, [check_in("c2", value="1", serviceAccount="nobody")])
    assert done.refused == [(1, "NOT_FOUND", "serviceAccount")]


async def test_whoever_imports_makes_what_names_nobody(client: Client) -> None:
    await checked_in(client)
    account = await service_account(client, "ADMIN", ACTING, "Importer")
    admin = await client.make("personUpdate", id=f"{client.person_id}", name="Olive")
    document = """mutation { workspaceImport(input: {items: [{checkIn: {
        externalId: "%s", keyResult: "k1", at: "2026-03-01T09:00:00Z", note: "%s"}}]}) { applied } }"""
    for caller, note in ((account, "alone"), (acting_for(account, admin), "for Olive")):
        assert await caller.data(document % (note, note)) == {"workspaceImport": {"applied": True}}
    made = await makers(client)
    assert (made["alone"], made["for Olive"]) == ((None, "Importer"), ("Olive", "Importer"))


async def test_a_restored_organization_has_both_names(client: Client, database_url: str) -> None:
    account = await checked_in(client)
    copy = await assert_same(client, database_url)
    assert await makers(copy) == MADE
    id = global_id("ServiceAccount", account.person_id)
    events = f'{{ events(filter: {{serviceAccountId: {{eq: "{id}"}}}}) {{ nodes {{ verb actor {{ name }} }} }} }}'
    expected = [{"verb": "CHECKED_IN", "actor": {"name": "Ada"}}, {"verb": "CHECKED_IN", "actor": None}]
    assert (await copy.data(events))["events"]["nodes"] == expected
    assert (await copy.data("{ serviceAccounts { nodes { name role } } }"))["serviceAccounts"]["nodes"] == [
        {"name": "Backend", "role": "MEMBER"}
    ]
