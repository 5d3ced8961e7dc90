"""Trees as the parent of each node."""

from collections.abc import Iterable, Mapping
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
