"""What the successors of objectives serve."""

from typing import Any

import pytest

from tests.carry_overs.asking import carried, cycles, item, successor
from tests.kit.client import Client

PARENTS = """query($id: ID!) { objective(id: $id) { outgoingAlignments {
    kind weight isPrimary parent { id } parentKeyResult { id } } } }"""


async def parents(client: Client, objective: str) -> list[dict[str, Any]]:
    return (await client.data(PARENTS, id=objective))["objective"]["outgoingAlignments"]


def edge(parent: str, key_result: str | None = None, **more: Any) -> dict[str, Any]:
    measured = {"parentKeyResult": {"id": key_result} if key_result else None}
    return {"kind": "CONTRIBUTES", "weight": 1.0, "isPrimary": True, "parent": {"id": parent}, **measured, **more}


async def test_among_carried_objectives(client: Client) -> None:
    third, fourth = await cycles(client)
    root = await client.objective(third, progressSource="BOTH")
    number = await client.key_result(root, kind="REACH", target="10", valueSource="ALIGNED_OBJECTIVES")
    dropped = await client.key_result(root, kind="BINARY")
    child, other = await client.objective(third), await client.objective(third)
    await client.make("objectiveAlign", objectiveId=child, parentKeyResultId=number, weight=2.0)
    await client.make("objectiveAlign", objectiveId=other, parentKeyResultId=dropped)
    await client.make("objectiveAlign", objectiveId=other, parentId=child, kind="SUPPORTS")
    parts = [{"keyResultId": dropped, "decision": "ABANDON"}]
    # Parents may come after their children.
    payload = await carried(client, third, fourth, item(other), item(child), item(root, "MODIFY", keyResults=parts))
    assert payload["userErrors"] == []
    assert [each["alignments"] for each in payload["results"]] == [2, 1, 0]
    new_other, new_child, new_root = [each["successor"]["id"] for each in payload["results"]]
    new_number = payload["results"][2]["keyResults"][0]["successor"]["id"]
    assert await parents(client, new_child) == [edge(new_root, new_number, weight=2.0)]
    # The objective stands in for the key result that does not go on.
    assert await parents(client, new_other) == [
        edge(new_root),
        edge(new_child, isPrimary=False, kind="SUPPORTS"),
    ]
    assert await parents(client, child) == [edge(root, number, weight=2.0)]


async def test_with_a_parent_that_was_carried_over_before(client: Client) -> None:
    third, fourth = await cycles(client)
    root, child = await client.objective(third), await client.objective(third)
    await client.make("objectiveAlign", objectiveId=child, parentId=root)
    new_root = await successor(client, third, fourth, root)
    new_child = await successor(client, third, fourth, child)
    assert await parents(client, new_child) == [edge(new_root)]


async def test_without_a_parent_that_is_not_carried_over(client: Client) -> None:
    third, fourth = await cycles(client)
    root, child, grandchild = [await client.objective(third) for _ in range(3)]
    gone = await client.objective(third)
    await client.make("objectiveAlign", objectiveId=child, parentId=root)
    await client.make("objectiveAlign", objectiveId=grandchild, parentId=child)
    await client.make("objectiveAlign", objectiveId=grandchild, parentId=gone)
    new_gone = await successor(client, third, fourth, gone)
    await client.make("objectiveArchive", id=new_gone)
    payload = await carried(client, third, fourth, item(root, "ABANDON"), item(child), item(grandchild))
    new_child, new_grandchild = [each["successor"]["id"] for each in payload["results"][1:]]
    assert await parents(client, new_child) == []
    assert await parents(client, new_grandchild) == [edge(new_child)]


async def test_among_objectives_that_were_abandoned_before(client: Client) -> None:
    third, fourth = await cycles(client)
    root, child, other = [await client.objective(third) for _ in range(3)]
    for each in (child, other):
        await client.make("objectiveAlign", objectiveId=each, parentId=root)
    await carried(client, third, fourth, item(root, "ABANDON"), item(child, "ABANDON"))
    payload = await carried(client, third, fourth, item(child), item(root), item(other))
    assert payload["userErrors"] == []
    assert [each["alignments"] for each in payload["results"]] == [1, 0, 1]
    new_child, new_root, new_other = [each["successor"]["id"] for each in payload["results"]]
    assert [await parents(client, each) for each in (new_child, new_other)] == [[edge(new_root)]] * 2


@pytest.mark.parametrize("steps", [("BeginClosing",), ("BeginClosing", "Close")])
async def test_without_a_successor_that_was_moved_to_a_cycle_which_is_over(
    client: Client, steps: tuple[str, ...]
) -> None:
    third, fourth = await cycles(client)
    other = await client.cycle("2026-07-01", "2026-09-30", name="Other")
    root, child, late = [await client.objective(third) for _ in range(3)]
    for each in (child, late):
        await client.make("objectiveAlign", objectiveId=each, parentId=root)
    new_root = await successor(client, third, fourth, root)
    await client.make("objectiveUpdate", id=new_root, cycleId=other)
    assert await parents(client, await successor(client, third, fourth, child)) == [edge(new_root)]
    await client.take_steps(other, *steps)
    assert await parents(client, await successor(client, third, fourth, late)) == []


async def test_with_the_same_parent_in_a_longer_cycle_that_goes_on(client: Client) -> None:
    third, fourth = await cycles(client)
    year, past = await client.cycle(name="Year"), await client.cycle(name="Past")
    root, ended = await client.objective(year, progressSource="ALIGNED_OBJECTIVES"), await client.objective(past)
    number = await client.key_result(ended, kind="REACH", target="10")
    old_number = await client.key_result(root, kind="REACH", target="10")
    child = await client.objective(third, progressSource="MANUAL")
    await client.make("objectiveCheckIn", objectiveId=child, value="1")
    await client.make("objectiveAlign", objectiveId=child, parentKeyResultId=number)
    await client.make("objectiveAlign", objectiveId=child, parentKeyResultId=old_number)
    await client.make("objectiveAlign", objectiveId=child, parentId=root)
    await client.make("keyResultArchive", id=old_number)
    await client.take_steps(past, "BeginClosing")
    new = await successor(client, third, fourth, child)
    # The primary one was in a cycle that is over, so that the oldest other one takes its place.
    assert await parents(client, new) == [edge(root)]
    document = "query($id: ID!) { objective(id: $id) { coverage children { totalCount } } }"
    # The parent counts it, as one that has no progress yet.
    assert (await client.data(document, id=root))["objective"] == {"coverage": 0.5, "children": {"totalCount": 2}}
