"""Enums of the domain as enums of GraphQL."""

from enum import Enum
from typing import Any

import strawberry


def describe_enum(values: type[Enum], description: str, *, name: str | None = None, **texts: str) -> Any:
    """Makes `values` a GraphQL enum, with a description for each of its values."""
    strawberry.enum(values, name=name, description=description)
    for value in values.__strawberry_definition__.values:  # type: ignore[attr-defined]
        value.description = texts[value.name]
    return values
