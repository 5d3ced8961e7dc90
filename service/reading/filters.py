"""Turns a filter of the API into an SQL condition and its parameters."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    BindParameter,
    ColumnElement,
    Numeric,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    collate,
    not_,
    or_,
    select,
    text,
    true,
)
from sqlalchemy.sql.visitors import iterate
from sqlalchemy.types import TypeEngine

from service.errors import BadUserInput
from service.postgres.tables import HIDDEN_WITH
from service.reading.branches import equals
from service.reading.involvement import Involvement
from service.reading.reader import NOW
from service.reading.relations import Related, Relation, moved
from service.reading.statements import visible
from service.reading.subtree import Subtree
from service.reading.surroundings import Surroundings
from service.reading.visibility import marked_reference_condition
from service.values.decimals import decimal_from_float

MAX_FILTER_DEPTH = 3
MAX_LIST_MEMBERS = 100
MAX_COMPARISONS = 200
# The statement of a filter with more comparisons is not cached: it is unlikely to be sent again.
MAX_CACHED_COMPARISONS = 20

Filter = Mapping[str, Any]
Shape = tuple[Any, ...]


class ParsedFilter(NamedTuple):
    """A filter without its values, the values by parameter name, and the number of comparisons.

    Filters that differ only in values have the same shape and share a statement.
    """

    shape: Shape
    values: dict[str, Any]
    comparison_count: int


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A condition of a filter; of a single comparison also the name, the comparator and the parameter that it has, and
    of one on what a row refers to the ids that the row may refer to."""

    condition: ColumnElement[bool]
    name: str | None = None
    comparator: str | None = None
    parameter: str = ""
    referred: Select[Any] | None = None


class _ParameterNames:
    """The names of the parameters of a filter in their order."""

    def __init__(self) -> None:
        self.latest, self._names = "", map(_parameter_name, count())

    def __iter__(self) -> Iterator[str]:
        return self

    def __next__(self) -> str:
        self.latest = next(self._names)
        return self.latest


def parse_filter(filter: Filter) -> ParsedFilter:
    """Splits a filter into shape and values. A filter maps columns to comparators, relations to the `Related` filter,
    and `and_` and `or_` to filters.

    Raises BadUserInput when it is nested too deep, has too many comparisons, or compares with nothing.
    """
    comparison_count = count_comparisons(filter)
    if comparison_count > MAX_COMPARISONS:
        raise BadUserInput(f"A filter may have {MAX_COMPARISONS} comparisons.")
    operands: list[Any] = []
    shape = _parse_shape(filter, operands, 1)
    return ParsedFilter(
        shape, {_parameter_name(number): operand for number, operand in enumerate(operands)}, comparison_count
    )


def build_condition(columns: Mapping[str, Any], shape: Shape) -> ColumnElement[bool]:
    """The SQL condition of a shape over the columns that it may name. Its values are parameters, not yet bound."""
    return _build_condition(columns, shape, map(_parameter_name, count()))


def build_parts(columns: Mapping[str, Any], shape: Shape) -> list[Part]:
    """The conditions of a shape of which each has to hold, one by one."""
    return list(_build_parts(columns, shape, _ParameterNames()))


def depends_on_now(condition: ColumnElement[bool]) -> bool:
    """Whether a condition compares with something of the moment."""
    return any(isinstance(each, BindParameter) and each.key == NOW.key for each in iterate(condition))


def names_of(shape: Shape) -> set[str]:
    """The names of a type that a shape compares with, on all levels; not those of what a row refers to."""
    own = {name for name, _ in shape if name not in ("and_", "or_")}
    return own.union(*(names_of(each) for name, value in shape if name in ("and_", "or_") for each in value))


def count_comparisons(filter: Filter) -> int:
    """The number of comparisons of a filter on all levels. A nested filter counts as at least one."""
    return sum(
        sum(max(count_comparisons(each), 1) for each in _nested(name, value) or ()) or len(value)
        for name, value in filter.items()
    )


def count_searches(filter: Filter) -> int:
    """The number of `contains` comparisons of a filter. Each scans every row."""
    return sum(
        "contains" in value if (nested := _nested(name, value)) is None else sum(map(count_searches, nested))
        for name, value in filter.items()
    )


def _nested(name: str, value: Any) -> Sequence[Filter] | None:
    """The filters inside a member of a filter; None if it is a comparison."""
    if name in ("and_", "or_"):
        return value  # type: ignore[no-any-return]
    return [value] if isinstance(value, Related) else None


def _parse_shape(filter: Filter, operands: list[Any], depth: int) -> Shape:
    if depth > MAX_FILTER_DEPTH:
        raise BadUserInput(f"A filter may be nested {MAX_FILTER_DEPTH} levels deep.")
    entries: list[tuple[str, Shape]] = []
    for name, value in filter.items():
        if name in ("and_", "or_"):
            shapes = [_parse_shape(each, operands, depth + 1) for each in check_list_length(value, name.strip("_"))]
            entries.append((name, tuple(shapes)))
        elif isinstance(value, Related):
            entries.append((name, _parse_shape(value, operands, depth + 1)))
        else:
            entries.append((name, tuple(_parse_comparator(name, operand, operands) for name, operand in value.items())))
    return tuple(entries)


