"""The condition of a filter that a row is in the subtree of another one."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import CTE, ColumnElement, any_, func, select

from service.reading.branches import Access


@dataclass(frozen=True, eq=False)
class Subtree:
    """The rows at and below one row. `rows` are their ids, by the parameter with the id of that row; a statement has
    them once."""

    id: Any
    rows: Callable[[str], CTE]

    def condition(self, parameter: str) -> ColumnElement[bool]:
        """Whether the row is in the subtree."""
        return self.id == any_(func.array(select(self.rows(parameter).c.id).scalar_subquery()))  # type: ignore[no-any-return]

    def accesses(self, parameter: str) -> list[tuple[tuple[ColumnElement[bool], ...], Access]]:
        """How indexes find the rows, in parts with further conditions."""
        ids = select(self.rows(parameter).c.id.label("value")).subquery("in_subtree")
        return [((), Access(each=(self.id, ids), has_order=False))]
