"""Carrying objectives over: what is created of each, what is decided, and the lineage both ways."""

from typing import Any

import pytest

from tests.carry_overs.asking import carried, cycles, item, successor
from tests.kit.client import Client
from tests.kit.refusals import everything


async def shown(client: Client, objective: str) -> dict[str, Any]:
    document = """query($id: ID!) { objective(id: $id) {
        title description level kind lifecycle visibility perspective progressSource statusSource progress version
        cycle { name } owner { name } team { name } pillar { name }
        participants { role person { name } team { name } }
        keyResults { title description kind mode valueSource sourceKpi { name } lifecycle unit baseline target changeBy
            lower upper weight owner { name } progress current checkIns { totalCount }
            milestones { title weight doneAt } kpiLinks { role kpi { name } } } } }"""
    return (await client.data(document, id=objective))["objective"]


async def test_keep_carries_all_facts_and_no_progress(client: Client) -> None:
    third, fourth = await cycles(client)
    person = await client.make("personCreate", name="Ada")
    team = await client.make("teamCreate", name="Sales")
    pillar = await client.make("pillarCreate", name="Growth")
    facts = {"description": "Why", "level": "COMPANY", "kind": "COMMITTED", "visibility": "TEAM"}
    facts |= {"perspective": "CUSTOMER", "progressSource": "BOTH", "statusSource": "PACE", "externalId": "O"}
    old = await client.objective(third, ownerId=person, teamId=team, pillarId=pillar, **facts)
    await client.make("participantAdd", objectiveId=old, teamId=team, role="READER")
    await client.make("participantAdd", objectiveId=old, personId=person, role="CO_OWNER")
    kpi = await client.make("kpiCreate", name="Revenue", unit="EUR")
    gone = await client.make("kpiCreate", name="Gone", unit="EUR")
    number = {"kind": "INCREASE", "baseline": "0", "target": "10", "unit": "EUR", "weight": 2.0, "ownerId": person}
    measured = await client.key_result(old, title="Number", description="How", externalId="K", **number)
    await client.make("keyResultLinkKpi", keyResultId=measured, kpiId=kpi, role="GUARDRAIL")
    await client.make("keyResultLinkKpi", keyResultId=measured, kpiId=gone)
    await client.make("kpiArchive", id=gone)
    await client.key_result(old, title="Limit", kind="WITHIN_RANGE", lower="1", upper="2", mode="ADHERENCE")
    await client.key_result(old, title="More", kind="INCREASE_BY_PERCENT", baseline="200", changeBy="10")
    follows = {"kind": "REACH", "target": "5", "valueSource": "KPI", "sourceKpiId": kpi}
    await client.key_result(old, title="Follower", **follows)
    stages = await client.key_result(old, title="Stages", kind="MILESTONE")
    await client.make("milestoneCreate", keyResultId=stages, title="First", weight=3.0, doneAt="2026-07-02T00:00:00Z")
    await client.make("milestoneCreate", keyResultId=stages, title="Second")
    await client.key_result(old, title="Vague")
    archived = await client.key_result(old, title="Archived", kind="BINARY")
    await client.make("keyResultArchive", id=archived)
    await client.key_result(old, title="Cancelled", kind="BINARY", lifecycle="CANCELLED")
    await client.check_in(measured, "5")
    before = await shown(client, old)
    new = await successor(client, third, fourth, old)
    # It is computed of values, of which there are none.
    computed = {"progress": None, "current": None, "checkIns": None}
    facts_of_key_results = [
        {
            **each,
            **computed,
            "milestones": [{**stage, "doneAt": None} for stage in each["milestones"]],
            # An archived KPI measures nothing.
            "kpiLinks": [link for link in each["kpiLinks"] if link["kpi"] != {"name": "Gone"}],
        }
        for each in before["keyResults"]
        if each["title"] != "Cancelled"
    ]
    found = await shown(client, new)
    assert [{**each, **computed} for each in found["keyResults"]] == facts_of_key_results
    assert [(each["title"], each["progress"], each["checkIns"]["totalCount"]) for each in found["keyResults"]] == [
        *(("Number", 0.0, 0), ("Limit", None, 0), ("More", 0.0, 0), ("Follower", 0.0, 0), ("Stages", 0.0, 0)),
        ("Vague", None, 0),
    ]
    assert {**found, "keyResults": []} == {
        **before,
        "cycle": {"name": "Q4"},
        "progress": 0.0,
        "keyResults": [],
    }
    assert await shown(client, old) == before


