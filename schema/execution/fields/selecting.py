"""What a statement selects for a document: no column that nobody asks for, and as text what is only shown."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import Float, Label, Numeric, Select, Text, cast, func

from schema.execution.fields.batched import Asked


def selected(columns: Iterable[Any], asked: Asked, *kept: str) -> list[Any]:
    """Those of the columns that are asked for or have to be kept.

    Exact numbers that only the response has come as text: making decimals of digits, only to write them as digits
    again, takes longer than all else that is done with them.
    """
    wanted = asked.columns.union(kept)
    written = asked.written.difference(kept)
    return [_text(each) if each.key in written and _exact(each) else each for each in columns if each.key in wanted]


def narrowed(statement: Any, asked: Asked | None, kept: str) -> Any:
    """A statement with no more columns than are asked for."""
    if asked is None or not isinstance(statement, Select) or statement._distinct:
        return statement
    return _narrowed(statement, asked, kept)


@lru_cache(maxsize=2048)
def _narrowed(statement: Select[Any], asked: Asked, kept: str) -> Select[Any]:
    return statement.with_only_columns(*selected(statement.selected_columns, asked, kept), maintain_column_froms=True)


def _exact(column: Any) -> bool:
    return isinstance(column.type, Numeric) and not isinstance(column.type, Float)


def _text(column: Any) -> Any:
    value = column.element if isinstance(column, Label) else column
    return cast(func.trim_scale(value), Text).label(column.key)
