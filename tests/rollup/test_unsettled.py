"""Objectives that wait to be settled: the same levels and loops in memory and in tables."""

from random import Random
from uuid import UUID

import pytest

from service.rollup.unsettled import Edge, GoalsInTable, HeldGoals, Unsettled
from service.writing.transaction import transaction
from tests.kit.client import Client

Found = tuple[list[list[UUID]], set[UUID]]


def uuid(number: int) -> UUID:
    return UUID(int=number)


def graph(random: Random, size: int, *, loops: bool) -> list[Edge]:
    """Alignments of objectives 1 to `size`, upward in their numbers unless there may be loops."""
    edges: list[Edge] = []
    for number in range(size):
        child, parent = random.sample(range(1, size + 1), 2)
        if not loops:
            child, parent = min(child, parent), max(child, parent)
        edges.append((uuid(1000 + number), uuid(child), uuid(parent)))
    return edges


async def sorted_out(goals: Unsettled, edges: list[Edge], touched: set[UUID]) -> Found:
    """The levels, each sorted, and the edges in loops, of what is touched and all above it."""
    await goals.add(touched)
    async for ids in goals.without_edges(2):
        assert len(ids) <= 2
        await goals.add_edges([edge for edge in edges if edge[1] in ids])
    looping = await goals.find_levels()
    return [sorted([id async for chunk in level for id in chunk]) async for level in goals.levels(2)], looping


def expected(edges: list[Edge], touched: set[UUID]) -> Found:
    """The same by definition."""
    reached = set(touched)
    while more := {parent for _, child, parent in edges if child in reached} - reached:
        reached |= more
    own = [edge for edge in edges if edge[1] in reached]
    height: dict[UUID, int] = {}
    while new := [
        id for id in reached - height.keys() if all(child in height for _, child, parent in own if parent == id)
    ]:
        height |= {id: max((height[child] + 1 for _, child, parent in own if parent == id), default=0) for id in new}
    left = reached - height.keys()
    while outside := {id for id in left if not any(child == id and parent in left for _, child, parent in own)}:
        left -= outside
    levels = [
        sorted(id for id in height if height[id] == level) for level in range(max(height.values(), default=-1) + 1)
    ]
    return levels, {id for id, child, parent in own if child in left and parent in left}


@pytest.mark.parametrize("loops", [False, True])
async def test_both_agree_with_the_definition(client: Client, loops: bool) -> None:
    seen = 0
    async with transaction(client.database, client.viewer, client.clock.now) as tx:
        for seed in range(12):
            random = Random(seed)
            edges = graph(random, random.choice((3, 6, 10)), loops=loops)
            touched = {uuid(random.randrange(1, 11)) for _ in range(3)}
            levels, looping = expected(edges, touched)
            assert await sorted_out(HeldGoals(), edges, touched) == (levels, looping)
            table = GoalsInTable(tx)
            await table.create()
            assert await sorted_out(table, edges, touched) == (levels, looping)
            await tx.connection.execute("DROP TABLE unsettled, unsettled_edges")
            seen += bool(looping)
    assert bool(seen) is loops