async def test_lineage_both_ways(client: Client) -> None:
    third, fourth = await cycles(client)
    old = await client.objective(third)
    key_result = await client.key_result(old, kind="REACH", target="10")
    payload = await carried(client, third, fourth, item(old), reason="It goes on")
    [result] = payload["results"]
    new = result["successor"]["id"]
    [own] = result["keyResults"]
    document = """query($old: ID!, $new: ID!) {
        old: objective(id: $old) { ...goal } new: objective(id: $new) { ...goal } }
        fragment goal on Objective { carriedFrom { id } carriedTo { id }
            carryOvers { decision decidedAt cycle { name } objective { id } keyResult { id } successor { id }
                successorKeyResult { id } }
            keyResults { id carriedFrom { id } carriedTo { id }
                carryOvers { decision keyResult { id } successor { id } successorKeyResult { id } } } }"""
    answer = await client.data(document, old=old, new=new)
    goal: dict[str, Any] = {"decision": "KEEP", "decidedAt": "2026-07-02T12:00:00Z", "cycle": {"name": "Q4"}}
    goal |= {"objective": {"id": old}, "keyResult": None, "successor": {"id": new}, "successorKeyResult": None}
    new_key_result = own["successor"]["id"]
    part = {"decision": "KEEP", "keyResult": {"id": key_result}, "successor": {"id": new}}
    part |= {"successorKeyResult": {"id": new_key_result}}
    assert answer["old"] == {
        "carriedFrom": None,
        "carriedTo": [{"id": new}],
        "carryOvers": [goal],
        "keyResults": [
            {"id": key_result, "carriedFrom": None, "carriedTo": [{"id": new_key_result}], "carryOvers": [part]}
        ],
    }
    assert answer["new"] == {
        "carriedFrom": {"id": old},
        "carriedTo": [],
        "carryOvers": [],
        "keyResults": [{"id": new_key_result, "carriedFrom": {"id": key_result}, "carriedTo": [], "carryOvers": []}],
    }
    events = """query($id: ID!) { objective(id: $id) { events { nodes { verb subjectType reason changes } } } }"""
    nodes = (await client.data(events, id=old))["objective"]["events"]["nodes"]
    [of_goal] = [each for each in nodes if each["verb"] == "CARRIED_OVER" and "keyResultId" not in each["changes"]]
    assert of_goal["reason"] == "It goes on"
    assert of_goal["changes"]["decision"] == {"after": "KEEP"}
    assert of_goal["changes"]["successorId"] == {"after": new}
    created = (await client.data(events, id=new))["objective"]["events"]["nodes"]
    assert {(each["verb"], each["subjectType"], each["reason"]) for each in created} == {
        ("CREATED", "Objective", "It goes on"),
        ("CREATED", "KeyResult", "It goes on"),
    }


async def test_modify_changes_facts(client: Client) -> None:
    third, fourth = await cycles(client)
    person = await client.make("personCreate", name="Ada")
    old = await client.objective(third, description="Why", ownerId=person)
    number = await client.key_result(old, title="Number", kind="INCREASE", baseline="0", target="10")
    limit = await client.key_result(old, title="Limit", kind="WITHIN_RANGE", lower="1", upper="2")
    more = await client.key_result(old, title="More", kind="INCREASE_BY", baseline="5", changeBy="10")
    dropped = await client.key_result(old, title="Dropped", kind="BINARY")
    again = await client.key_result(old, title="Again", kind="BINARY", lifecycle="CANCELLED")
    parts = [
        {"keyResultId": number, "decision": "MODIFY", "title": "Larger", "target": "20", "weight": 3.0},
        {"keyResultId": limit, "decision": "MODIFY", "lower": None, "upper": "3", "ownerId": person},
        {"keyResultId": more, "decision": "MODIFY", "baseline": "7", "changeBy": "2"},
        {"keyResultId": dropped, "decision": "ABANDON"},
        {"keyResultId": again, "decision": "KEEP"},
    ]
    changes = {"title": "Another", "description": None, "ownerId": None, "level": "COMPANY", "kind": "LEARNING"}
    payload = await carried(client, third, fourth, item(old, "MODIFY", keyResults=parts, **changes))
    assert payload["userErrors"] == []
    [result] = payload["results"]
    assert (result["decision"], result["outcome"], result["title"]) == ("MODIFY", "CREATED", "Another")
    assert [
        (each["decision"], each["title"], each["baseline"], each["target"], each["successor"] is not None)
        for each in result["keyResults"]
    ] == [
        ("MODIFY", "Larger", "0", "20", True),
        ("MODIFY", "Limit", None, None, True),
        ("MODIFY", "More", "7", "9", True),
        ("ABANDON", None, None, None, False),
        ("KEEP", "Again", None, None, True),
    ]
    found = await shown(client, result["successor"]["id"])
    assert {name: found[name] for name in ("title", "description", "owner", "level", "kind")} == {
        **{"title": "Another", "description": None, "owner": None, "level": "COMPANY", "kind": "LEARNING"}
    }
    assert [(each["title"], each["weight"], each["lower"], each["upper"]) for each in found["keyResults"]] == [
        ("Larger", 3.0, None, None),
        ("Limit", 1.0, None, "3"),
        ("More", 1.0, None, None),
        ("Again", 1.0, None, None),
    ]
    assert [each["lifecycle"] for each in found["keyResults"]] == ["ACTIVE"] * 4
    document = "query($id: ID!) { keyResult(id: $id) { carriedTo { id } carryOvers { decision successor { id } } } }"
    abandoned = {"carriedTo": [], "carryOvers": [{"decision": "ABANDON", "successor": None}]}
    assert (await client.data(document, id=dropped))["keyResult"] == abandoned


