"""Relations given as statements: a batched field whose rows come from one statement for all parents."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import strawberry
from cachetools import LRUCache
from sqlalchemy import Select
from strawberry.types import Info

from schema.execution.batched import Asked, asked_columns, load
from schema.execution.calling import attribute
from schema.execution.selecting import selected

PRUNED = 64


class Relation:
    """Rows of `statement` for the parents' values of the column `of`, matched by the column `by`.

    The statement takes `:ids`; `many` says whether a parent has a list of rows or at most one.
    """

    def __init__(self, statement: Any, of: str, by: str, many: bool) -> None:
        self.statement, self.of, self.by, self.many = statement, of, by, many
        self.__columns__ = (of,)
        self._pruned: LRUCache[Asked, Any] = LRUCache(PRUNED)

    async def __call__(self, parents: Sequence[Any], info: Info[Any, Any]) -> list[Any]:
        """The rows of each parent, in the parents' order."""
        keys = attribute(parents, self.of)
        ids = [key for key in dict.fromkeys(keys) if key is not None]
        rows = await info.context.reader.rows(self._statement(asked_columns(info)), ids=ids)
        own = attribute(rows, self.by)
        if self.many:
            groups: dict[Any, list[Any]] = defaultdict(list)
            for key, row in zip(own, rows, strict=True):
                groups[key].append(row)
            return [groups.get(key, []) for key in keys]
        found = dict(zip(own, rows, strict=True))
        return [found.get(key) for key in keys]

    def _statement(self, asked: Asked | None) -> Any:
        """The statement with no more columns than are asked for."""
        if asked is None or not isinstance(self.statement, Select) or self.statement._distinct:
            return self.statement
        found = self._pruned.get(asked)
        if found is None:
            wanted = selected(self.statement.selected_columns, asked, self.by)
            found = self.statement.with_only_columns(*wanted, maintain_column_froms=True)
            self._pruned[asked] = found
        return found


def many(statement: Any, *, by: str, of: str = "id", description: str) -> Any:
    """A field with the list of rows that belong to each parent."""
    return _field(Relation(statement, of, by, True), description)


def one(statement: Any, *, of: str, by: str = "id", description: str) -> Any:
    """A field with the one row that each parent refers to, or null."""
    return _field(Relation(statement, of, by, False), description)


def _field(relation: Relation, description: str) -> Any:
    def resolver(root: strawberry.Parent[Any], info: Info):  # type: ignore[no-untyped-def]
        return load(relation, root, info, {})

    resolver.__batch__ = relation  # type: ignore[attr-defined]
    return strawberry.field(resolver=resolver, description=description)
