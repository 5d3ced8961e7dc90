"""Trees as the parent of each node, and graphs as the inputs of each node."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TypeVar

K = TypeVar("K")


def find_loop(parents: Mapping[K, K | None], nodes: Iterable[K]) -> K | None:
    """The first of `nodes` whose ancestors do not end: one of them repeats. None if all end.

    `parents` maps nodes to their parents; a node that is missing, or has None, is a root.
    """
    for node in nodes:
        ancestor, visited = parents.get(node), {node}
        while ancestor is not None:
            if ancestor in visited:
                return node
            visited.add(ancestor)
            ancestor = parents.get(ancestor)
    return None


def find_levels(inputs: Mapping[K, Iterable[K]]) -> tuple[list[list[K]], list[K] | None]:
    """The nodes in levels, each after all of its inputs, and one loop of nodes, or None.

    Nodes in a loop, and those that need one of them, are in no level. A loop begins and ends with the same node; each
    node is an input of the one before it.
    """
    sorter = TopologicalSorter(inputs)
    loop: list[K] | None = None
    try:
        sorter.prepare()
    except CycleError as error:
        loop = list(reversed(error.args[1]))
    levels: list[list[K]] = []
    while ready := sorter.get_ready():
        sorter.done(*ready)
        levels.append(list(ready))
    return levels, loop


def nodes_in_loops(edges: Iterable[tuple[K, K]]) -> set[K]:
    """The nodes in loops, of edges from a child to a parent: those that remain after removing, repeatedly, all without
    children or parents."""
    remaining = list(edges)
    for child, parent in ((0, 1), (1, 0)):
        below: dict[K, int] = defaultdict(int)
        above: dict[K, list[K]] = defaultdict(list)
        for edge in remaining:
            below[edge[parent]] += 1
            above[edge[child]].append(edge[parent])
        pending = [node for node in above if not below[node]]
        removed: set[K] = set()
        while pending:
            node = pending.pop()
            removed.add(node)
            for upper in above[node]:
                below[upper] -= 1
                if not below[upper]:
                    pending.append(upper)
        remaining = [edge for edge in remaining if edge[child] not in removed]
    return {node for edge in remaining for node in edge}
