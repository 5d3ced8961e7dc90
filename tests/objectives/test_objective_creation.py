"""An objective comes with its key results, alignments and links, or not at all."""

from typing import Any
from uuid import uuid4

from tests.kit.client import Client, Statements
from tests.kit.refusals import everything
from tests.kit.roles import acting

CREATE = """mutation($input: ObjectiveCreateInput!) { objectiveCreate(input: $input) {
    objective {
        title status progress
        keyResults { title kind target current progress owner { name } }
        outgoingAlignments { parent { title } parentKeyResult { title } weight isPrimary }
        links { url title system externalId }
    }
    userErrors { code field }
} }"""


async def created(client: Client, **input: Any) -> dict[str, Any]:
    return (await client.data(CREATE, input=input))["objectiveCreate"]


async def test_all_parts_are_created(client: Client, statements: Statements) -> None:
    cycle = await client.cycle()
    top = await client.objective(cycle, "Top")
    served = await client.key_result(top, "Revenue", kind="REACH", target="100")
    pat = await client.make("personCreate", name="Pat")
    kpi = await client.make("kpiCreate", name="Sales")
    input = {
        "cycleId": cycle,
        "title": "Whole",
        "externalId": "whole",
        "keyResults": [
            {"title": "Sell", "kind": "REACH", "target": "10", "baseline": "0", "ownerId": pat},
            {"title": "Follow", "kind": "REACH", "target": "5", "sourceKpiId": kpi},
            {"title": "Some day"},
        ],
        "alignments": [{"parentId": top, "weight": 2.0}, {"parentKeyResultId": served, "isPrimary": False}],
        "links": [{"url": "https://example.com/1", "title": "Epic", "system": "tracker", "externalId": "E-1"}],
    }
    payload = await created(client, **input)
    draft, unmeasured = {"current": None, "progress": None}, {"current": "0", "progress": 0.0}
    assert payload == {
        "objective": {
            "title": "Whole",
            "status": "OFF_TRACK",
            "progress": 0.0,
            "keyResults": [
                {
                    **{"title": "Sell", "kind": "REACH", "target": "10", "owner": {"name": "Pat"}},
                    **{"current": "0", "progress": 0.0},
                },
                {"title": "Follow", "kind": "REACH", "target": "5", "owner": None, **unmeasured},
                {"title": "Some day", "kind": None, "target": None, "owner": None, **draft},
            ],
            "outgoingAlignments": [
                {"parent": {"title": "Top"}, "parentKeyResult": None, "weight": 2.0, "isPrimary": True},
                {
                    **{"parent": {"title": "Top"}, "parentKeyResult": {"title": "Revenue"}},
                    **{"weight": 1.0, "isPrimary": False},
                },
            ],
            "links": [
                {"url": "https://example.com/1", "title": "Epic", "system": "tracker", "externalId": "E-1"},
            ],
        },
        "userErrors": [],
    }
    whole = await client.data("""{ objective(externalId: "whole") {
        events(filter: {verb: {eq: CREATED}}) { nodes { subjectType } } } }""")
    types = sorted(node["subjectType"] for node in whole["objective"]["events"]["nodes"])
    # Those of alignments are events of the parents.
    assert types == ["KeyResult", "KeyResult", "KeyResult", "Link", "Objective"]


async def test_messages_do_not_depend_on_the_number_of_key_results(client: Client, statements: Statements) -> None:
    cycle = await client.cycle()
    counts = []
    for number in (1, 1, 1, 30):
        parts = [{"title": f"{each}", "kind": "REACH", "target": "10"} for each in range(number)]
        document = """mutation($input: ObjectiveCreateInput!) {
            objectiveCreate(input: $input) { objective { id } userErrors { code } } }"""
        input = {"cycleId": cycle, "title": "Many", "keyResults": parts}
        counts.append(len(await statements.of(client.data(document, input=input))))
    # begin, cycle, objective, lock, key results with what is computed of them, derived values, commit; objective
    assert counts[2:] == [8, 8]


