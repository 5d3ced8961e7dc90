"""Many changes in one request: all or nothing, or each that can be made."""

from typing import Any

import pytest

from tests.kit.client import Client, Statements
from tests.kit.refusals import everything
from tests.kit.roles import acting

ERRORS = "userErrors { code field }"


async def sent(client: Client, mutation: str, noun: str, items: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """The payload of a batch mutation; of each result the id and version of its object."""
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    document = f"""mutation($input: {kind}!) {{ {mutation}(input: $input) {{
        isApplied {ERRORS} results {{ {noun} {{ id version }} {ERRORS} }} }} }}"""
    name = mutation.removesuffix("Update").removesuffix("Archive").removesuffix("Restore").removesuffix("Move")
    name = name.removesuffix("Align")
    return (await client.data(document, input={name: items, **more}))[mutation]


def error(number: int, field: str, code: str, name: str = "objectives") -> dict[str, Any]:
    return {"code": code, "field": ["input", name, str(number), field]}


async def test_the_owner_of_two_hundred_objectives_changes_in_ten_messages(
    client: Client, statements: Statements
) -> None:
    cycle = await client.cycle()
    pat = await client.make("personCreate", name="Pat")
    parent = await client.objective(cycle)
    ids = [await client.objective(cycle, f"Objective {number}") for number in range(200)]
    await client.make("objectiveAlign", objectiveId=ids[0], parentId=parent)
    document = """mutation($input: ObjectivesUpdateInput!) { objectivesUpdate(input: $input) {
        isApplied results { objective { id version owner { name } } userErrors { code } } } }"""
    items: list[dict[str, Any]] = [{"id": id, "ownerId": pat, "reason": "Handed over"} for id in ids]
    messages = await statements.of(client.data(document, input={"objectives": items[:2]}))
    # begin, lock, write, commit; begin, the objectives, their owners, commit
    assert len(messages) == 8
    again = await statements.of(client.data(document, input={"objectives": items}))
    # Many rows are sent table by table.
    assert len(again) == 10
    payload = (await client.data(document, input={"objectives": items}))["objectivesUpdate"]
    assert payload == {
        "isApplied": True,
        "results": [{"objective": {"id": id, "version": 2, "owner": {"name": "Pat"}}, "userErrors": []} for id in ids],
    }
    events = await client.data(
        """{ events(filter: {verb: {eq: UPDATED}}, first: 100) { totalCount nodes { reason } } }"""
    )
    assert events["events"]["totalCount"] == 200
    assert {node["reason"] for node in events["events"]["nodes"]} == {"Handed over"}


async def test_one_refusal_refuses_all_and_every_refusal_is_told(client: Client) -> None:
    cycle = await client.cycle()
    ids = [await client.objective(cycle, title) for title in "abcd"]
    await client.make("objectiveArchive", id=ids[3])
    before = await everything(client)
    items: list[dict[str, Any]] = [
        {"id": ids[0], "title": "Fine"},
        {"id": ids[1], "title": "", "expectedVersion": 7},
        {"id": ids[2], "ownerId": ids[0]},
        {"id": ids[0], "title": "Twice"},
        {"id": ids[3], "title": "Archived"},
        {"id": "nonsense", "title": "Nothing"},
    ]
    payload = await sent(client, "objectivesUpdate", "objective", items)
    assert not payload["isApplied"]
    assert payload["userErrors"] == [each for result in payload["results"] for each in result["userErrors"]]
    assert [result["userErrors"] for result in payload["results"]] == [
        [],
        [error(1, "title", "BLANK"), error(1, "expectedVersion", "CONFLICT")],
        [error(2, "ownerId", "NOT_FOUND")],
        [error(3, "id", "ITEM_REPEATED")],
        [error(4, "id", "ARCHIVED")],
        [error(5, "id", "NOT_FOUND")],
    ]
    known = [result["objective"] and result["objective"]["id"] for result in payload["results"]]
    assert known == [*ids[:3], ids[0], ids[3], None]
    assert await everything(client) == before


async def test_each_that_can_be_changed_is_changed(client: Client) -> None:
    cycle = await client.cycle()
    ids = [await client.objective(cycle, title, externalId=f"x-{title}") for title in "abc"]
    items: list[dict[str, Any]] = [
        {"id": ids[0], "title": "A"},
        {"id": ids[1], "title": ""},
        {"id": ids[2], "externalId": "x-a"},
    ]
    payload = await sent(client, "objectivesUpdate", "objective", items, mode="EACH")
    assert payload == {
        "isApplied": True,
        "userErrors": [error(1, "title", "BLANK"), error(2, "externalId", "TAKEN")],
        "results": [
            {"objective": {"id": ids[0], "version": 2}, "userErrors": []},
            {"objective": {"id": ids[1], "version": 1}, "userErrors": [error(1, "title", "BLANK")]},
            {"objective": {"id": ids[2], "version": 1}, "userErrors": [error(2, "externalId", "TAKEN")]},
        ],
    }
    refused = await sent(client, "objectivesUpdate", "objective", items[1:], mode="EACH")
    assert not refused["isApplied"]


async def test_external_ids_that_only_the_database_compares(client: Client) -> None:
    """More collisions than there are rounds: each item then has a transaction of its own."""
    cycle = await client.cycle()
    ids = [await client.objective(cycle, externalId=f"x-{number}") for number in range(12)]
    items: list[dict[str, Any]] = [{"id": id, "externalId": f"x-{number // 2}"} for number, id in enumerate(ids)]
    payload = await sent(client, "objectivesUpdate", "objective", items, mode="EACH")
    codes = [[each["code"] for each in result["userErrors"]] for result in payload["results"]]
    # The first keeps its own; each other one wants what another objective has.
    assert codes == [[], *[["TAKEN"]] * 11]


async def test_a_member_changes_those_that_it_may_change(client: Client) -> None:
    cycle = await client.cycle()
    member = await acting(client, "MEMBER")
    await client.make("organizationUpdate", memberEditing="OWN")
    own = await member.objective(
        cycle, ownerId=(await member.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
    )
    other = await client.objective(cycle)
    items: list[dict[str, Any]] = [{"id": own, "title": "Own"}, {"id": other, "title": "Other"}]
    before = await everything(client)
    payload = await sent(member, "objectivesUpdate", "objective", items)
    assert [result["userErrors"] for result in payload["results"]] == [[], [error(1, "id", "NOT_EDITABLE")]]
    assert await everything(client) == before
    payload = await sent(member, "objectivesUpdate", "objective", items, mode="EACH")
    assert [result["objective"]["version"] for result in payload["results"]] == [2, 1]
    viewer = await acting(client, "VIEWER")
    document = "mutation($input: ObjectivesUpdateInput!) { objectivesUpdate(input: $input) { isApplied } }"
    answer = await viewer.answer(document, input={"objectives": items, "mode": "EACH"})
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["FORBIDDEN"]


async def test_progress_above_follows_when_many_are_archived_and_restored(client: Client) -> None:
    cycle = await client.cycle()
    objective = await client.objective(cycle)
    ids = [await client.key_result(objective, kind="REACH", target="100") for _ in range(3)]
    for number, id in enumerate(ids):
        await client.check_in(id, str(20 * (number + 1)))
    progress = "query($id: ID!) { objective(id: $id) { progress } }"
    items: list[dict[str, Any]] = [{"id": id, "reason": "Not this year"} for id in ids[1:]]
    assert (await client.data(progress, id=objective))["objective"]["progress"] == 0.4
    payload = await sent(client, "keyResultsArchive", "keyResult", items)
    assert payload["isApplied"]
    assert (await client.data(progress, id=objective))["objective"]["progress"] == 0.2
    assert (await sent(client, "keyResultsRestore", "keyResult", items))["isApplied"]
    assert (await client.data(progress, id=objective))["objective"]["progress"] == 0.4
    weights = [{"id": ids[0], "weight": 2.0}, {"id": ids[2], "weight": 0.0}]
    assert (await sent(client, "keyResultsUpdate", "keyResult", weights))["isApplied"]
    assert (await client.data(progress, id=objective))["objective"]["progress"] == pytest.approx(0.8 / 3)


async def test_objectives_are_aligned_and_moved_together(client: Client) -> None:
    cycle = await client.cycle()
    top, other, first, second = [await client.objective(cycle, title) for title in ("top", "other", "a", "b")]
    edges = [{"objectiveId": id, "parentId": top} for id in (first, second)]
    document = f"""mutation($input: ObjectivesAlignInput!) {{ objectivesAlign(input: $input) {{
        isApplied results {{ alignment {{ objective {{ id }} parent {{ id }} }} {ERRORS} }} }} }}"""
    loop = {"objectives": [*edges, {"objectiveId": top, "parentId": first}]}
    before = await everything(client)
    payload = (await client.data(document, input=loop))["objectivesAlign"]
    assert [[each["code"] for each in result["userErrors"]] for result in payload["results"]] == [
        [],
        [],
        ["ALIGNMENT_LOOP"],
    ]
    assert await everything(client) == before
    payload = (await client.data(document, input={"objectives": edges}))["objectivesAlign"]
    assert payload == {
        "isApplied": True,
        "results": [
            {"alignment": {"objective": {"id": id}, "parent": {"id": top}}, "userErrors": []} for id in (first, second)
        ],
    }
    moves: list[dict[str, Any]] = [{"id": first, "parentId": other}, {"id": second, "parentId": None}]
    assert (await sent(client, "objectivesMove", "objective", moves))["isApplied"]
    tree = await client.data(
        "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Objective { parents { id } } } }", ids=[first, second]
    )
    assert tree == {"nodes": [{"parents": [{"id": other}]}, {"parents": []}]}


async def test_what_an_item_leaves_to_compute_is_computed_whatever_follows(client: Client) -> None:
    cycle = await client.cycle()
    source = {"progressSource": "ALIGNED_OBJECTIVES"}
    top, middle = [await client.objective(cycle, title, **source) for title in ("top", "middle")]
    leaf = await client.objective(cycle)
    await client.check_in(await client.key_result(leaf, kind="REACH", target="10"), "5")
    edges = [{"objectiveId": leaf, "parentId": middle}, {"objectiveId": middle, "parentId": top}]
    document = "mutation($input: ObjectivesAlignInput!) { objectivesAlign(input: $input) { isApplied } }"
    assert await client.data(document, input={"objectives": edges}) == {"objectivesAlign": {"isApplied": True}}
    tree = await client.data(
        "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Objective { progress } } }", ids=[leaf, middle, top]
    )
    assert tree == {"nodes": [{"progress": 0.5}] * 3}


async def test_many_kpis_change(client: Client) -> None:
    ids = [await client.make("kpiCreate", name=name) for name in "ab"]
    pat = await client.make("personCreate", name="Pat")
    items: list[dict[str, Any]] = [{"id": id, "ownerId": pat} for id in ids]
    assert (await sent(client, "kpisUpdate", "kpi", items))["isApplied"]
    kpis = await client.data("query($pat: ID!) { kpis(filter: {ownerId: {eq: $pat}}) { totalCount } }", pat=pat)
    assert kpis == {"kpis": {"totalCount": 2}}
    assert (await sent(client, "kpisArchive", "kpi", [{"id": id} for id in ids]))["isApplied"]
    assert await client.data("{ kpis { totalCount } }") == {"kpis": {"totalCount": 0}}
    assert (await sent(client, "kpisRestore", "kpi", [{"id": id} for id in ids]))["isApplied"]
    assert await client.data("{ kpis { totalCount } }") == {"kpis": {"totalCount": 2}}


@pytest.mark.parametrize("count", [0, 201])
async def test_too_few_and_too_many(client: Client, count: int) -> None:
    document = "mutation($input: ObjectivesArchiveInput!) { objectivesArchive(input: $input) { isApplied } }"
    answer = await client.answer(document, input={"objectives": [{"id": "x"}] * count})
    [refusal] = answer["errors"]
    assert refusal["extensions"]["code"] == "BAD_USER_INPUT"
    assert refusal["message"] == f"`objectives` has {count} members; 1 to 200 are allowed."
