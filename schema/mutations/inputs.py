"""What a mutation's input becomes below the schema."""

import dataclasses
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any
from uuid import UUID

import strawberry
from strawberry import Some

from schema.relay.node import NOWHERE, reference
from service.all_entities import reference_types
from service.errors import Refusal
from service.objectives.goal_dates import SIDES, Side
from service.values.names import to_camel_case
from service.writing.change import Change
from service.writing.refusals import NotFound
from service.writing.texts import check_texts

OWN_DATES = {side.name: side for side in SIDES}
CONTROL = frozenset({"expected_version", "effective_at", "reason"})
# Lists of what is created together with an object, and the types of their items.
PARTS: Mapping[str, str] = {"key_results": "KeyResult", "alignments": "Alignment", "links": "Link"}


class IdInvalid(Refusal):
    """`{name}` must be a UUID, such as 0198c9f0-7a3b-7c11-9d2e-3f4a5b6c7d8e; {value!r} is not one."""

    meaning = (
        "Value <value> of `<name>`, which is not a UUID. Send one such as 0198c9f0-7a3b-7c11-9d2e-3f4a5b6c7d8e, or "
        "leave the field out."
    )


def facts(input: Any, type_name: str) -> dict[str, Any]:
    """The columns that an input gives: absent fields left out, ids decoded, enums of the domain.

    `type_name` is the type that `id` means. An id that cannot be one leads nowhere; `check_input` tells of it.
    """
    types = reference_types(type_name)
    columns: dict[str, Any] = {}
    for name, value in _sent_fields(input):
        if name in OWN_DATES:
            columns |= _date_columns(OWN_DATES[name], value)
        elif name == "check_in_cadence":
            columns |= {"check_in_cadence_days": value and value.days, "check_in_weekday": value and value.weekday}
        elif name not in CONTROL and name not in PARTS:
            columns[name] = _value(name, value, types)
    return columns


def facts_with_parts(input: Any, type_name: str) -> dict[str, Any]:
    """The columns that an input gives, and those of each of its parts as names with values, by list."""
    columns = facts(input, type_name)
    for name, part_type in PARTS.items():
        if items := getattr(input, name, None):
            columns[name] = [[list(pair) for pair in sorted(facts(each, part_type).items())] for each in items]
    return columns


def check_input(input: Any, type_name: str, *, creates: bool = False) -> Iterator[Refusal]:
    """Yields what can be said of an input without looking at any row, in the order of its fields: ids that cannot be
    one, then bad texts."""
    fields, types = dict(_sent_fields(input)), reference_types(type_name)
    for name, value in fields.items():
        if name in types and isinstance(value, str):
            try:
                reference(value, types[name], to_camel_case(name))
            except NotFound as refusal:
                own = creates and name == "id"
                yield IdInvalid(("id",), name="id", value=value[:100]) if own else refusal
    yield from check_texts(fields)


def own_id(input: Any, type_name: str) -> UUID | None:
    """The id that a client chose for what it creates; None where it left that to us, or chose none that can be."""
    id = getattr(input, "id", None)
    value = None if id is None else _value("id", id, {"id": type_name})
    return None if value == NOWHERE else value


def change(input: Any, type_name: str) -> Change:
    """An update as commands take it."""
    values = facts(input, type_name)
    return Change(
        values.pop("id"),
        values,
        getattr(input, "expected_version", None),
        getattr(input, "effective_at", None),
        getattr(input, "reason", None),
    )


def _sent_fields(input: Any) -> list[tuple[str, Any]]:
    pairs = []
    for name in _names_of_fields(input.__class__):
        value = getattr(input, name)
        if isinstance(value, Some):
            pairs.append((name, value.value))
        elif value is not None and value is not strawberry.UNSET:
            pairs.append((name, value))
    return pairs


@cache
def _names_of_fields(input_type: type) -> tuple[str, ...]:
    return tuple(field.name for field in dataclasses.fields(input_type))


def _date_columns(side: Side, date: Any) -> dict[str, Any]:
    """The columns of a GoalDateInput, or of none."""
    return {side.day: date and date.on, side.granularity: date and date.granularity}


def _value(name: str, value: Any, types: Mapping[str, str]) -> Any:
    if name not in types or value is None:
        return value
    try:
        return reference(value, types[name], name)
    except NotFound:
        return NOWHERE
