"""The comparators of filters, and what an input becomes below the schema."""

import dataclasses
from collections.abc import Callable, Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from functools import cache, partial
from typing import Any, NamedTuple

import strawberry
from sqlalchemy import ColumnElement
from sqlalchemy import types as sqltypes

from schema.context import Context
from schema.relay.involvement import comparator_of
from schema.relay.node import NOWHERE, parsed, reference
from schema.share_access import ensure_filter_readable
from service.all_entities import reference_types
from service.entities.entity import ANY_TYPE
from service.errors import BadUserInput
from service.postgres.tables import AS_FLOAT
from service.reading.filters import MAX_CACHED_COMPARISONS, Shape, check_list_length, count_searches, parse_filter
from service.reading.relations import Related
from service.values.names import to_camel_case
from service.values.parsing import parse_uuid
from service.viewer import Viewer
from service.writing.refusals import NotFound

IS_NULL = "True to match only what has no value (null), false to match only what has a value."
AND = (
    "Filters of which each one has to match, in addition to the other conditions; at most 100. "
    "Filters nest three levels deep, those of related objects included."
)
OR = (
    "Filters of which at least one has to match, in addition to the other conditions; at most 100. "
    "Filters nest three levels deep, those of related objects included."
)


def comparator(description: str, name: str | None = None) -> Any:
    """An optional comparison of a filter."""
    return strawberry.field(default=strawberry.UNSET, description=description, name=name)


def _eq(noun: str) -> Any:
    return comparator(f"{noun} that the field has to be equal to.")


def _neq(noun: str) -> Any:
    return comparator(f"{noun} that the field must not be equal to; a field without a value matches, too.")


def _in(nouns: str) -> Any:
    text = f"{nouns} of which the field has to be equal to one; at most 100. An empty list matches nothing."
    return comparator(text, "in")


def _bound(noun: str, comparison: str) -> Any:
    return comparator(f"{noun} that the field has to be {comparison}.")


# In the class of the filter of a type, the name of its entity.
ENTITY_NAME = "__filtered_entity__"
LT, LTE, GT, GTE = "less than", "less than or equal to", "greater than", "greater than or equal to"
EARLIER, NOT_LATER, LATER, NOT_EARLIER = (
    "earlier than",
    "earlier than or equal to",
    "later than",
    "later than or equal to",
)


@strawberry.input(description="Comparison with ids; all given conditions have to hold.")
class IDFilter:
    eq: strawberry.ID | None = _eq("Id")
    neq: strawberry.ID | None = _neq("Id")
    in_: list[strawberry.ID] | None = _in("Ids")
    is_null: bool | None = comparator(IS_NULL)


@strawberry.input(
    description="Comparison with texts, character by character; all given conditions have to hold. Capital and small "
    "letters differ, except for `contains`."
)
class StringFilter:
    eq: str | None = _eq("Text")
    neq: str | None = _neq("Text")
    in_: list[str] | None = _in("Texts")
    contains: str | None = comparator(
        "Text that the field has to contain; capital and small letters are the same. One request may search 10 times; "
        "a list whose `totalCount` is asked for counts twice."
    )
    is_null: bool | None = comparator(IS_NULL)


@strawberry.input(
    description="Comparison with numbers that need not be exact, such as fractions; all given conditions have to hold."
)
class FloatFilter:
    eq: float | None = _eq("Number")
    lt: float | None = _bound("Number", LT)
    lte: float | None = _bound("Number", LTE)
    gt: float | None = _bound("Number", GT)
    gte: float | None = _bound("Number", GTE)
    is_null: bool | None = comparator(IS_NULL)


@strawberry.input(description="Comparison with exact numbers; all given conditions have to hold.")
class DecimalFilter:
    eq: Decimal | None = _eq("Exact number")
    lt: Decimal | None = _bound("Exact number", LT)
    lte: Decimal | None = _bound("Exact number", LTE)
    gt: Decimal | None = _bound("Exact number", GT)
    gte: Decimal | None = _bound("Exact number", GTE)
    is_null: bool | None = comparator(IS_NULL)


@strawberry.input(description="Comparison with instants; all given conditions have to hold.")
class DateTimeFilter:
    eq: datetime | None = _eq("Instant")
    lt: datetime | None = _bound("Instant", EARLIER)
    lte: datetime | None = _bound("Instant", NOT_LATER)
    gt: datetime | None = _bound("Instant", LATER)
    gte: datetime | None = _bound("Instant", NOT_EARLIER)
    is_null: bool | None = comparator(IS_NULL)


@strawberry.input(description="Comparison with calendar days; all given conditions have to hold.")
class DateFilter:
    eq: date | None = _eq("Day")
    lt: date | None = _bound("Day", EARLIER)
    lte: date | None = _bound("Day", NOT_LATER)
    gt: date | None = _bound("Day", LATER)
    gte: date | None = _bound("Day", NOT_EARLIER)


@cache
def enum_filter(values: type[Enum]) -> type[Any]:
    """The comparators of an enum of the schema."""
    enum = values.__strawberry_definition__.name  # type: ignore[attr-defined]
    comparators = {
        "eq": (values | None, _eq(f"{enum} value")),
        "neq": (values | None, _neq(f"{enum} value")),
        "in_": (list[values] | None, _in(f"{enum} values")),  # type: ignore[valid-type]
        "is_null": (bool | None, comparator(IS_NULL)),
    }
    annotations = {field: annotation for field, (annotation, _) in comparators.items()}
    body = {field: default for field, (_, default) in comparators.items()}
    comparators_type = type(f"{enum}Filter", (), {"__annotations__": annotations, "__module__": __name__, **body})
    description = f"Comparison with {enum} values; all given conditions have to hold."
    return strawberry.input(comparators_type, description=description)


