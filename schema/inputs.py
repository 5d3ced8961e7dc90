"""What a mutation's input becomes below the schema."""

import dataclasses
from collections.abc import Mapping
from enum import Enum
from typing import Any

import strawberry
from strawberry import Some

from schema.node import reference
from service.changing import Change, camel

REFERENCES = {
    "cycle_id": "Cycle",
    "owner_id": "Person",
    "person_id": "Person",
    "team_id": "Team",
    "pillar_id": "Pillar",
    "objective_id": "Objective",
    "key_result_id": "KeyResult",
    "parent_key_result_id": "KeyResult",
    "kpi_id": "Kpi",
    "source_kpi_id": "Kpi",
}
CONTROL = frozenset({"expected_version", "effective_at", "reason"})


def facts(input: Any, type_name: str, *, parent: str | None = None) -> dict[str, Any]:
    """The columns that an input gives: absent fields left out, ids decoded, enums of the domain.

    `type_name` is the type that `id` means, `parent` the one that `parentId` does. Raises NotFound for an
    id that cannot be one.
    """
    types = {**REFERENCES, "id": type_name, "parent_id": parent or type_name}
    return {name: _value(name, value, types) for name, value in _given(input) if name not in CONTROL}


def change(input: Any, type_name: str, *, parent: str | None = None) -> Change:
    """An update as the rooms take it."""
    values = facts(input, type_name, parent=parent)
    return Change(
        values.pop("id"),
        values,
        getattr(input, "expected_version", None),
        getattr(input, "effective_at", None),
        getattr(input, "reason", None),
    )


def described(values: type[Enum], description: str, *, name: str | None = None, **texts: str) -> Any:
    """A room's enum as a GraphQL enum, with a description for each of its values."""
    strawberry.enum(values, name=name, description=description)
    for value in values.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = texts[value.name]
    return values


def _given(input: Any) -> list[tuple[str, Any]]:
    pairs = []
    for field in dataclasses.fields(input):
        value = getattr(input, field.name)
        if isinstance(value, Some):
            pairs.append((field.name, value.value))
        elif value is not None and value is not strawberry.UNSET:
            pairs.append((field.name, value))
    return pairs


def _value(name: str, value: Any, types: Mapping[str, str]) -> Any:
    if name in types and value is not None:
        return reference(value, types[name], camel(name))
    return value