def _parse_comparator(comparator: str, operand: Any, operands: list[Any]) -> str:
    if operand is None:
        raise BadUserInput(f"`{comparator}` needs a value; to look for what is empty, use `isNull`.")
    if comparator == "is_null":
        return "null" if operand else "not_null"
    if comparator == "is_":
        return "true" if operand else "false"
    if comparator == "in_":
        operand = list(check_list_length(operand, "in"))
    if comparator == "contains":
        operand = _contains_pattern(operand)
    # Exact columns are compared with the decimal that the float literal was written as.
    operands.append(decimal_from_float(operand) if isinstance(operand, float) else operand)
    return comparator


def _build_parts(columns: Mapping[str, Any], shape: Shape, names: "_ParameterNames") -> Iterator[Part]:
    for name, value in shape:
        if name == "and_":
            for each in value:
                yield from _build_parts(columns, each, names)
        elif name == "or_":
            yield Part(_build_condition(columns, ((name, value),), names))
        elif isinstance(columns[name], Relation):
            referred = _select_referred(columns[name], value, names)
            yield Part(_refers(columns[name], referred), name, referred=referred)
        else:
            for comparator in value:
                condition = _compare(columns[name], comparator, names)
                yield Part(condition, name, comparator, names.latest)


def _build_condition(columns: Mapping[str, Any], shape: Shape, names: Iterator[str]) -> ColumnElement[bool]:
    entries: list[ColumnElement[bool]] = []
    for name, value in shape:
        if name in ("and_", "or_"):
            shapes = [_build_condition(columns, each, names) for each in value]
            if shapes:
                entries.append(and_(*shapes) if name == "and_" else or_(*shapes))
        elif isinstance(columns[name], Relation):
            entries.append(_refers(columns[name], _select_referred(columns[name], value, names)))
        else:
            entries += [_compare(columns[name], comparator, names) for comparator in value]
    return and_(true(), *entries)


def _select_referred(relation: Relation, shape: Shape, names: Iterator[str]) -> Select[Any]:
    """The ids of the rows that the viewer sees of those that meet a filter, as `value`."""
    referred = relation.referred()
    columns = {name: moved(relation.filters[name], referred) for name in names_of(shape)}
    # Where an organization has most of the rows, a plan would read those of all.
    own = equals(referred.c.organization_id, bindparam("organization_id", type_=referred.c.organization_id.type))
    return select(referred.c.id.label("value")).where(visible(referred.c), own, _build_condition(columns, shape, names))


def _refers(relation: Relation, referred: Select[Any]) -> ColumnElement[bool]:
    """Whether a row refers to one of the selected ones."""
    [id] = referred.selected_columns
    own = referred.where(id.element == relation.column)
    return own.correlate(relation.column.table).exists()


def _compare(column: Any, comparator: str, names: Iterator[str]) -> ColumnElement[bool]:
    if isinstance(column, Involvement):
        return column.condition(comparator, next(names))
    if isinstance(column, Subtree):
        return column.condition(next(names))
    if isinstance(column, Surroundings):
        return _compare_value(column.expression, comparator, names)
    condition = _compare_value(column, comparator, names)
    referred = getattr(column, "info", {}).get(HIDDEN_WITH)
    if referred is None:
        return condition
    # To whom does not see the object that is referred to, the column is empty.
    is_seen = marked_reference_condition(column.table.name, column.name, referred)
    if comparator in ("null", "neq"):
        return or_(condition, text(f"NOT {is_seen}"))
    return and_(condition, text(is_seen))


def _compare_value(column: Any, comparator: str, names: Iterator[str]) -> ColumnElement[bool]:
    if comparator == "null":
        return column.is_(None)  # type: ignore[no-any-return]
    if comparator == "not_null":
        return column.is_not(None)  # type: ignore[no-any-return]
    if comparator in ("true", "false"):
        return column if comparator == "true" else not_(column)  # type: ignore[no-any-return]
    if comparator == "in_":
        return column == any_(bindparam(next(names), type_=ARRAY(_operand_type(column))))  # type: ignore[no-any-return]
    if comparator == "contains":
        # Text columns have collation C. Case folding needs the collation of the database.
        return collate(column, "default").ilike(bindparam(next(names), type_=Text()), escape="\\")
    return COMPARATORS[comparator](column, bindparam(next(names), type_=_operand_type(column)))


def _operand_type(column: ColumnElement[Any]) -> TypeEngine[Any]:
    # The precision of the column would reject larger operands and round longer ones.
    return Numeric() if isinstance(column.type, Numeric) else column.type


def _parameter_name(number: int) -> str:
    return f"filter_{number}"


def check_list_length(values: list[Any], name: str) -> list[Any]:
    """The list, if it has at most MAX_LIST_MEMBERS members. Raises BadUserInput."""
    if len(values) > MAX_LIST_MEMBERS:
        raise BadUserInput(f"`{name}` has {len(values)} members; {MAX_LIST_MEMBERS} are allowed.")
    return values


def _contains_pattern(text: str) -> str:
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
