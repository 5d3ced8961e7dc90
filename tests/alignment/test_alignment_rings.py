"""The goal graph has no rings: none over objectives, none by way of key results, none of one's own."""

from itertools import pairwise
from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.refusals import changed, refused, shown, unchanged


async def chain(client: Client, length: int) -> tuple[list[str], list[str]]:
    """Objectives, each serving the one before, and a key result of each."""
    cycle = await client.cycle()
    objectives = [await client.objective(cycle, f"{number}") for number in range(length)]
    key_results = [await client.key_result(id, kind="REACH", target="10") for id in objectives]
    for above, below in pairwise(objectives):
        await client.make("objectiveAlign", objectiveId=below, parentId=above)
    return objectives, key_results


async def test_nothing_serves_itself(client: Client) -> None:
    [id], [key_result] = await chain(client, 1)
    await refused(client, "objectiveAlign", "ALIGNMENT_LOOP", "parentId", objectiveId=id, parentId=id)
    for kind in ("CONTRIBUTES", "SUPPORTS"):
        wanted = {"objectiveId": id, "parentKeyResultId": key_result, "kind": kind}
        await refused(client, "objectiveAlign", "ALIGNMENT_LOOP", "parentKeyResultId", **wanted)


async def test_nothing_serves_what_is_below_it(client: Client) -> None:
    objectives, _ = await chain(client, 5)
    for place, below in [(0, 1), (0, 4), (1, 3)]:
        for more in ({}, {"kind": "SUPPORTS"}, {"weight": 0.0}, {"isPrimary": False}):
            wanted: dict[str, Any] = {"objectiveId": objectives[place], "parentId": objectives[below], **more}
            message = await refused(client, "objectiveAlign", "ALIGNMENT_LOOP", "parentId", **wanted)
    assert message == "The objective would serve itself: the parent is the objective or is already below it."
    # Many ways up are no ring.
    await changed(client, "objectiveAlign", objectiveId=objectives[4], parentId=objectives[0])
    await changed(client, "objectiveAlign", objectiveId=objectives[3], parentId=objectives[1])


async def test_nothing_serves_a_key_result_of_what_is_below_it(client: Client) -> None:
    objectives, key_results = await chain(client, 3)
    for place, below in [(0, 1), (0, 2), (1, 2)]:
        wanted = {"objectiveId": objectives[place], "parentKeyResultId": key_results[below]}
        await refused(client, "objectiveAlign", "ALIGNMENT_LOOP", "parentKeyResultId", **wanted)
    await changed(client, "objectiveAlign", objectiveId=objectives[2], parentKeyResultId=key_results[0])


async def test_an_edge_to_a_key_result_is_a_way_up_too(client: Client) -> None:
    objectives, key_results = await chain(client, 1)
    below = await client.objective(await client.cycle(), "Below")
    edge = await changed(client, "objectiveAlign", objectiveId=below, parentKeyResultId=key_results[0])
    assert (edge["parent"], edge["parentKeyResult"]) == ({"id": objectives[0]}, {"id": key_results[0]})
    wanted = {"objectiveId": objectives[0], "parentId": below}
    await refused(client, "objectiveAlign", "ALIGNMENT_LOOP", "parentId", **wanted)
    own = await client.key_result(below)
    wanted = {"objectiveId": objectives[0], "parentKeyResultId": own}
    await refused(client, "objectiveAlign", "ALIGNMENT_LOOP", "parentKeyResultId", **wanted)
    await changed(client, "objectiveUnalign", id=edge["id"])
    await changed(client, "objectiveAlign", objectiveId=objectives[0], parentId=below)


async def test_an_edge_that_was_taken_away_does_not_come_back_into_a_ring(client: Client) -> None:
    cycle = await client.cycle()
    one, two, three = [await client.objective(cycle, name) for name in ("One", "Two", "Three")]
    edge = await client.make("objectiveAlign", objectiveId=one, parentId=two)
    await client.make("objectiveUnalign", id=edge)
    await client.make("objectiveAlign", objectiveId=two, parentId=three)
    closing = await client.make("objectiveAlign", objectiveId=three, parentId=one)
    await refused(client, "objectiveAlign", "ALIGNMENT_LOOP", "parentId", objectiveId=one, parentId=two)
    found = await shown(client, "alignment", edge)
    assert found is not None
    assert found["archivedAt"] is not None
    await client.make("objectiveUnalign", id=closing)
    assert (await changed(client, "objectiveAlign", objectiveId=one, parentId=two))["id"] == edge


async def test_archived_objectives_stay_in_the_graph(client: Client) -> None:
    objectives, _ = await chain(client, 3)
    await client.make("objectiveArchive", id=objectives[1])
    wanted = {"objectiveId": objectives[0], "parentId": objectives[2]}
    await refused(client, "objectiveAlign", "ALIGNMENT_LOOP", "parentId", **wanted)
    await client.make("objectiveRestore", id=objectives[1])
    await refused(client, "objectiveAlign", "ALIGNMENT_LOOP", "parentId", **wanted)


async def test_an_edge_has_one_parent(client: Client) -> None:
    objectives, key_results = await chain(client, 2)
    for given in ({}, {"parentId": objectives[0], "parentKeyResultId": key_results[0]}, {"parentId": None}):
        await refused(client, "objectiveAlign", "PARENT_AMBIGUOUS", "parentId", objectiveId=objectives[1], **given)


async def test_what_is_archived_is_not_served(client: Client) -> None:
    objectives, key_results = await chain(client, 1)
    other = await client.objective(await client.cycle(), "Other")
    await client.make("keyResultArchive", id=key_results[0])
    wanted = {"objectiveId": other, "parentKeyResultId": key_results[0]}
    await refused(client, "objectiveAlign", "ARCHIVED", "parentKeyResultId", **wanted)
    await client.make("keyResultRestore", id=key_results[0])
    await client.make("objectiveArchive", id=objectives[0])
    await refused(client, "objectiveAlign", "ARCHIVED", "parentId", objectiveId=other, parentId=objectives[0])
    await refused(client, "objectiveAlign", "ARCHIVED", "parentKeyResultId", **wanted)


@pytest.mark.parametrize("weight", [-1.0, -0.000001, 1_000_000.5, 1e300])
async def test_weights(client: Client, weight: float) -> None:
    objectives, key_results = await chain(client, 2)
    wanted: dict[str, Any] = {"objectiveId": objectives[1], "parentKeyResultId": key_results[0]}
    await refused(client, "objectiveAlign", "WEIGHT_OUT_OF_RANGE", "weight", **wanted, weight=weight)
    edge = await changed(client, "objectiveAlign", **wanted, weight=1_000_000)
    await refused(client, "alignmentUpdate", "WEIGHT_OUT_OF_RANGE", "weight", id=edge["id"], weight=weight)
    assert (await changed(client, "alignmentUpdate", id=edge["id"], weight=0))["weight"] == 0
    await unchanged(client, "alignmentUpdate", id=edge["id"], weight=-0.0)
