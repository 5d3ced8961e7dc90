"""The schema with a fault in it, so that tests can see the clients notice."""

from collections.abc import Callable, Iterator
from typing import Any

from graphql import build_schema, is_introspection_type, is_specified_scalar_type, print_schema

Types = dict[str, Any]
Fault = Callable[[Types], object]


def with_fault(sdl: str, fault: Fault) -> str:
    """The schema after a change to its types."""
    schema = build_schema(sdl)
    fault(schema.type_map)
    changed = print_schema(schema)
    assert changed != print_schema(build_schema(sdl))
    return changed


def described(types: Types) -> Iterator[Any]:
    """Everything that has to have a description."""
    for each in types.values():
        if is_introspection_type(each) or is_specified_scalar_type(each):
            continue
        yield each
        yield from getattr(each, "values", {}).values()
        for field in getattr(each, "fields", {}).values():
            yield field
            yield from getattr(field, "args", {}).values()
