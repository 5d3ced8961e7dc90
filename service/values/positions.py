"""Positions that order rows among their siblings."""

from collections.abc import Sequence
from uuid import UUID


def positions_after_move(siblings: Sequence[tuple[UUID, float]], moved: UUID, after: UUID | None) -> dict[UUID, float]:
    """The positions to set, by id, so that `moved` comes directly after `after`, or first if that is None.

    `siblings` are ids and positions in order. Only `moved` gets a new position if there is a number between those of
    its neighbours. Otherwise all siblings are renumbered from 1. Raises KeyError if `after` is not a sibling.
    """
    remaining = [(id, position) for id, position in siblings if id != moved]
    ids = [id for id, _ in remaining]
    if after is not None and after not in ids:
        raise KeyError(after)
    index = 0 if after is None else ids.index(after) + 1
    lower = remaining[index - 1][1] if index > 0 else None
    upper = remaining[index][1] if index < len(remaining) else None
    position = _between(lower, upper)
    if position is not None:
        return {moved: position}
    order = [*ids[:index], moved, *ids[index:]]
    return {id: float(number) for number, id in enumerate(order, start=1)}


def _between(lower: float | None, upper: float | None) -> float | None:
    if lower is None and upper is None:
        return 1.0
    if lower is None or upper is None:
        return upper - 1.0 if lower is None and upper is not None else (lower or 0.0) + 1.0
    middle = (lower + upper) / 2
    return middle if lower < middle < upper else None
