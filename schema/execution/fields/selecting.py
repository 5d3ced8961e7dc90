"""Narrows statements to the columns that a document requests, some of them as text."""

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from sqlalchemy import Float, Label, Numeric, Select, Text, cast, func

from schema.execution.fields.batched import RequestedColumns


def select_columns(columns: Iterable[Any], requested: RequestedColumns, *required: str) -> list[Any]:
    """The columns that are requested or required.

    Exact numbers that only the response uses are selected as text: converting digits to a decimal and back takes longer
    than all other work on them.
    """
    selected_names = requested.columns.union(required)
    response_only = requested.response_only.difference(required)
    return [
        _cast_to_text(column) if column.key in response_only and _is_exact_numeric(column) else column
        for column in columns
        if column.key in selected_names
    ]


def narrow_statement(statement: Any, requested: RequestedColumns | None, required: str) -> Any:
    """The statement with no more columns than requested and required."""
    if requested is None or not isinstance(statement, Select) or statement._distinct:
        return statement
    return _narrow_select(statement, requested, required)


@lru_cache(maxsize=2048)
def _narrow_select(statement: Select[Any], requested: RequestedColumns, required: str) -> Select[Any]:
    return statement.with_only_columns(
        *select_columns(statement.selected_columns, requested, required), maintain_column_froms=True
    )


def _is_exact_numeric(column: Any) -> bool:
    return isinstance(column.type, Numeric) and not isinstance(column.type, Float)


def _cast_to_text(column: Any) -> Any:
    value = column.element if isinstance(column, Label) else column
    return cast(func.trim_scale(value), Text).label(column.key)
