"""Few items of an import, which wait in memory."""

from collections import defaultdict
from collections.abc import AsyncIterator, Collection, Iterable
from typing import Any

from service.entities.items import Item
from service.workspace.item_order import NESTED, NestedItem, depths, matched_by
from service.workspace.items import Numbered


class HeldItems:
    """The items in memory, by type. Each has a depth: items of depth 0 come first."""

    def __init__(self, items: Iterable[Numbered]) -> None:
        self._items: dict[str, list[Numbered]] = defaultdict(list)
        for line, item in items:
            self._items[item.type_name()].append((line, item))
        self.kinds = set(self._items)
        self._depths: dict[int, int | None] = {}

    async def find_repeated_external_ids(self) -> set[int]:
        """Lines whose external id another line of the same type has before them."""
        keyed = ((line, name, item.unique_external_id) for name, items in self._items.items() for line, item in items)
        return _repeated(keyed)

    async def find_duplicates(self) -> set[int]:
        """Lines about a membership or an edge that another line before them is about."""
        keyed = ((line, name, matched_by(item)) for name, items in self._items.items() for line, item in items)
        return _repeated(keyed)

    async def order(self) -> None:
        """Gives items that are inside others, or are computed from them, their depths."""
        for name in NESTED:
            items = self._items[name]
            depths_by_line = depths(NestedItem.of(line, item) for line, item in items)
            self._depths |= {line: depths_by_line.get(line) for line, _ in items}

    async def chunks(self, kind: type[Item], depth: int | None, size: int) -> AsyncIterator[list[tuple[int, Any]]]:
        """The items of a type and depth, so many at a time, in the order of their lines; None: those in a loop."""
        items = [each for each in self._items[kind.type_name()] if self._depths.get(each[0], 0) == depth]
        for start in range(0, len(items), size):
            yield items[start : start + size]

    async def delete(self, lines: Collection[int]) -> None:
        """Takes items out of the import, by their lines."""
        deleted = set(lines)
        for name, items in self._items.items():
            self._items[name] = [each for each in items if each[0] not in deleted]


def _repeated(keyed: Iterable[tuple[int, str, str | None]]) -> set[int]:
    known: set[tuple[str, str]] = set()
    repeated: set[int] = set()
    for line, name, key in keyed:
        if key is None:
            continue
        if (name, key) in known:
            repeated.add(line)
        known.add((name, key))
    return repeated
