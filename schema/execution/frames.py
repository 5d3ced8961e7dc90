"""Objects that come as columns, a frame of them: taken, joined and grouped without one being made.

A frame is any sequence with `is_frame = True` that has `column`, `kinds`, `taken`, `present`, `by` and `joined` as
here; None stands in it for an object that is not there.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import chain
from operator import attrgetter, itemgetter
from typing import Any, Protocol, Self, TypeGuard

# A class may say by `attributes_are_items = True` that its items of the same names are quicker to get at.
ITEMS = "attributes_are_items"


class Frame(Protocol):
    """Objects as columns of what their attributes are."""

    @property
    def kinds(self) -> set[type]:
        """The types of the objects, as `is_type_of` would see them."""

    def column(self, name: str) -> list[Any]:
        """An attribute of each object; nobody may change the list. Raises KeyError."""

    def taken(self, positions: Iterable[int | None]) -> Self:
        """The objects at these positions, and none where a position is None."""

    def present(self) -> list[int]:
        """The positions of the objects that are there."""

    def by(self, name: str) -> dict[Any, Self]:
        """The objects of each value of an attribute."""

    def joined(self, others: Iterable[Self]) -> Self | None:
        """These objects and those of others after them; None where they cannot be one frame."""


def is_frame(values: Any) -> TypeGuard[Any]:
    """Whether values are a frame."""
    return is_frame_type(type(values))


def is_frame_type(kind: type) -> bool:
    """Whether objects of a class are frames."""
    return getattr(kind, "is_frame", False)


def kinds_of(values: Sequence[Any]) -> set[type]:
    """The types of values."""
    return values.kinds if is_frame(values) else set(map(type, values))


def attribute(objects: Sequence[Any], name: str) -> list[Any]:
    """An attribute of each object; nobody may change the list. Raises AttributeError or KeyError where one has none."""
    if is_frame(objects):
        found: list[Any] = objects.column(name)
        return found
    kinds = set(map(type, objects))
    items = len(kinds) == 1 and getattr(next(iter(kinds)), ITEMS, False)
    return list(map(itemgetter(name) if items else attrgetter(name), objects))


def taken(values: Sequence[Any], positions: Sequence[int]) -> Sequence[Any]:
    """The values at these positions."""
    return values.taken(positions) if is_frame(values) else [values[position] for position in positions]


def present(values: Sequence[Any]) -> list[int]:
    """The positions of the values that are not null."""
    if is_frame(values):
        found: list[int] = values.present()
        return found
    return [position for position, value in enumerate(values) if value is not None]


def joined(parts: Sequence[Sequence[Any]]) -> Sequence[Any]:
    """The values of all parts after each other."""
    if parts and all(map(is_frame, parts)):
        first: Any = parts[0]
        found = first.joined(parts[1:])
        if found is not None:
            return found
    return list(chain.from_iterable(parts))


def grouped(rows: Sequence[Any], name: str, keys: Sequence[Any]) -> list[Sequence[Any]]:
    """For each key the rows that have it in an attribute, in their order."""
    groups: dict[Any, Any]
    if is_frame(rows):
        groups = rows.by(name)
    else:
        groups = defaultdict(list)
        for key, row in zip(attribute(rows, name), rows, strict=True):
            groups[key].append(row)
    none = rows[:0]
    return [groups.get(key, none) for key in keys]


def found(rows: Sequence[Any], name: str, keys: Sequence[Any]) -> Sequence[Any]:
    """For each key the row that has it in an attribute, and None where there is none."""
    positions = {key: position for position, key in enumerate(attribute(rows, name))}
    wanted = [positions.get(key) for key in keys]
    if is_frame(rows):
        return rows.taken(wanted)
    return [None if position is None else rows[position] for position in wanted]
