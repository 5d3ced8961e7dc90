"""Where a row stands among its siblings."""

from collections.abc import Sequence
from uuid import UUID


def placed(siblings: Sequence[tuple[UUID, float]], moved: UUID, after: UUID | None) -> dict[UUID, float]:
    """The positions to set so that `moved` follows `after` (None: comes first) among siblings in order.

    One position where there is room between the neighbours, else all of them, numbered anew.
    Raises KeyError when `after` is not among the siblings.
    """
    others = [(id, position) for id, position in siblings if id != moved]
    ids = [id for id, _ in others]
    if after is not None and after not in ids:
        raise KeyError(after)
    place = 0 if after is None else ids.index(after) + 1
    lower = others[place - 1][1] if place > 0 else None
    upper = others[place][1] if place < len(others) else None
    position = _between(lower, upper)
    if position is not None:
        return {moved: position}
    order = [*ids[:place], moved, *ids[place:]]
    return {id: float(number) for number, id in enumerate(order, start=1)}


def _between(lower: float | None, upper: float | None) -> float | None:
    if lower is None and upper is None:
        return 1.0
    if lower is None or upper is None:
        return upper - 1.0 if lower is None and upper is not None else (lower or 0.0) + 1.0
    middle = (lower + upper) / 2
    return middle if lower < middle < upper else None