async def test_every_part_that_is_wrong_is_told_and_nothing_is_created(client: Client) -> None:
    cycle = await client.cycle()
    top = await client.objective(cycle)
    await client.make("linkCreate", objectiveId=top, title="A", url="https://example.com", system="s", externalId="1")
    before = await everything(client)
    payload = await created(
        client,
        cycleId=cycle,
        title=" ",
        keyResults=[{"title": "Fine"}, {"title": "", "kind": "REACH", "weight": -1.0}],
        alignments=[{"parentId": "nonsense"}],
        links=[{"url": "ftp://example.com", "title": ""}],
    )
    assert payload["objective"] is None
    assert {(error["code"], *error["field"][1:]) for error in payload["userErrors"]} >= {
        ("BLANK", "title"),
        ("BLANK", "keyResults", "1", "title"),
        ("NOT_FOUND", "alignments", "0", "parentId"),
        ("BLANK", "links", "0", "title"),
    }
    for part, error in [
        ({"alignments": [{"parentId": str(uuid4())}]}, ("NOT_FOUND", "alignments", "0", "parentId")),
        ({"links": [{"url": "ftp://x.example", "title": "L"}]}, ("URL_INVALID", "links", "0", "url")),
        (
            {"keyResults": [{"title": "K", "sourceKpiId": str(uuid4())}]},
            ("NOT_FOUND", "keyResults", "0", "sourceKpiId"),
        ),
        ({"keyResults": [{"title": "K", "ownerId": top}]}, ("NOT_FOUND", "keyResults", "0", "ownerId")),
    ]:
        payload = await created(client, cycleId=cycle, title="Whole", **part)
        assert payload["objective"] is None
        assert [(each["code"], *each["field"][1:]) for each in payload["userErrors"]] == [error]
    assert await everything(client) == before


async def test_the_same_input_again_is_answered_with_what_it_made(client: Client) -> None:
    cycle = await client.cycle()
    top = await client.objective(cycle)
    input: dict[str, Any] = {
        **{"id": str(uuid4()), "cycleId": cycle, "title": "Whole"},
        "keyResults": [{"title": "Sell", "kind": "REACH", "target": "10"}],
        "alignments": [{"parentId": top}],
    }
    first = await created(client, **input)
    before = await everything(client)
    assert await created(client, **input) == first
    # However its numbers are written.
    written = input | {"keyResults": [{"title": "Sell", "kind": "REACH", "target": "10.00"}]}
    assert await created(client, **written) == first
    other = input | {"keyResults": [{"title": "Sell", "kind": "REACH", "target": "11"}]}
    assert [error["code"] for error in (await created(client, **other))["userErrors"]] == ["TAKEN"]
    assert await everything(client) == before


async def test_whoever_may_create_an_objective_may_add_its_parts(client: Client) -> None:
    cycle = await client.cycle()
    top = await client.objective(cycle)
    pat = await client.make("personCreate", name="Pat")
    member = await acting(client, "MEMBER")
    await client.make("organizationUpdate", memberEditing="OWN")
    parts: dict[str, Any] = {
        "keyResults": [{"title": "K", "kind": "REACH", "target": "10"}],
        "alignments": [{"parentId": top}],
        "links": [{"url": "https://example.com", "title": "L"}],
    }
    payload = await created(member, cycleId=cycle, title="Of Pat", ownerId=pat, externalId="of-pat", **parts)
    assert payload["userErrors"] == []
    assert [len(payload["objective"][name]) for name in ("keyResults", "outgoingAlignments", "links")] == [1, 1, 1]
    # Afterwards it is that of Pat.
    id = (await client.data('{ objective(externalId: "of-pat") { id } }'))["objective"]["id"]
    assert await member.refused("keyResultCreate", objectiveId=id, title="K 2") == (
        "NOT_EDITABLE",
        ["input", "objectiveId"],
    )


async def test_too_many_parts(client: Client) -> None:
    cycle = await client.cycle()
    input = {"cycleId": cycle, "title": "Many", "links": [{"url": "https://example.com", "title": "L"}] * 51}
    answer = await client.answer(CREATE, input=input)
    assert answer["errors"][0]["message"] == "`links` has 51 members; 50 are allowed."
    member = await acting(client, "MEMBER")
    assert (await created(member, cycleId=cycle, title="Own", keyResults=[{"title": "K"}]))["userErrors"] == []
