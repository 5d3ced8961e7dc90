"""Turns a filter into a condition: what is compared how, which statements are made of, and with which values."""

from collections.abc import Callable, Iterator, Mapping
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import ARRAY, ColumnElement, Numeric, Text, and_, any_, bindparam, collate, not_, or_, true
from sqlalchemy.types import TypeEngine

from service.errors import BadUserInput
from service.values.decimals import decimal_of

DEPTH, MEMBERS, COMPARISONS = 3, 100, 200
# A filter of more comparisons is of one request: what is made of it is not kept.
KEPT = 20

Filter = Mapping[str, Any]
Shape = tuple[Any, ...]


class Comparison(NamedTuple):
    """A filter without its values, which filters alike share, the values by their parameters, and how many
    comparisons there are."""

    shape: Shape
    values: dict[str, Any]
    comparisons: int


def comparison(filter: Filter) -> Comparison:
    """What a filter compares. It maps each column's name to its comparators, and `and_` and `or_` to filters.

    Raises BadUserInput when it is nested too deep, has too many comparisons, or compares with nothing.
    """
    found = comparisons(filter)
    if found > COMPARISONS:
        raise BadUserInput(f"A filter may have {COMPARISONS} comparisons.")
    operands: list[Any] = []
    shape = _shape(filter, operands, 1)
    return Comparison(shape, {_name(number): operand for number, operand in enumerate(operands)}, found)


def condition(columns: Mapping[str, Any], shape: Shape) -> ColumnElement[bool]:
    """All comparisons of a filter over the columns that it may name; what is compared with remains to be bound."""
    return _condition(columns, shape, map(_name, count()))


def comparisons(filter: Filter) -> int:
    """How many comparisons a filter has, all levels together; a filter inside of it counts even if it has none."""
    return sum(
        sum(max(comparisons(each), 1) for each in value) if name in ("and_", "or_") else len(value)
        for name, value in filter.items()
    )


def searches(filter: Filter) -> int:
    """How many of the comparisons look for a text in others, for which every row is looked at."""
    return sum(
        sum(map(searches, value)) if name in ("and_", "or_") else "contains" in value for name, value in filter.items()
    )


def _shape(filter: Filter, operands: list[Any], depth: int) -> Shape:
    if depth > DEPTH:
        raise BadUserInput(f"A filter may be nested {DEPTH} levels deep.")
    parts: list[tuple[str, Shape]] = []
    for name, value in filter.items():
        if name in ("and_", "or_"):
            several = [_shape(each, operands, depth + 1) for each in bounded(value, name.strip("_"))]
            parts.append((name, tuple(several)))
        else:
            parts.append((name, tuple(_comparator(name, operand, operands) for name, operand in value.items())))
    return tuple(parts)


def _comparator(comparator: str, operand: Any, operands: list[Any]) -> str:
    if operand is None:
        raise BadUserInput(f"`{comparator}` needs a value; to look for what is empty, use `isNull`.")
    if comparator == "is_null":
        return "null" if operand else "not_null"
    if comparator == "in_":
        operand = list(bounded(operand, "in"))
    if comparator == "contains":
        operand = _contained(operand)
    # Exact columns are compared with the decimal number that a float was written as.
    operands.append(decimal_of(operand) if isinstance(operand, float) else operand)
    return comparator


def _condition(columns: Mapping[str, Any], shape: Shape, names: Iterator[str]) -> ColumnElement[bool]:
    parts: list[ColumnElement[bool]] = []
    for name, value in shape:
        if name in ("and_", "or_"):
            several = [_condition(columns, each, names) for each in value]
            if several:
                parts.append(and_(*several) if name == "and_" else or_(*several))
        else:
            parts += [_compared(columns[name], comparator, names) for comparator in value]
    return and_(true(), *parts)


def _compared(column: Any, comparator: str, names: Iterator[str]) -> ColumnElement[bool]:
    if comparator == "null":
        return column.is_(None)  # type: ignore[no-any-return]
    if comparator == "not_null":
        return column.is_not(None)  # type: ignore[no-any-return]
    if comparator == "in_":
        return column == any_(bindparam(next(names), type_=ARRAY(_operand_type(column))))  # type: ignore[no-any-return]
    if comparator == "contains":
        # Texts are ordered by characters; capitals are a matter of the database's own collation.
        return collate(column, "default").ilike(bindparam(next(names), type_=Text()), escape="\\")
    return COMPARATORS[comparator](column, bindparam(next(names), type_=_operand_type(column)))


def _operand_type(column: ColumnElement[Any]) -> TypeEngine[Any]:
    # A column's own precision would refuse operands that are beyond it, and round those that have more digits.
    return Numeric() if isinstance(column.type, Numeric) else column.type


def _name(number: int) -> str:
    return f"filter_{number}"


def bounded(values: list[Any], name: str) -> list[Any]:
    """The members of a list, if they are no more than may be. Raises BadUserInput."""
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
