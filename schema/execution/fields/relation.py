"""Relations given as statements: a batched field whose rows come from one statement for all parents."""

from collections.abc import Sequence
from typing import Any

import strawberry
from strawberry.types import Info

from schema.execution.fields.batched import Asked, Read, asked_columns, load
from schema.execution.fields.columnar import attribute, found, grouped
from schema.execution.fields.selecting import narrowed


class Relation:
    """Rows of `statement` for the parents' values of the column `of`, matched by the column `by`.

    The statement takes `:ids`; `many` says whether a parent has a list of rows or at most one.
    """

    def __init__(self, statement: Any, of: str, by: str, many: bool) -> None:
        if many:
            # What belongs together comes together, and is sorted by what is quicker to compare than texts.
            order = [statement.selected_columns[by], *statement._order_by_clauses]
            statement = statement.order_by(None).order_by(*order)
        self.statement, self.of, self.by, self.many = statement, of, by, many
        self.__columns__ = (of,)

    async def __call__(self, parents: Sequence[Any], info: Info[Any, Any]) -> Sequence[Any]:
        """The rows of each parent, in the parents' order."""
        keys = attribute(parents, self.of)
        ids = [key for key in dict.fromkeys(keys) if key is not None]
        rows = await info.context.reader.rows(self._statement(asked_columns(info)), ids=ids)
        return (grouped if self.many else found)(rows, self.by, keys)

    def __following__(self, asked: Asked | None) -> Read | None:
        """What will be read of one object."""
        return Read(self._statement(asked), self.of, "ids", {})

    def _statement(self, asked: Asked | None) -> Any:
        """The statement with no more columns than are asked for."""
        return narrowed(self.statement, asked, self.by)


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
