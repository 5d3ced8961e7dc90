"""Which items of an import are the same, and an order in which each comes after what it needs."""

from collections.abc import Iterable
from contextlib import suppress
from typing import Any, NamedTuple

import orjson

from service.entities.items import IdentifiedItem
from service.errors import Refusal
from service.kpis.formulas.ast import references
from service.kpis.formulas.parser import parse
from service.kpis.measurements.entity import MEASUREMENT
from service.values.trees import find_levels
from service.workspace.items import ITEM_TYPES

# The types whose items can refer to others of their type.
NESTED = tuple(item_type.type_name() for item_type in ITEM_TYPES if item_type.is_nested())


class NestedItem(NamedTuple):
    """What the place of an item follows from."""

    line: int
    external_id: str
    parent: str | None
    formula: str | None

    @classmethod
    def of(cls, line: int, item: Any) -> "NestedItem":
        """What the place of an item with this line follows from."""
        return cls(line, item.external_id, item.parent, getattr(item, "formula", None))


def depths(items: Iterable[NestedItem]) -> dict[int, int]:
    """The depth of the items of one type, by line: one more than those of its parent and of what its formula names.

    Items in a loop, and those that need one of them, have none. Of lines with the same external id only the first has
    one: each item is inside one other then, and ways cannot multiply or go round.
    """
    first: dict[str, NestedItem] = {}
    for item in items:
        first.setdefault(item.external_id, item)
    levels, _ = find_levels({name: _before(item) & first.keys() for name, item in first.items()})
    return {first[name].line: depth for depth, level in enumerate(levels) for name in level}


def _before(item: NestedItem) -> set[str]:
    return names_in(item.formula) | ({item.parent} if item.parent else set())


def names_in(formula: str | None) -> set[str]:
    """The names of KPIs in a formula; none when it cannot be read, which its own line is refused for."""
    if not formula:
        return set()
    with suppress(Refusal):
        return {each.name for each in references(parse(formula))}
    return set()


def matched_by(item: Any) -> str | None:
    """The references by which an item is matched; None if it is matched by its external id. A second measurement of
    one day is found when it is recorded."""
    if isinstance(item, IdentifiedItem) or item.type_name() == MEASUREMENT.name:
        return None
    return orjson.dumps(item.identity).decode()
