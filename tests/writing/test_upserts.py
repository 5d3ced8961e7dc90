"""Many objects are created and updated by their external ids, and found by them."""

from typing import Any
from uuid import uuid4

from tests.consistency.test_concurrency import findings
from tests.kit.client import Client
from tests.kit.refusals import everything
from tests.kit.roles import acting

# The mutation of each type: the list in its input, the object in its results, and a text of it.
TYPES = {
    "objectivesUpsert": ("objectives", "objective", "title"),
    "keyResultsUpsert": ("keyResults", "keyResult", "title"),
    "kpisUpsert": ("kpis", "kpi", "name"),
}
ERRORS = "userErrors { code field }"


async def upserted(client: Client, mutation: str, items: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """The whole payload; of each object the external id, version and text."""
    name, noun, text = TYPES[mutation]
    kind = f"{mutation[0].upper()}{mutation[1:]}Input"
    document = f"""mutation($input: {kind}!) {{ {mutation}(input: $input) {{ isApplied {ERRORS}
        results {{ outcome {noun} {{ externalId version {text} }} {ERRORS} }} }} }}"""
    return (await client.data(document, input={name: items, **more}))[mutation]


async def outcomes(client: Client, mutation: str, items: list[dict[str, Any]], **more: Any) -> list[Any]:
    """What became of each item: its outcome, or codes and the ends of paths."""
    payload = await upserted(client, mutation, items, **more)
    assert payload["userErrors"] == [each for result in payload["results"] for each in result["userErrors"]]
    for number, result in enumerate(payload["results"]):
        assert all(error["field"][:3] == ["input", TYPES[mutation][0], str(number)] for error in result["userErrors"])
    return [
        result["outcome"] or [(error["code"], error["field"][-1]) for error in result["userErrors"]]
        for result in payload["results"]
    ]


async def test_the_same_request_again_changes_nothing(client: Client) -> None:
    cycle = await client.cycle()
    pat = await client.make("personCreate", name="Pat")
    items: list[dict[str, Any]] = [
        {"externalId": f"o{number}", "title": f"Title {number}", "cycleId": cycle, "reason": "Synced"}
        for number in range(3)
    ]
    # Any day of a quarter means its end.
    items[0] |= {"ownerId": pat, "description": None, "due": {"on": "2026-05-05", "granularity": "QUARTER"}}
    payload = await upserted(client, "objectivesUpsert", items)
    objects = [{"externalId": f"o{number}", "version": 1, "title": f"Title {number}"} for number in range(3)]
    assert payload == {
        "isApplied": True,
        "userErrors": [],
        "results": [{"outcome": "CREATED", "objective": each, "userErrors": []} for each in objects],
    }
    before = await everything(client)
    payload = await upserted(client, "objectivesUpsert", items)
    assert payload["isApplied"]
    assert payload["results"] == [{"outcome": "UNCHANGED", "objective": each, "userErrors": []} for each in objects]
    assert await everything(client) == before
    changes: list[dict[str, Any]] = [
        {"externalId": "o1", "title": "Another"},
        {"externalId": "o0", "ownerId": None},
        {"externalId": "new", "title": "New", "cycleId": cycle},
        {"externalId": "o2"},
    ]
    assert await outcomes(client, "objectivesUpsert", changes) == ["UPDATED", "UPDATED", "CREATED", "UNCHANGED"]
    document = """query($ids: [String!]!) { objectivesByExternalIds(externalIds: $ids) {
        title version due { on } owner { name } } events(first: 20) { nodes { verb reason } } }"""
    found = await client.data(document, ids=["o1", "nobody", "o0", "o1"])
    another = {"title": "Another", "version": 2, "due": None, "owner": None}
    first = {"title": "Title 0", "version": 2, "due": {"on": "2026-06-30"}, "owner": None}
    assert found["objectivesByExternalIds"] == [another, None, first, another]
    events = [(each["verb"], each["reason"]) for each in found["events"]["nodes"]]
    assert [events.count(each) for each in (("CREATED", "Synced"), ("UPDATED", None))] == [3, 2]


async def test_one_refusal_refuses_all_or_itself_alone(client: Client) -> None:
    cycle = await client.cycle()
    await client.objective(cycle, externalId="old")
    await client.make("objectiveArchive", id=await client.objective(cycle, externalId="gone"))
    items: list[dict[str, Any]] = [
        {"externalId": "fine", "title": "Fine", "cycleId": cycle},
        {"externalId": "bare", "ownerId": "nonsense"},
        {"externalId": "old", "title": ""},
        {"externalId": "old", "title": "Twice"},
        {"externalId": " ", "title": "Blank", "cycleId": cycle},
        {"externalId": "gone", "title": "Changed"},
        {"externalId": "lost", "title": "", "cycleId": cycle, "ownerId": cycle},
    ]
    refused = [
        [("NOT_FOUND", "ownerId"), ("REQUIRED_FOR_NEW", "cycleId"), ("REQUIRED_FOR_NEW", "title")],
        [("BLANK", "title")],
        [("ITEM_REPEATED", "externalId")],
        [("BLANK", "externalId")],
        [("ARCHIVED", "externalId")],
        [("NOT_FOUND", "ownerId"), ("BLANK", "title")],
    ]
    before = await everything(client)
    assert await outcomes(client, "objectivesUpsert", items) == [[], *refused]
    assert await everything(client) == before
    assert await outcomes(client, "objectivesUpsert", items, mode="EACH") == ["CREATED", *refused]
    payload = await upserted(client, "objectivesUpsert", items[1:], mode="EACH")
    assert not payload["isApplied"]
    assert [result["objective"] and result["objective"]["externalId"] for result in payload["results"]] == [
        *(None, "old", "old", None, "gone"),
        None,
    ]


async def test_key_results_stay_with_their_objective(client: Client) -> None:
    cycle = await client.cycle()
    objective, other = await client.objective(cycle, "One"), await client.objective(cycle, "Other")
    items: list[dict[str, Any]] = [
        {"externalId": "k0", "title": "Reach", "objectiveId": objective, "kind": "REACH", "target": "10"},
        # Without a target it is a draft, whatever is sent.
        {"externalId": "k1", "title": "Draft", "objectiveId": other, "kind": "REACH", "lifecycle": "ACTIVE"},
    ]
    assert await outcomes(client, "keyResultsUpsert", items) == ["CREATED", "CREATED"]
    before = await everything(client)
    assert await outcomes(client, "keyResultsUpsert", items) == ["UNCHANGED", "UNCHANGED"]
    items = [{**items[0], "objectiveId": other}, {**items[0], "externalId": "k2", "objectiveId": cycle}]
    refused = [[("OBJECTIVE_FIXED", "objectiveId")], [("NOT_FOUND", "objectiveId")]]
    assert await outcomes(client, "keyResultsUpsert", items) == refused
    # In an active cycle a target changes for a reason.
    target: dict[str, Any] = {"externalId": "k0", "target": "20"}
    assert await outcomes(client, "keyResultsUpsert", [target]) == [[("TARGET_REASON_MISSING", "reason")]]
    assert await everything(client) == before
    key_result = await client.data('{ keyResult(externalId: "k0") { id } }')
    await client.check_in(key_result["keyResult"]["id"], "5")
    assert await outcomes(client, "keyResultsUpsert", [{**target, "reason": "Agreed"}]) == ["UPDATED"]
    progress = await client.data("query($id: ID!) { objective(id: $id) { progress } }", id=objective)
    assert progress == {"objective": {"progress": 0.25}}
    assert await findings(client) == []


async def test_kpis_name_those_before_them(client: Client) -> None:
    items: list[dict[str, Any]] = [
        {"externalId": "a", "name": "A", "unit": "EUR"},
        {"externalId": "b", "name": "B", "unit": "EUR", "formula": "[a] + 1"},
        {"externalId": "c", "name": "C", "unit": "EUR", "formula": "[b] + [a]"},
    ]
    assert await outcomes(client, "kpisUpsert", items) == ["CREATED"] * 3
    before = await everything(client)
    assert await outcomes(client, "kpisUpsert", items) == ["UNCHANGED"] * 3
    loop = [{"externalId": "d", "name": "D", "formula": "[c]"}, {"externalId": "b", "formula": "[c]"}]
    assert (await outcomes(client, "kpisUpsert", loop))[1] == [("KPI_FORMULA_LOOP", "formula")]
    unknown = [{"externalId": "e", "name": "E", "formula": "[f]"}, {"externalId": "f", "name": "F"}]
    assert await outcomes(client, "kpisUpsert", unknown) == [[("FORMULA_KPI_UNKNOWN", "formula")], []]
    assert await everything(client) == before
    changes = [{"externalId": "a", "unit": "USD"}, {"externalId": "b", "unit": "USD"}]
    assert await outcomes(client, "kpisUpsert", changes) == ["UPDATED", "UPDATED"]


async def test_a_hidden_object_is_taken_as_for_who_creates_one(client: Client) -> None:
    cycle = await client.cycle()
    objective = await client.objective(cycle, externalId="hidden", visibility="PRIVATE")
    await client.key_result(objective, externalId="hidden")
    await client.make("kpiCreate", name="Hidden", externalId="hidden", visibility="PRIVATE")
    member = await acting(client, "MEMBER")
    own = await member.objective(cycle, externalId="seen")
    facts: dict[str, dict[str, Any]] = {
        "objectivesUpsert": {"title": "Mine", "cycleId": cycle},
        "keyResultsUpsert": {"title": "Mine", "objectiveId": own},
        "kpisUpsert": {"name": "Mine"},
    }
    for mutation, own_facts in facts.items():
        one = mutation.replace("sUpsert", "Create")
        assert await member.refused(one, externalId="hidden", **own_facts) == ("TAKEN", ["input", "externalId"])
        before = await everything(client)
        payload = await upserted(member, mutation, [{"externalId": "hidden", **own_facts}])
        errors = [{"code": "TAKEN", "field": ["input", TYPES[mutation][0], "0", "externalId"]}]
        result = {"outcome": None, TYPES[mutation][1]: None, "userErrors": errors}
        assert payload == {"isApplied": False, "userErrors": errors, "results": [result]}
        # Without what a new one needs nothing tells it from one that does not exist.
        [told, nobody] = await outcomes(member, mutation, [{"externalId": "hidden"}, {"externalId": "nobody"}])
        assert told == nobody
        assert await everything(client) == before
    document = '{ objectivesByExternalIds(externalIds: ["hidden", "seen"]) { id } }'
    assert await member.data(document) == {"objectivesByExternalIds": [None, {"id": own}]}


async def test_a_member_changes_those_that_it_may_change(client: Client) -> None:
    cycle = await client.cycle()
    member = await acting(client, "MEMBER")
    me = (await member.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
    await client.make("organizationUpdate", memberEditing="OWN")
    await client.objective(cycle, externalId="other")
    items: list[dict[str, Any]] = [
        {"externalId": "own", "title": "Own", "cycleId": cycle, "ownerId": me},
        {"externalId": "other", "title": "Changed"},
    ]
    before = await everything(client)
    assert await outcomes(member, "objectivesUpsert", items) == [[], [("NOT_EDITABLE", "externalId")]]
    assert await everything(client) == before
    refused = ["CREATED", [("NOT_EDITABLE", "externalId")]]
    assert await outcomes(member, "objectivesUpsert", items, mode="EACH") == refused
    other = (await client.data('{ objective(externalId: "other") { id } }'))["objective"]["id"]
    own = (await client.data('{ objective(externalId: "own") { id } }'))["objective"]["id"]
    key_results = [{"externalId": f"k{n}", "title": "K", "objectiveId": id} for n, id in enumerate((own, other, other))]
    denied = [("NOT_EDITABLE", "objectiveId")]
    assert await outcomes(member, "keyResultsUpsert", key_results, mode="EACH") == ["CREATED", denied, denied]


async def test_the_mode_says_what_happens_to_the_others(client: Client) -> None:
    """However it is sent: left out, as a variable, or in the document."""
    cycle = await client.cycle()
    items: list[dict[str, Any]] = [
        {"externalId": "", "title": "Bad", "cycleId": cycle},
        {"externalId": "good", "title": "Good", "cycleId": cycle},
    ]
    before = await everything(client)
    for more in ({}, {"mode": "ATOMIC"}):
        payload = await upserted(client, "objectivesUpsert", items, **more)
        assert (payload["isApplied"], [each["outcome"] for each in payload["results"]]) == (False, [None, None])
    document = """mutation($items: [ObjectiveUpsertInput!]!, $mode: BatchMode!) {
        literal: objectivesUpsert(input: {objectives: $items, mode: ATOMIC}) { isApplied }
        variable: objectivesUpsert(input: {objectives: $items, mode: $mode}) { isApplied } }"""
    refused = {"isApplied": False}
    assert await client.data(document, items=items, mode="ATOMIC") == {"literal": refused, "variable": refused}
    assert await everything(client) == before
    assert (await upserted(client, "objectivesUpsert", items, mode="EACH"))["isApplied"]


async def test_each_of_many_references_is_looked_up(client: Client) -> None:
    cycle, nobody = await client.cycle(), str(uuid4())
    pat = await client.make("personCreate", name="Pat")
    team, pillar = await client.make("teamCreate", name="Team"), await client.make("pillarCreate", name="Pillar")
    facts = {"cycleId": cycle, "ownerId": pat, "teamId": team, "pillarId": pillar}
    items: list[dict[str, Any]] = [
        {"externalId": f"o{number}", "title": f"Title {number}", **facts} for number in range(200)
    ]
    items[-1]["ownerId"] = nobody
    expected = [*["CREATED"] * 199, [("NOT_FOUND", "ownerId")]]
    assert await outcomes(client, "objectivesUpsert", items, mode="EACH") == expected


async def test_an_item_that_is_tried_again_is_told_once(client: Client) -> None:
    cycle = await client.cycle()
    await client.objective(cycle, externalId="hidden", visibility="PRIVATE")
    member = await acting(client, "MEMBER")
    named = {"title": "Title", "cycleId": cycle}
    items: list[dict[str, Any]] = [
        {"externalId": "hidden", **named},
        {"externalId": "hidden", **named},
        {"externalId": "", **named},
        {"externalId": "other", **named, "ownerId": "nonsense"},
    ]
    for mode in ("ATOMIC", "EACH"):
        assert await outcomes(member, "objectivesUpsert", items, mode=mode) == [
            [("TAKEN", "externalId")],
            [("ITEM_REPEATED", "externalId")],
            [("BLANK", "externalId")],
            [("NOT_FOUND", "ownerId")],
        ]


async def test_a_viewer_changes_nothing(client: Client) -> None:
    viewer = await acting(client, "VIEWER")
    before = await everything(client)
    for mutation, (name, _, _) in TYPES.items():
        kind = f"{mutation[0].upper()}{mutation[1:]}Input"
        document = f"mutation($input: {kind}!) {{ {mutation}(input: $input) {{ isApplied }} }}"
        answer = await viewer.answer(document, input={name: [{"externalId": "new"}]})
        assert (answer["data"], [each["extensions"]["code"] for each in answer["errors"]]) == (
            {mutation: None},
            ["FORBIDDEN"],
        )
    assert await everything(client) == before
