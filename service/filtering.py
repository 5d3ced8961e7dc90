"""Turns a filter into a condition."""

from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Text, and_, bindparam, collate, not_, or_, true

from service.errors import BadUserInput
from service.tables import within

DEPTH, MEMBERS, COMPARISONS = 3, 100, 200

Filter = Mapping[str, Any]


def condition(columns: Mapping[str, Any], wanted: Filter, depth: int = 1) -> ColumnElement[bool]:
    """All of a filter's comparisons, and its `and` and `or`, over the columns it may name.

    `wanted` maps each column's name to its comparators. Raises BadUserInput when it is nested too deep.
    """
    if depth == 1 and comparisons(wanted) > COMPARISONS:
        raise BadUserInput(f"A filter may have {COMPARISONS} comparisons.")
    if depth > DEPTH:
        raise BadUserInput(f"A filter may be nested {DEPTH} levels deep.")
    parts: list[ColumnElement[bool]] = []
    for name, value in wanted.items():
        if name in ("and_", "or_"):
            several = [condition(columns, each, depth + 1) for each in _bounded(value, name.strip("_"))]
            if several:
                parts.append(and_(*several) if name == "and_" else or_(*several))
        else:
            parts += [_compared(columns[name], comparator, operand) for comparator, operand in value.items()]
    return and_(true(), *parts)


def comparisons(wanted: Filter) -> int:
    """How many comparisons a filter has, all levels together."""
    return sum(
        sum(map(comparisons, value)) if name in ("and_", "or_") else len(value) for name, value in wanted.items()
    )


def _compared(column: Any, comparator: str, operand: Any) -> ColumnElement[bool]:
    if operand is None:
        raise BadUserInput(f"`{comparator}` needs a value; to look for what is empty, use `isNull`.")
    if comparator == "is_null":
        return column.is_(None) if operand else column.is_not(None)  # type: ignore[no-any-return]
    if comparator == "in_":
        return within(column, _bounded(operand, "in"))
    if comparator == "contains":
        # Texts are ordered by characters; capitals are a matter of the database's own collation.
        pattern = bindparam(None, _contained(operand), type_=Text(), unique=True)
        return collate(column, "default").ilike(pattern, escape="\\")
    value = bindparam(None, operand, type_=column.type, unique=True)
    return COMPARATORS[comparator](column, value)


def _bounded(values: list[Any], name: str) -> list[Any]:
    if len(values) > MEMBERS:
        raise BadUserInput(f"`{name}` has {len(values)} members; {MEMBERS} are allowed.")
    return values


def _contained(text: str) -> str:
    for special in ("\\", "%", "_"):
        text = text.replace(special, f"\\{special}")
    return f"%{text}%"


COMPARATORS: dict[str, Callable[[Any, Any], ColumnElement[bool]]] = {
    "eq": lambda column, value: column == value,
    "neq": lambda column, value: not_(column.is_not_distinct_from(value)),
    "lt": lambda column, value: column < value,
    "lte": lambda column, value: column <= value,
    "gt": lambda column, value: column > value,
    "gte": lambda column, value: column >= value,
}
