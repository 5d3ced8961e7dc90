"""The order of a page: its keys, where it begins, and how many rows it has."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, DateTime, Select, bindparam, func, literal_column, tuple_

from service.values.record import record

# The columns of a cursor, besides the id of the row.
TIE_NAMES = ("first_tie", "second_tie")
SORT_KEYS = ("sort_value", *TIE_NAMES)


# What stands in a cursor for no value, before and after all values: floats, and the ends of the years that there are.
EMPTY_NUMBERS = ("CAST('-1e300' AS double precision)", "CAST('1e300' AS double precision)")
EMPTY_INSTANTS = ("TIMESTAMPTZ '1900-01-01 00:00:00+00'", "TIMESTAMPTZ '2200-12-31 00:00:00+00'")


@dataclass(frozen=True, slots=True, eq=False)
class ComputedOrder:
    """An order by a number or an instant. Rows without a value come last in both directions.

    `depends_on_now` tells whether time changes the value. An order `within_cycle` compares what only the goals of one
    cycle have in common. If the value of all rows that have one is in a `column`, an index may have these in order, and
    the others, too, if it `has_nulls`.
    """

    value: ColumnElement[Any]
    depends_on_now: bool = False
    within_cycle: bool = False
    column: Any = None
    has_nulls: bool = False

    def key(self, *, descending: bool) -> ColumnElement[Any]:
        """What rows are sorted by in a direction."""
        return func.coalesce(self.value, self.empty(descending=descending), type_=self.value.type)

    def empty(self, *, descending: bool) -> Any:
        """What stands for no value in a direction."""
        empty = EMPTY_INSTANTS if isinstance(self.value.type, DateTime) else EMPTY_NUMBERS
        return literal_column(empty[not descending], self.value.type)


@record
class PageOrder:
    """Rows are sorted by `columns`: the column of the order, the tie breakers and the id; there are `limit` of them.

    If `has_cursor`, they begin after the parameters `cursor_value`, `cursor_first_tie`, ... and `cursor_id`. The last
    tie breaker may be unique already: then the id is no sort key. Rows without a value have the value `empty`, if there
    may be any; they are the last ones, or if `begins_empty` the first.
    """

    columns: tuple[Any, ...]
    is_descending: bool
    has_cursor: bool
    limit: int
    ends_with_unique_tie: bool
    empty: Any = None
    begins_empty: bool = False

    def sorted_by(self, column: Any) -> "PageOrder":
        """The order of rows that have its values in this column."""
        return replace(self, columns=(column, *self.columns[1:]))

    @property
    def names(self) -> tuple[str, ...]:
        """The names of the columns in statements that select nothing else."""
        return (*SORT_KEYS[: len(self.columns) - 1], "id")

    @property
    def labelled(self) -> list[Any]:
        """The columns under their names."""
        return [each.label(name) for each, name in zip(self.columns, self.names, strict=True)]

    def after_cursor(self, keys: Sequence[Any]) -> list[ColumnElement[bool]]:
        """The conditions that rows with these keys come after the cursor."""
        if not self.has_cursor:
            return []
        names = ("cursor_value", *(f"cursor_{name}" for name in self.names[1:]))
        types = [each.type for each in self.columns]
        cursor = tuple_(*(bindparam(name, type_=kind) for name, kind in zip(names, types, strict=True)))
        row = tuple_(*keys)
        return [row < cursor if self.is_descending else row > cursor]

    def sort_keys(self, keys: Sequence[Any]) -> list[Any]:
        """What to sort rows with these keys by."""
        unique = keys[:-1] if self.ends_with_unique_tie else keys
        return [key.desc() if self.is_descending else key for key in unique]

    def cut(self, query: Select[Any], keys: Sequence[Any], nulls: Sequence[Any] = ()) -> Select[Any]:
        """The rows of a query that are on the page. The columns `nulls` are null in all of its rows."""
        return self.limited(query.where(*self.after_cursor(keys)), [*nulls, *keys])

    def limited(self, query: Select[Any], keys: Sequence[Any]) -> Select[Any]:
        """The first rows of a query."""
        # The limit is a literal: with a parameter, the generic plan would read and sort all rows.
        return query.order_by(*self.sort_keys(keys)).limit(literal_column(str(self.limit)))
