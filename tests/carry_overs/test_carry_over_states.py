"""The states of both cycles, and carry-overs at once with each other and with steps."""

import asyncio
from typing import Any

import pytest

from tests.carry_overs.asking import carried, cycles, item
from tests.kit.client import Client
from tests.kit.refusals import everything

FORBIDDEN = "CYCLE_STATE_FORBIDS"


@pytest.mark.parametrize("steps", [(), ("BeginClosing",), ("BeginClosing", "Close")])
async def test_from_a_cycle_that_has_begun(client: Client, steps: tuple[str, ...]) -> None:
    third, fourth = await cycles(client)
    old = await client.objective(third)
    await client.take_steps(third, *steps)
    payload = await carried(client, third, fourth, item(old))
    assert (payload["applied"], payload["created"], payload["userErrors"]) == (True, 1, [])


async def test_not_from_a_cycle_that_is_planned(client: Client) -> None:
    third, fourth = await cycles(client)
    old = await client.objective(fourth)
    before = await everything(client)
    for decision in ("KEEP", "ABANDON"):
        [error] = (await carried(client, fourth, third, item(old, decision)))["userErrors"]
        assert error == {
            "code": FORBIDDEN,
            "field": ["input", "id"],
            "message": "The cycle Q4 is PLANNING, in which nobody can carry goals over into another cycle. First use: "
            "cycleActivate.",
            "parameters": {
                **{"cycle": "Q4", "state": "PLANNING", "action": "carry goals over into another cycle"},
                "steps": "cycleActivate",
            },
        }
    assert await everything(client) == before


@pytest.mark.parametrize("steps", [("BeginClosing",), ("BeginClosing", "Close")])
async def test_not_into_a_cycle_that_is_over(client: Client, steps: tuple[str, ...]) -> None:
    third, fourth = await cycles(client)
    old = await client.objective(third)
    await client.take_steps(fourth, "Activate", *steps)
    before = await everything(client)
    [error] = (await carried(client, third, fourth, item(old)))["userErrors"]
    assert (error["code"], error["field"]) == (FORBIDDEN, ["input", "toCycleId"])
    assert await everything(client) == before


async def test_cycles_that_are_not_there(client: Client) -> None:
    third, fourth = await cycles(client)
    old = await client.objective(third)
    nobody = "0198c9f0-7a3b-7c11-9d2e-3f4a5b6c7d8e"
    payload = await carried(client, "none", nobody, item(old))
    assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [("NOT_FOUND", ["input", "id"])]
    payload = await carried(client, nobody, nobody, item(old))
    assert [(each["code"], each["field"]) for each in payload["userErrors"]] == [
        ("NOT_FOUND", ["input", "id"]),
        ("NOT_FOUND", ["input", "toCycleId"]),
    ]
    [error] = (await carried(client, third, third, item(old)))["userErrors"]
    assert (error["code"], error["field"]) == ("CARRY_OVER_INTO_ITSELF", ["input", "toCycleId"])
    payload = await carried(client, third, fourth)
    assert (payload["applied"], payload["results"], payload["userErrors"]) == (True, [], [])
    payload = await carried(client, third, fourth, *[item(old)] * 10_001)
    [error] = payload["userErrors"]
    assert (error["code"], error["field"]) == ("CARRY_OVER_TOO_LARGE", ["input", "items"])
    assert error["parameters"] == {"count": 10_001, "limit": 10_000}


async def many(client: Client, cycle: str) -> list[str]:
    objectives = [await client.objective(cycle) for _ in range(5)]
    for objective in objectives:
        await client.key_result(objective, kind="REACH", target="10")
    return objectives


async def test_two_carry_overs_at_once(client: Client) -> None:
    third, fourth = await cycles(client)
    objectives = await many(client, third)
    items = [item(each) for each in objectives]
    payloads = await asyncio.gather(*(carried(client, third, fourth, *items) for _ in range(4)))
    assert [each["userErrors"] for each in payloads] == [[]] * 4
    assert sorted((each["created"], each["unchanged"]) for each in payloads) == [(0, 5), (0, 5), (0, 5), (5, 0)]
    successors = [[each["successor"]["id"] for each in payload["results"]] for payload in payloads]
    assert successors == [successors[0]] * 4
    document = "query($id: ID!) { cycle(id: $id) { objectives { totalCount } } }"
    assert (await client.data(document, id=fourth))["cycle"]["objectives"]["totalCount"] == 5


async def test_opposite_decisions_at_once(client: Client) -> None:
    third, fourth = await cycles(client)
    [old, *_] = await many(client, third)
    keep, abandon = await asyncio.gather(
        carried(client, third, fourth, item(old)), carried(client, third, fourth, item(old, "ABANDON"))
    )
    assert (keep["created"], keep["userErrors"]) == (1, [])
    codes = [each["code"] for each in abandon["userErrors"]]
    assert codes in ([], ["CARRIED_ALREADY"])
    document = "query($id: ID!) { objective(id: $id) { carryOvers { decision } carriedTo { id } } }"
    found = (await client.data(document, id=old))["objective"]
    assert found == {"carryOvers": [{"decision": "KEEP"}], "carriedTo": [keep["results"][0]["successor"]]}


@pytest.mark.parametrize("target_closes", [True, False])
async def test_a_close_and_a_carry_over_at_once(client: Client, target_closes: bool) -> None:
    """Into a cycle that is closed, or out of it: all is carried over before the close, or nothing after it."""
    third, fourth = await cycles(client)
    objectives = await many(client, third)
    closing = fourth if target_closes else third
    if target_closes:
        await client.take_steps(fourth, "Activate")

    async def close() -> list[Any]:
        steps = {"cycleBeginClosing": {}, "cycleClose": {"acceptProposals": True, "waiver": "Never measured"}}
        return [
            (await client.change(step, {"id": closing, **more}, "cycle { state }"))["userErrors"]
            for step, more in steps.items()
        ]

    payload, closed = await asyncio.gather(carried(client, third, fourth, *map(item, objectives)), close())
    assert closed == [[], []]
    document = "query($id: ID!) { cycle(id: $id) { state objectives { totalCount } } }"
    found = (await client.data(document, id=fourth))["cycle"]
    codes = [each["code"] for each in payload["userErrors"]]
    assert codes in (([], [FORBIDDEN]) if target_closes else ([],))
    assert payload["applied"] == (codes == [])
    assert found["objectives"]["totalCount"] == (5 if codes == [] else 0)


async def test_an_extension_in_between(client: Client) -> None:
    third, fourth = await cycles(client)
    objectives = await many(client, third)
    await client.take_steps(third, "BeginClosing")
    payload, extended = await asyncio.gather(
        carried(client, third, fourth, *map(item, objectives)),
        client.change("cycleExtend", {"id": third, "endsOn": "2026-10-15"}, "cycle { state }"),
    )
    assert (payload["created"], payload["userErrors"], extended["userErrors"]) == (5, [], [])


async def test_the_closed_cycle_is_left_as_it_is(client: Client) -> None:
    third, fourth = await cycles(client)
    objectives = await many(client, third)
    await client.take_steps(third, "BeginClosing", "Close")
    document = """query($id: ID!) { cycle(id: $id) { objectives { nodes { version updatedAt changedAt progress status
        keyResults { version updatedAt changedAt progress status } } } } }"""
    before = await client.data(document, id=third)
    assert [each["status"] for each in before["cycle"]["objectives"]["nodes"]] != []
    client.clock.advance(days=1)
    payload = await carried(client, third, fourth, *map(item, objectives[:4]), item(objectives[4], "ABANDON"))
    assert payload["applied"]
    assert await client.data(document, id=third) == before
