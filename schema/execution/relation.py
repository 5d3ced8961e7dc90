"""Relations given as statements: a batched field whose rows come from one statement for all parents."""

from collections import defaultdict
from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry.types import Info

from schema.execution.batched import load


class Relation:
    """Rows of `statement` for the parents' values of the column `of`, matched by the column `by`.

    The statement takes `:ids`; `many` says whether a parent has a list of rows or at most one.
    """

    def __init__(self, statement: Any, of: str, by: str, many: bool) -> None:
        self.statement, self.of, self.by, self.many = statement, of, by, many

    async def __call__(self, parents: Sequence[Any], info: Info[Any, Any]) -> list[Any]:
        """The rows of each parent, in the parents' order."""
        ids = list(dict.fromkeys(id for parent in parents if (id := getattr(parent, self.of)) is not None))
        rows = await info.context.reader.rows(self.statement, ids=ids)
        if self.many:
            groups: dict[Any, list[Any]] = defaultdict(list)
            for row in rows:
                groups[row[self.by]].append(row)
            return [groups.get(getattr(parent, self.of), []) for parent in parents]
        found = {row[self.by]: row for row in rows}
        return [found.get(getattr(parent, self.of)) for parent in parents]


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
