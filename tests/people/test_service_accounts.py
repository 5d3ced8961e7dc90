"""Service accounts: what they see and do by themselves, who manages them, and that a write decides on their role of
its transaction."""

import asyncio
from typing import Any

import pytest

from schema.relay.node import global_id
from tests.kit.client import Client, Statements
from tests.kit.refusals import changed, errors, everything, refused, unchanged
from tests.kit.roles import acting, furnished
from tests.kit.service_accounts import service_account

VIEWER = "{ viewer { role scopes person { id } serviceAccount { name role } apiKeys { name } } }"
DENIALS = "viewerCan { edit { allowed denial } checkIn { allowed } archive { allowed } share { allowed } }"


async def titles(client: Client) -> list[str]:
    return sorted(
        node["title"] for node in (await client.data("{ objectives { nodes { title } } }"))["objectives"]["nodes"]
    )


async def test_a_service_account_is_no_person(client: Client) -> None:
    account = await service_account(client, "MEMBER")
    assert await account.data(VIEWER) == {
        "viewer": {
            "role": "MEMBER",
            "scopes": None,
            "person": None,
            "serviceAccount": {"name": "Backend", "role": "MEMBER"},
            "apiKeys": [{"name": "test"}],
        }
    }
    people = (await client.data("{ people(includeArchived: true) { nodes { name } } }"))["people"]["nodes"]
    assert people == [{"name": "Olive Owner"}]
    ids = [(await each.data("{ viewer { id } }"))["viewer"]["id"] for each in (client, account)]
    assert ids[1] == global_id("Viewer", account.person_id)
    assert ids[0] != ids[1]


async def test_it_is_a_viewer_unless_said_otherwise(client: Client) -> None:
    made = await changed(client, "serviceAccountCreate", name="Backend", externalId="backend")
    assert (made["role"], made["name"], made["externalId"]) == ("VIEWER", "Backend", "backend")
    listed = await client.data("{ serviceAccounts(filter: {role: {eq: VIEWER}}) { nodes { name } totalCount } }")
    assert listed == {"serviceAccounts": {"nodes": [{"name": "Backend"}], "totalCount": 1}}
    found = await client.data('{ serviceAccount(externalId: "backend") { id } }')
    assert found == {"serviceAccount": {"id": made["id"]}}


async def test_it_is_never_an_owner(client: Client) -> None:
    document = 'mutation { serviceAccountCreate(input: {name: "x", role: OWNER}) { userErrors { code } } }'
    before = await everything(client)
    answer = await client.answer(document)
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["GRAPHQL_VALIDATION_FAILED"]
    assert await everything(client) == before


@pytest.mark.parametrize(("role", "seen"), [("VIEWER", 1), ("MEMBER", 1), ("ADMIN", 3)])
async def test_what_it_sees(client: Client, role: str, seen: int) -> None:
    cycle = await client.cycle()
    team = await client.make("teamCreate", name="Platform")
    for visibility in ("ORGANIZATION", "TEAM", "PRIVATE"):
        await client.objective(cycle, visibility, visibility=visibility, teamId=team)
        await client.make("kpiCreate", name=visibility, visibility=visibility, teamId=team)
    account = await service_account(client, role)
    expected = sorted(["ORGANIZATION", "TEAM", "PRIVATE"][:seen])
    assert await titles(account) == expected
    kpis = (await account.data("{ kpis { nodes { name } } }"))["kpis"]["nodes"]
    assert [node["name"] for node in kpis] == expected
    subjects = {
        each["subjectType"] for each in (await account.data("{ events { nodes { subjectType } } }"))["events"]["nodes"]
    }
    assert {"Objective", "Kpi"} <= subjects


@pytest.mark.parametrize(
    ("role", "editing", "codes"),
    [
        ("VIEWER", "ALL", ["FORBIDDEN", "FORBIDDEN", "FORBIDDEN"]),
        ("MEMBER", "ALL", [None, None, "FORBIDDEN"]),
        ("MEMBER", "OWN", [None, "NOT_EDITABLE", "FORBIDDEN"]),
        ("ADMIN", "OWN", [None, None, None]),
    ],
)
async def test_what_it_changes(client: Client, role: str, editing: str, codes: list[str | None]) -> None:
    """It owns nothing: where members edit their own goals, a MEMBER edits none, not even what it has created."""
    cycle = await client.cycle()
    objective = await client.objective(cycle)
    await client.make("organizationUpdate", memberEditing=editing)
    account = await service_account(client, role)
    sent: list[tuple[str, dict[str, Any]]] = [
        ("objectiveCreate", {"cycleId": cycle, "title": "By a service account"}),
        ("objectiveUpdate", {"id": objective, "title": "Changed"}),
        ("cycleUpdate", {"id": cycle, "name": "Changed"}),
    ]
    assert [await code_of(account, mutation, input) for mutation, input in sent] == codes
    permissions = await account.data(f"query($id: ID!) {{ objective(id: $id) {{ {DENIALS} }} }}", id=objective)
    assert permissions["objective"]["viewerCan"]["edit"]["allowed"] is (codes[1] is None)
    if codes[0] is None:
        [own] = (await account.data('{ objectives(filter: {title: {eq: "By a service account"}}) { nodes { id } } }'))[
            "objectives"
        ]["nodes"]
        assert await code_of(account, "objectiveArchive", {"id": own["id"]}) == codes[1]


