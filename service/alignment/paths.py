"""Paths up the goal graph, and the refusal of loops in it."""

from collections.abc import Collection, Iterable, Mapping
from uuid import UUID

from service.errors import Refusal


class AlignmentLoop(Refusal):
    """The objective would serve itself: the parent is the objective or is already below it."""

    meaning = "Loop of alignments: the parent is the objective itself or is below it already. Choose another parent."
    # The alignments in loops, where many were looked at together.
    edge_ids: Collection[UUID] = ()


def all_above(start: UUID, parents: Mapping[UUID, Iterable[UUID]]) -> set[UUID]:
    """The objectives that an objective serves, directly or not, by the parents of each."""
    above: set[UUID] = set()
    pending = [start]
    while pending:
        new = set(parents.get(pending.pop(), ())) - above
        above |= new
        pending += new
    return above
