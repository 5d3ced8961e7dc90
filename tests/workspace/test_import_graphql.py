"""The same import as one request: items by type, results in their order, paths into the input."""

from typing import Any

from schema.relay.node import parsed
from service.people.key_commands import issue_key
from service.unit_of_work import write
from tests.kit.client import Client
from tests.kit.small_workspace import BACKWARDS, SMALL, alignment, check_in, item, key_result, kpi_target, person
from tests.kit.workspace_files import exported, findings, imported, row_counts, sorted_items

PAYLOAD = """applied created updated unchanged failed
    results { index externalId outcome object { id } userErrors { code field } }
    userErrors { code field message }"""
DOCUMENT = f"mutation($input: WorkspaceImportInput!) {{ workspaceImport(input: $input) {{ {PAYLOAD} }} }}"


def as_input(item: dict[str, Any]) -> dict[str, Any]:
    """An item as exactly one of the fields of an input."""
    kind = item["type"]
    return {kind[0].lower() + kind[1:]: {name: value for name, value in item.items() if name != "type"}}


async def sent(client: Client, items: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """The payload of an import of these items."""
    data = await client.data(DOCUMENT, input={"items": [as_input(item) for item in items], **more})
    return data["workspaceImport"]


async def test_every_type_comes_in_and_results_have_the_order_of_the_items(client: Client) -> None:
    payload = await sent(client, BACKWARDS)
    assert payload["userErrors"] == []
    assert {name: payload[name] for name in ("applied", "created", "updated", "unchanged", "failed")} == {
        **{"applied": True, "created": len(SMALL), "updated": 0, "unchanged": 0, "failed": 0}
    }
    seen = [(each["index"], each["externalId"], each["outcome"]) for each in payload["results"]]
    assert seen == [(place, each.get("externalId"), "CREATED") for place, each in enumerate(BACKWARDS)]
    read = await client.data('{ objective(externalId: "o1") { id } keyResult(externalId: "k1") { id } }')
    ids = {each["externalId"]: (each["object"] or {}).get("id") for each in payload["results"]}
    assert (ids["o1"], ids["k1"]) == (read["objective"]["id"], read["keyResult"]["id"])
    assert await findings(client) == []


async def test_it_means_the_same_as_a_file(client: Client, stranger: Client) -> None:
    await sent(client, SMALL)
    await imported(stranger, SMALL)

    async def told(each: Client) -> list[bytes]:
        return sorted_items(item for item in await exported(each) if item.get("email") != "olive@example.com")

    assert await told(client) == await told(stranger)
    client.clock.advance(hours=1)
    payload = await sent(client, SMALL)
    assert (payload["applied"], payload["unchanged"]) == (True, len(SMALL))


async def test_counts_and_outcomes_of_a_mixed_request(small: Client) -> None:
    items = [SMALL[0], person("p2", name="New"), person("p3"), {"type": "Membership", "team": "t2", "person": "p3"}]
    payload = await sent(small, items)
    assert {name: payload[name] for name in ("applied", "created", "updated", "unchanged", "failed")} == {
        **{"applied": True, "created": 2, "updated": 1, "unchanged": 1, "failed": 0}
    }
    assert [each["outcome"] for each in payload["results"]] == ["UNCHANGED", "UPDATED", "CREATED", "CREATED"]
    assert [each["object"] is None for each in payload["results"]] == [False, False, False, True]


async def test_a_rehearsal(small: Client, database_url: str) -> None:
    before = await row_counts(database_url), await exported(small)
    payload = await sent(small, [person("p3"), person("p1", name="New")], dryRun=True)
    assert (payload["applied"], payload["created"], payload["updated"], payload["failed"]) == (False, 1, 1, 0)
    assert (await row_counts(database_url), await exported(small)) == before


async def test_null_empties_and_what_is_left_out_stays(small: Client) -> None:
    assert (await sent(small, [person("p1", email=None)]))["updated"] == 1
    [now] = [each for each in await exported(small) if each.get("externalId") == "p1"]
    assert now == {name: value for name, value in {**SMALL[0], "role": "MEMBER"}.items() if name != "email"}


async def test_each_error_has_the_path_to_its_field(small: Client, database_url: str) -> None:
    before = await row_counts(database_url), await exported(small)
    items = [
        person("p3"),
        person("p4", email="p1@example.com"),
        key_result("k9", weight=-1),
        item("Milestone", "m9", keyResult="k1", title="Stage"),
        check_in("c9", keyResult="nothing", value="1"),
        alignment("o3", "o3"),
    ]
    payload = await sent(small, items)
    expected = [
        ("TAKEN", ["input", "items", "1", "person", "email"]),
        ("ITEM_INVALID", ["input", "items", "2", "keyResult", "weight"]),
        ("KIND_NOT_ALLOWED", ["input", "items", "3", "milestone", "keyResult"]),
        ("NOT_FOUND", ["input", "items", "4", "checkIn", "keyResult"]),
        ("ALIGNMENT_LOOP", ["input", "items", "5", "alignment", "parent"]),
    ]
    assert [(each["code"], each["field"]) for each in payload["userErrors"]] == expected
    assert all(each["message"] for each in payload["userErrors"])
    own = [[(error["code"], error["field"]) for error in each["userErrors"]] for each in payload["results"]]
    assert own == [[], *([each] for each in expected)]
    assert (payload["applied"], payload["failed"], payload["created"]) == (False, 5, 1)
    assert [each["object"] is None for each in payload["results"]][1:] == [True] * 5
    assert (await row_counts(database_url), await exported(small)) == before


async def test_an_item_is_exactly_one_of_the_types(small: Client) -> None:
    two = as_input(person("p3")) | as_input(item("Team", "t3", name="Team"))
    cases: list[dict[str, Any]] = [two, {}, {"person": None}, {"robot": {}}]
    for broken in cases:
        answer = await small.answer(DOCUMENT, input={"items": [broken]})
        assert "data" not in answer
        assert answer["errors"][0]["extensions"]["code"] == "BAD_USER_INPUT"


async def test_nothing_to_import_is_no_error(small: Client) -> None:
    payload = await sent(small, [])
    assert payload == {
        **{"applied": True, "created": 0, "updated": 0, "unchanged": 0, "failed": 0, "results": [], "userErrors": []}
    }


async def test_a_member_may_not_import(small: Client, database_url: str) -> None:
    ids = {
        each["externalId"]: each["object"]["id"]
        for each in (await sent(small, [person("p1"), person("p2")]))["results"]
    }
    member = await client_of(small, ids["p1"])
    before = await row_counts(database_url)
    async with member:
        answer = await member.answer(DOCUMENT, input={"items": [as_input(person("p3"))]})
    assert answer["data"] == {"workspaceImport": None}
    assert [error["extensions"]["code"] for error in answer["errors"]] == ["FORBIDDEN"]
    assert await row_counts(database_url) == before
    async with await client_of(small, ids["p2"]) as administrator:
        assert (await sent(administrator, [person("p3")]))["applied"]


async def client_of(owner: Client, person: str) -> Client:
    """Somebody else of the owner's organization."""
    _, id = parsed(person) or ("", owner.person_id)
    key = await write(owner.database, owner.viewer, owner.clock.now, lambda tx: issue_key(tx, id, "test"))
    return Client(owner.app, owner.database, owner.clock, owner.organization_id, id, key)


async def test_targets_that_would_overlap_are_refused_and_those_that_move_apart_are_not(small: Client) -> None:
    """What is looked at is what is there by then, line after line."""
    first = {**kpi_target("g1", "s1", "2027-01-01", value="1"), "endsOn": "2027-06-30"}
    second = kpi_target("g2", "s1", "2027-07-01", value="2")
    assert (await sent(small, [first, second]))["applied"]
    longer, later = {**first, "endsOn": "2027-07-31"}, {**second, "startsOn": "2027-08-01"}
    before = await exported(small)
    payload = await sent(small, [longer])
    assert (payload["applied"], payload["failed"]) == (False, 1)
    assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [
        ("TARGET_OVERLAP", ["input", "items", "0", "kpiTarget", "startsOn"])
    ]
    assert await exported(small) == before
    assert (await sent(small, [later, longer]))["updated"] == 2
    assert await findings(small) == []