async def code_of(client: Client, mutation: str, input: dict[str, Any]) -> str | None:
    """The code of the error of a mutation, whichever kind it is."""
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    answer = await client.answer(
        f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ userErrors {{ code }} }} }}", input=input
    )
    if "errors" in answer:
        [error] = answer["errors"]
        return error["extensions"]["code"]
    codes = [error["code"] for error in answer["data"][mutation]["userErrors"]]
    return codes[0] if codes else None


async def test_who_manages_service_accounts(client: Client) -> None:
    id = await client.make("serviceAccountCreate", name="Backend")
    sent: list[tuple[str, dict[str, Any]]] = [
        ("serviceAccountCreate", {"name": "New"}),
        ("serviceAccountUpdate", {"id": id, "name": "Renamed"}),
        ("serviceAccountArchive", {"id": id}),
        ("serviceAccountRestore", {"id": id}),
    ]
    for role in ("VIEWER", "MEMBER"):
        for caller in (await acting(client, role), await service_account(client, role, name=role)):
            for mutation, input in sent:
                assert await errors(caller, mutation, **input) == ["FORBIDDEN"]
    for caller in (await acting(client, "ADMIN"), await service_account(client, "ADMIN", name="ADMIN")):
        for mutation, input in sent:
            assert await code_of(caller, mutation, input) is None


async def test_what_it_writes_bears_its_name(client: Client) -> None:
    ids = await furnished(client)
    account = await service_account(client)
    made = await changed(account, "keyResultCheckIn", keyResultId=ids["number"], value="1")
    id = global_id("ServiceAccount", account.person_id)
    assert (made["author"], made["serviceAccount"]) == (None, {"id": id})
    events = "{ events(first: 1) { nodes { verb actor { id } serviceAccount { id name } } } }"
    event = {"verb": "CHECKED_IN", "actor": None, "serviceAccount": {"id": id, "name": "Backend"}}
    assert await client.data(events) == {"events": {"nodes": [event]}}
    await client.check_in(ids["number"], "2")
    assert (await client.data(events))["events"]["nodes"][0]["serviceAccount"] is None


async def test_one_that_was_demoted_cannot_write_while_the_key_is_remembered(client: Client) -> None:
    account = await service_account(client, "ADMIN")
    await changed(account, "pillarCreate", name="Growth")
    id = global_id("ServiceAccount", account.person_id)
    await client.make("serviceAccountUpdate", id=id, role="MEMBER")
    assert await errors(account, "pillarCreate", name="New") == ["FORBIDDEN"]
    assert await errors(account, "serviceAccountUpdate", id=id, role="ADMIN") == ["FORBIDDEN"]
    await client.make("serviceAccountUpdate", id=id, role="VIEWER")
    assert await errors(account, "kpiCreate", name="New") == ["FORBIDDEN"]
    await client.make("serviceAccountUpdate", id=id, role="ADMIN")
    await changed(account, "pillarCreate", name="New")


async def test_one_that_was_archived_cannot_write_while_the_key_is_remembered(client: Client) -> None:
    account = await service_account(client, "ADMIN")
    await changed(account, "pillarCreate", name="Growth")
    id = global_id("ServiceAccount", account.person_id)
    await client.make("serviceAccountArchive", id=id)
    for mutation, input in (("serviceAccountRestore", {"id": id}), ("pillarCreate", {"name": "New"})):
        assert await errors(account, mutation, **input) == ["UNAUTHENTICATED"]
    await unchanged(client, "serviceAccountArchive", id=id)
    await refused(client, "serviceAccountUpdate", "ARCHIVED", "id", id=id, name="New")
    await client.make("serviceAccountRestore", id=id)
    await changed(account, "pillarCreate", name="New")


async def test_member_editing_is_that_of_the_transaction(client: Client) -> None:
    objective = await client.objective(await client.cycle())
    account = await service_account(client, "MEMBER")
    await changed(account, "objectiveUpdate", id=objective, title="First")
    await client.make("organizationUpdate", memberEditing="OWN")
    await refused(account, "objectiveUpdate", "NOT_EDITABLE", "id", id=objective, title="Second")
    await client.make("organizationUpdate", memberEditing="ALL")
    await changed(account, "objectiveUpdate", id=objective, title="Third")


async def test_archiving_waits_for_the_writes_that_began_before_it(client: Client) -> None:
    """Writes and archiving at once: each write is either done or refused, and none is lost between."""
    account = await service_account(client, "ADMIN")
    id = global_id("ServiceAccount", account.person_id)
    document = 'mutation { pillarCreate(input: {name: "New"}) { pillar { id } userErrors { code } } }'
    writes = [account.answer(document) for _ in range(10)]
    *answers, _ = await asyncio.gather(*writes, client.make("serviceAccountArchive", id=id))
    done = [each["data"]["pillarCreate"]["pillar"]["id"] for each in answers if "errors" not in each]
    failed = [error["extensions"]["code"] for each in answers for error in each.get("errors", [])]
    assert failed == ["UNAUTHENTICATED"] * (10 - len(done))
    stored = [node["id"] for node in (await client.data("{ pillars { nodes { id } } }"))["pillars"]["nodes"]]
    assert sorted(stored) == sorted(done)
    assert await errors(account, "pillarCreate", name="New") == ["UNAUTHENTICATED"]


async def test_its_role_costs_no_message(client: Client, statements: Statements) -> None:
    account = await service_account(client, "ADMIN")
    id = await client.make("pillarCreate", name="Growth")
    document = 'mutation($id: ID!) { pillarUpdate(input: {id: $id, name: "Growth"}) { userErrors { code } } }'
    sent = await statements.of(account.data(document, id=id))
    checks = [each for each in sent if "role = 'ADMIN'" in each]
    assert [each.startswith("BEGIN") for each in checks] == [True]
