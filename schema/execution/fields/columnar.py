"""Objects that come as columns, a frame of them: taken, joined and grouped without one being made.

A frame is any sequence with `is_frame = True` that has what `Frame` has here; None stands in it for an object that is
not there. Parts of one frame may come as `Groups`, a sequence with `is_groups = True`.
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

    def typed(self, name: str) -> tuple[list[Any], set[type]]:
        """An attribute of each object, as `column` has it, and the types of what that is. Raises KeyError."""

    def taken(self, positions: Iterable[int | None]) -> Self:
        """The objects at these positions, and none where a position is None."""

    def present(self) -> list[int]:
        """The positions of the objects that are there."""

    def grouped(self, name: str, keys: Sequence[Any]) -> "Groups":
        """For each key the objects that have it in an attribute."""

    def joined(self, others: Iterable[Self]) -> Self | None:
        """These objects and those of others after them; None where they cannot be one frame."""


class Groups(Protocol):
    """A sequence of frames that are parts of one."""

    @property
    def kinds(self) -> set[type]:
        """The types of the frames."""

    @property
    def lengths(self) -> list[int]:
        """How many objects each has."""

    @property
    def flat(self) -> Frame:
        """The objects of all, one after another."""


def is_frame(values: Any) -> TypeGuard[Any]:
    """Whether values are a frame."""
    return getattr(type(values), "is_frame", False)


def is_frame_type(kind: type) -> bool:
    """Whether objects of a class are frames."""
    return getattr(kind, "is_frame", False)


def is_groups(values: Any) -> TypeGuard[Any]:
    """Whether values are parts of a frame."""
    return getattr(type(values), "is_groups", False)


def kinds_of(values: Sequence[Any]) -> set[type]:
    """The types of values."""
    return values.kinds if is_frame(values) or is_groups(values) else set(map(type, values))


def attribute(objects: Sequence[Any], name: str) -> list[Any]:
    """An attribute of each object; nobody may change the list. Raises AttributeError or KeyError where one has none."""
    if is_frame(objects):
        found: list[Any] = objects.column(name)
        return found
    kinds = set(map(type, objects))
    items = len(kinds) == 1 and getattr(next(iter(kinds)), ITEMS, False)
    get = itemgetter(name) if items else attrgetter(name)
    # Not by `map`, which ends where a property raises StopIteration.
    return [get(each) for each in objects]


def typed(objects: Sequence[Any], name: str) -> tuple[list[Any], set[type]]:
    """An attribute of each object, as `attribute` has it, and the types of what that is."""
    if is_frame(objects):
        found: tuple[list[Any], set[type]] = objects.typed(name)
        return found
    values = attribute(objects, name)
    return values, set(map(type, values))


def taken(values: Sequence[Any], positions: Sequence[int]) -> Sequence[Any]:
    """The values at these positions."""
    return values.taken(positions) if is_frame(values) else [values[position] for position in positions]


def present(values: Sequence[Any]) -> list[int]:
    """The positions of the values that are not null."""
    if is_frame(values):
        found: list[int] = values.present()
        return found
    return [position for position, value in enumerate(values) if value is not None]


def absent(lists: Sequence[Sequence[Any] | None]) -> list[int]:
    """The positions of lists that are not there."""
    return [] if is_groups(lists) else [position for position, each in enumerate(lists) if each is None]


def joined(parts: Sequence[Sequence[Any]]) -> Sequence[Any]:
    """The values of all parts after each other."""
    if parts and all(map(is_frame, parts)):
        first: Any = parts[0]
        found = first.joined(parts[1:])
        if found is not None:
            return found
    return list(chain.from_iterable(parts))


def flattened(lists: Sequence[Sequence[Any] | None]) -> tuple[Sequence[Any], list[int]]:
    """What all lists hold, one after another, and how much each holds; nothing for None."""
    if is_groups(lists):
        return lists.flat, lists.lengths
    return joined([each for each in lists if each is not None]), [0 if each is None else len(each) for each in lists]


def grouped(rows: Sequence[Any], name: str, keys: Sequence[Any]) -> Sequence[Sequence[Any]]:
    """For each key the rows that have it in an attribute, in their order."""
    if is_frame(rows):
        parts: Sequence[Sequence[Any]] = rows.grouped(name, keys)
        return parts
    groups: dict[Any, list[Any]] = defaultdict(list)
    for key, row in zip(attribute(rows, name), rows, strict=True):
        groups[key].append(row)
    return [groups.get(key, []) for key in keys]


def found(rows: Sequence[Any], name: str, keys: Sequence[Any]) -> Sequence[Any]:
    """For each key the row that has it in an attribute, and None where there is none."""
    positions = {key: position for position, key in enumerate(attribute(rows, name))}
    wanted = [positions.get(key) for key in keys]
    if is_frame(rows):
        return rows.taken(wanted)
    return [None if position is None else rows[position] for position in wanted]
