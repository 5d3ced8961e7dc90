"""The comparators of filters, and what an input becomes below the schema."""

import dataclasses
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from enum import Enum
from typing import Any
from uuid import UUID

import strawberry

from schema.node import parsed, reference
from service.changing import NotFound, camel
from service.errors import BadUserInput
from service.filtering import bounded
from service.values import uuid_in

EQ = "Equal to this."
NEQ = "Not equal to this; what is empty is not equal either."
IN = "One of these, at most 100."
LT, LTE, GT, GTE = "Less than this.", "This or less.", "Greater than this.", "This or more."
IS_NULL = "True: is empty. False: is not empty."
CONTAINS = "Has this text in it, in capitals or not."
AND, OR = "All of these hold, too. Filters nest three levels deep.", "One of these holds, too."


def comparator(description: str, name: str | None = None) -> Any:
    """An optional comparison of a filter."""
    return strawberry.field(default=strawberry.UNSET, description=description, name=name)


@strawberry.input(description="Compares ids.")
class IDFilter:
    eq: strawberry.ID | None = comparator(EQ)
    neq: strawberry.ID | None = comparator(NEQ)
    in_: list[strawberry.ID] | None = comparator(IN, "in")
    is_null: bool | None = comparator(IS_NULL)


@strawberry.input(description="Compares texts, by their characters.")
class StringFilter:
    eq: str | None = comparator(EQ)
    neq: str | None = comparator(NEQ)
    in_: list[str] | None = comparator(IN, "in")
    contains: str | None = comparator(CONTAINS)
    is_null: bool | None = comparator(IS_NULL)


@strawberry.input(description="Compares fractions and other numbers that need not be exact.")
class FloatFilter:
    eq: float | None = comparator(EQ)
    lt: float | None = comparator(LT)
    lte: float | None = comparator(LTE)
    gt: float | None = comparator(GT)
    gte: float | None = comparator(GTE)
    is_null: bool | None = comparator(IS_NULL)


@strawberry.input(description="Compares exact numbers.")
class DecimalFilter:
    eq: Decimal | None = comparator(EQ)
    lt: Decimal | None = comparator(LT)
    lte: Decimal | None = comparator(LTE)
    gt: Decimal | None = comparator(GT)
    gte: Decimal | None = comparator(GTE)
    is_null: bool | None = comparator(IS_NULL)


@strawberry.input(description="Compares instants.")
class DateTimeFilter:
    eq: datetime | None = comparator(EQ)
    lt: datetime | None = comparator(LT)
    lte: datetime | None = comparator(LTE)
    gt: datetime | None = comparator(GT)
    gte: datetime | None = comparator(GTE)
    is_null: bool | None = comparator(IS_NULL)


@strawberry.input(description="Compares days.")
class DateFilter:
    eq: date | None = comparator(EQ)
    lt: date | None = comparator(LT)
    lte: date | None = comparator(LTE)
    gt: date | None = comparator(GT)
    gte: date | None = comparator(GTE)


def enum_filter(values: type[Enum], name: str | None = None) -> type[Any]:
    """The comparators of one enum, which the schema knows by `name`."""
    name = f"{name or values.__name__}Filter"
    comparators = {
        "eq": (values | None, comparator(EQ)),
        "neq": (values | None, comparator(NEQ)),
        "in_": (list[values] | None, comparator(IN, "in")),  # type: ignore[valid-type]
        "is_null": (bool | None, comparator(IS_NULL)),
    }
    annotations = {field: annotation for field, (annotation, _) in comparators.items()}
    body = {field: default for field, (_, default) in comparators.items()}
    made = type(name, (), {"__annotations__": annotations, "__module__": __name__, **body})
    return strawberry.input(made, description=f"Compares values of {name.removesuffix('Filter')}.")


def plain(wanted: Any, types: Mapping[str, str]) -> dict[str, Any]:
    """A filter as the rooms take it: column to comparators, ids decoded as `types` says of each column.

    An id that is not one of ours matches nothing.
    """
    if wanted is None:
        return {}
    found: dict[str, Any] = {}
    for name, value in _given(wanted):
        if name in ("and_", "or_"):
            found[name] = [plain(each, types) for each in value]
        else:
            operands = _operands(camel(name), value)
            found[name] = _decoded(operands, types[name]) if name in types else operands
    return found


def _given(value: Any) -> list[tuple[str, Any]]:
    """The comparisons of a filter, by field; null is as good as absent."""
    pairs = [(field.name, getattr(value, field.name)) for field in dataclasses.fields(value)]
    return [(name, each) for name, each in pairs if each is not strawberry.UNSET and each is not None]


def _operands(column: str, comparators: Any) -> dict[str, Any]:
    """What a column is compared with, by comparator. Raises BadUserInput for null, which equals nothing."""
    found: dict[str, Any] = {}
    for field in dataclasses.fields(comparators):
        operand, name = getattr(comparators, field.name), camel(field.name.strip("_"))
        if operand is None:
            raise BadUserInput(
                f"`{column}.{name}` is null, which nothing is equal to. To find what is empty, use "
                f"`{column}: {{isNull: true}}`; to leave the comparison out, leave out `{name}`."
            )
        if operand is not strawberry.UNSET:
            found[field.name] = operand
    return found


def _decoded(operands: dict[str, Any], type_name: str) -> dict[str, Any]:
    return {
        name: [_id(each, type_name) for each in bounded(value, "in")] if name == "in_" else _id(value, type_name)
        for name, value in operands.items()
        if name != "is_null"
    } | {name: value for name, value in operands.items() if name == "is_null"}


def _id(id: str, type_name: str) -> Any:
    if type_name == "*":
        found = parsed(id)
        return found[1] if found else uuid_in(id) or NOWHERE
    try:
        return reference(id, type_name, "filter")
    except NotFound:
        return NOWHERE


NOWHERE = UUID(int=0)