async def test_abandon_is_recorded_and_may_be_reversed(client: Client) -> None:
    third, fourth = await cycles(client)
    old = await client.objective(third)
    payload = await carried(client, third, fourth, item(old, "ABANDON"))
    assert (payload["applied"], payload["created"], payload["abandoned"]) == (True, 0, 1)
    document = """query($id: ID!) { objective(id: $id) { version carriedTo { id }
        carryOvers { decision cycle { name } successor { id } } } }"""
    decided = {"decision": "ABANDON", "cycle": {"name": "Q4"}, "successor": None}
    assert (await client.data(document, id=old))["objective"] == {
        "version": 1,
        "carriedTo": [],
        "carryOvers": [decided],
    }
    before = await everything(client)
    payload = await carried(client, third, fourth, item(old, "ABANDON"))
    assert (payload["applied"], payload["unchanged"]) == (True, 1)
    assert await everything(client) == before
    new = await successor(client, third, fourth, old)
    assert (await client.data(document, id=old))["objective"] == {
        "version": 1,
        "carriedTo": [{"id": new}],
        "carryOvers": [{"decision": "KEEP", "cycle": {"name": "Q4"}, "successor": {"id": new}}],
    }
    payload = await carried(client, third, fourth, item(old, "ABANDON"))
    [error] = payload["userErrors"]
    assert (error["code"], error["field"]) == ("CARRIED_ALREADY", ["input", "items", "0", "decision"])
    events = """query($id: ID!) { objective(id: $id) { events { nodes { verb changes } } } }"""
    nodes = (await client.data(events, id=old))["objective"]["events"]["nodes"]
    changes = [each["changes"] for each in nodes if each["verb"] == "CARRIED_OVER"]
    assert changes[0]["decision"] == {"before": "ABANDON", "after": "KEEP"}
    assert changes[0]["successorId"] == {"before": None, "after": new}


@pytest.mark.parametrize("is_moved", [True, False])
async def test_abandon_is_unchanged_wherever_the_objective_is_by_now(client: Client, is_moved: bool) -> None:
    third, fourth = await cycles(client)
    old = await client.objective(third)
    await carried(client, third, fourth, item(old, "ABANDON"))
    if is_moved:
        await client.make("objectiveUpdate", id=old, cycleId=fourth)
    else:
        await client.make("objectiveArchive", id=old)
    before = await everything(client)
    payload = await carried(client, third, fourth, item(old, "ABANDON"))
    assert (payload["applied"], payload["unchanged"], payload["userErrors"]) == (True, 1, [])
    assert await everything(client) == before
    # Another decision would be about the objective as it is.
    [error] = (await carried(client, third, fourth, item(old)))["userErrors"]
    assert error["code"] == ("GOAL_ELSEWHERE" if is_moved else "ARCHIVED")


async def test_a_second_attempt_changes_nothing(client: Client) -> None:
    third, fourth = await cycles(client)
    old = await client.objective(third)
    await client.key_result(old, kind="REACH", target="10")
    first = await carried(client, third, fourth, item(old))
    before = await everything(client)
    # Not even when the cycle would allow nothing new any more, nor if it would be another objective now.
    again = await carried(client, third, fourth, item(old, "MODIFY", title="Another"))
    assert await everything(client) == before
    assert (again["applied"], again["created"], again["unchanged"]) == (True, 0, 1)
    [result], [former] = again["results"], first["results"]
    assert (result["outcome"], result["successor"]) == ("UNCHANGED", former["successor"])
    assert [(each["keyResult"], each["successor"]) for each in result["keyResults"]] == [
        (each["keyResult"], each["successor"]) for each in former["keyResults"]
    ]
    await client.take_steps(fourth, "Activate", "BeginClosing")
    assert (await carried(client, third, fourth, item(old)))["unchanged"] == 1
    other = await client.objective(third)
    [error] = (await carried(client, third, fourth, item(old), item(other)))["userErrors"]
    assert (error["code"], error["field"]) == ("CYCLE_STATE_FORBIDS", ["input", "toCycleId"])
    # Into another cycle it is carried once more.
    fifth = await client.cycle("2027-01-01", "2027-03-31", name="Q1")
    await successor(client, third, fifth, old)
    document = "query($id: ID!) { objective(id: $id) { carriedTo { cycle { name } } } }"
    assert (await client.data(document, id=old))["objective"]["carriedTo"] == [
        {"cycle": {"name": "Q4"}},
        {"cycle": {"name": "Q1"}},
    ]
