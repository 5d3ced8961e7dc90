"""Conditions of a filter on the row that a column refers to, by the filter of that row's own type."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import Column, FromClause, Table
from sqlalchemy.sql.util import ClauseAdapter

from service.reading.involvement import Involvement
from service.reading.subtree import Subtree
from service.reading.surroundings import Surroundings


class Related(dict[str, Any]):
    """The part of a filter that is a filter of the row which a column refers to."""


@dataclass(frozen=True, eq=False)
class Relation:
    """The row of `table` that a column refers to. `filters` are those of its type."""

    column: Any
    table: Table
    filters: Mapping[str, Any]

    def referred(self) -> FromClause:
        """The table under a name of its own, so that a row may refer to another one of its table."""
        return self.table.alias(f"{self.column.table.name}_{self.column.name.removesuffix('_id')}")


def moved(condition: Any, table: FromClause) -> Any:
    """What a filter compares with, of the rows of a table under another name."""
    match condition:
        case Involvement():
            return replace(condition, owner=moved(condition.owner, table), goal=moved(condition.goal, table))
        case Subtree():
            return replace(condition, id=moved(condition.id, table))
        case Relation():
            return replace(condition, column=moved(condition.column, table))
        case Surroundings():
            return condition.moved(lambda own: moved(own, table))
    expression = condition.__clause_element__() if hasattr(condition, "__clause_element__") else condition
    if isinstance(expression, Column):
        return table.c[expression.name]
    return ClauseAdapter(table).traverse(expression._deannotate())
