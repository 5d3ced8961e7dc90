"""Trees as the parent of each node, and graphs as the inputs of each node."""

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