@cache
def filter_class(type_name: str, entity_name: str) -> Any:
    """The class of the filter of a type, which is the same before and after it is declared: filters name each other."""
    return type(f"{type_name}Filter", (), {"__module__": __name__, "__annotations__": {}, ENTITY_NAME: entity_name})


@cache
def filter_type_of(expression: ColumnElement[Any]) -> type[Any]:
    """The comparators of what a column or an expression holds. Raises TypeError where there are none."""
    kind = expression.type
    if isinstance(kind, sqltypes.Boolean):
        return bool
    if isinstance(kind, sqltypes.Enum) and kind.enum_class is not None:
        return enum_filter(kind.enum_class)
    if AS_FLOAT in getattr(expression, "info", {}) or isinstance(kind, sqltypes.Float):
        return FloatFilter
    for column_type, comparators in FILTER_TYPES.items():
        if isinstance(kind, column_type):
            return comparators
    raise TypeError(f"There are no comparators for {expression}, which is {kind!r}.")


FILTER_TYPES = {
    sqltypes.Uuid: IDFilter,
    sqltypes.String: StringFilter,
    sqltypes.Numeric: DecimalFilter,
    sqltypes.DateTime: DateTimeFilter,
    sqltypes.Date: DateFilter,
}


class SentFilter(NamedTuple):
    """A filter of a request: its shape and the values in it, whether its statement is unlikely to be needed again, and
    what to call before each statement that searches for what it contains."""

    shape: Shape
    values: dict[str, Any]
    is_one_off: bool
    search: Callable[[], None]


def read_filter(context: Context, filter: Any, types: Mapping[str, str]) -> SentFilter:
    """A filter of a request, where `types` are those of the ids in columns. Raises as `plain` and `parse_filter` do."""
    conditions = plain(filter, types, context.viewer)
    shape, values, count = parse_filter(conditions)
    search = partial(context.budget.search, count_searches(conditions))
    return SentFilter(shape, values, count > MAX_CACHED_COMPARISONS, search)


def plain(filter: Any, types: Mapping[str, str], viewer: Viewer | None) -> dict[str, Any]:
    """A filter as reads take it: column to comparators, ids decoded as `types` says of each column.

    An id that is not one of ours matches nothing. Raises Forbidden for a column that the share of the viewer hides, and
    BadUserInput for `mine` of nobody.
    """
    conditions = {} if filter is None else _plain(filter, types, viewer)
    ensure_filter_readable(viewer.share if viewer else None, conditions)
    return conditions


def _plain(filter: Any, types: Mapping[str, str], viewer: Viewer | None) -> dict[str, Any]:
    conditions: dict[str, Any] = {}
    for name, value in _sent_comparisons(filter):
        if name in ("and_", "or_"):
            conditions[name] = [_plain(each, types, viewer) for each in value]
        elif name == "involving":
            conditions[name] = {comparator_of(value.roles): _id(value.person_id, "Person")}
        elif name == "mine":
            if viewer is None:
                raise BadUserInput("`mine` depends on who asks; name the person in `involving`.")
            conditions[name] = {comparator_of(value): viewer.person_id or NOWHERE}
        elif name == "within":
            conditions[name] = {"eq": _id(value, types["id"])}
        elif isinstance(value, bool):
            conditions[name] = {"is_": value}
        elif (referred := getattr(type(value), ENTITY_NAME, None)) is not None:
            conditions[name] = Related(_plain(value, reference_types(referred), viewer))
        else:
            operands = comparisons_of(to_camel_case(name), value)
            conditions[name] = _decoded(operands, types[name]) if name in types else operands
    return conditions


def _sent_comparisons(value: Any) -> list[tuple[str, Any]]:
    """The comparisons of a filter, by field; null is as good as absent."""
    pairs = [(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)]
    return [(name, each) for name, each in pairs if each is not strawberry.UNSET and each is not None]


def operands_of(filter: Any) -> dict[str, dict[str, Any]]:
    """What the columns of a filter without relations or nested filters are compared with, by column and comparator."""
    operands = {name: comparisons_of(to_camel_case(name), value) for name, value in _sent_comparisons(filter)}
    for members in (value for each in operands.values() for name, value in each.items() if name == "in_"):
        check_list_length(members, "in")
    return operands


def comparisons_of(column: str, comparators: Any) -> dict[str, Any]:
    """What a column is compared with, by comparator. Raises BadUserInput for null, which equals nothing."""
    conditions: dict[str, Any] = {}
    for field in dataclasses.fields(comparators):
        operand, name = getattr(comparators, field.name), to_camel_case(field.name.strip("_"))
        if operand is None:
            raise BadUserInput(
                f"`{column}.{name}` is null, which nothing is equal to. To find what is empty, use "
                f"`{column}: {{isNull: true}}`; to leave the comparison out, leave out `{name}`."
            )
        if operand is not strawberry.UNSET:
            conditions[field.name] = operand
    return conditions


def _decoded(operands: dict[str, Any], type_name: str) -> dict[str, Any]:
    return {
        name: [_id(each, type_name) for each in check_list_length(value, "in")]
        if name == "in_"
        else _id(value, type_name)
        for name, value in operands.items()
        if name != "is_null"
    } | {name: value for name, value in operands.items() if name == "is_null"}


def _id(id: str, type_name: str) -> Any:
    if type_name == ANY_TYPE:
        conditions = parsed(id)
        return conditions[1] if conditions else parse_uuid(id) or NOWHERE
    try:
        return reference(id, type_name, "filter")
    except NotFound:
        return NOWHERE
