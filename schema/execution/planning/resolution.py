"""Determines how the values of a field are resolved, once for each Strawberry field of a schema."""

import inspect
from collections.abc import Callable
from functools import cached_property
from typing import Any

from graphql import GraphQLField, GraphQLSchema, TypeNameMetaFieldDef
from strawberry.types.field import StrawberryField

from schema.execution.fields.batched import COLUMN_FUNCTION, BatchFunction, get_batch_function


class Resolution:
    """A way to resolve the values of a field."""


class TypeNameResolution(Resolution):
    """Resolves `__typename`."""


class AttributeResolution(Resolution):
    """Reads an attribute of the parent."""

    def __init__(self, name: str) -> None:
        self.name = name


class ResolverCall(Resolution):
    """Calls a resolver without extensions for each parent; its arguments are converted once for all."""

    def __init__(self, field: StrawberryField) -> None:
        assert field.base_resolver is not None
        self.field = field
        self.function: Callable[..., Any] = field.base_resolver._unbound_wrapped_func
        self.parent_parameter = _parent_parameter(field)
        # The column of the parent that it maps, and the function.
        self.column: tuple[str, Callable[[Any], Any]] | None = getattr(self.function, COLUMN_FUNCTION, None)
        info_parameter = field.base_resolver.info_parameter
        self.info_parameter = info_parameter.name if info_parameter else None
        self.passes_parent_by_position = self.parent_parameter is not None and _is_first_parameter(
            self.function, self.parent_parameter
        )


class CoreResolverCall(Resolution):
    """Calls graphql-core's resolver for each parent: for fields with extensions and for custom field classes."""


class AsyncResolution(Resolution):
    """Resolves values that have to be awaited."""


class AsyncResolverCall(ResolverCall, AsyncResolution):
    """Calls a resolver that is a coroutine function."""


class AsyncCoreResolverCall(CoreResolverCall, AsyncResolution):
    """Calls a coroutine function by graphql-core's resolver."""


class BatchedCall(AsyncResolution):
    """Calls a batch function once for all parents."""

    def __init__(self, field: StrawberryField, batch_function: BatchFunction) -> None:
        self.field, self.batch_function = field, batch_function

    @property
    def has_extensions(self) -> bool:
        """Whether the field has extensions or permissions."""
        return bool(self.field.extensions)

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """The default values of arguments that are left out."""
        assert self.field.base_resolver is not None
        parameters = inspect.signature(self.field.base_resolver._unbound_wrapped_func).parameters.values()
        return {each.name: each.default for each in parameters if each.default is not each.empty}


def resolution_of(schema: GraphQLSchema, definition: GraphQLField) -> Resolution:
    """The way in which the values of a field of the schema are resolved."""
    if definition is TypeNameMetaFieldDef:
        return TypeNameResolution()
    field = definition.extensions.get("strawberry-definition")
    if not isinstance(field, StrawberryField) or type(field).get_result is not StrawberryField.get_result:
        return CoreResolverCall()
    batch_function = field.base_resolver and get_batch_function(field.base_resolver._unbound_wrapped_func)
    if batch_function:
        return BatchedCall(field, batch_function)
    if field.extensions or _has_exception_handlers(schema):
        return AsyncCoreResolverCall() if field.is_async else CoreResolverCall()
    if field.base_resolver and _takes_parent_twice(field):
        return AsyncCoreResolverCall() if field.is_async else CoreResolverCall()
    if field.base_resolver:
        return AsyncResolverCall(field) if field.is_async else ResolverCall(field)
    return AttributeResolution(field.python_name) if field.default_resolver is getattr else CoreResolverCall()


def _parent_parameter(field: StrawberryField) -> str | None:
    """The name of the parameter that takes the parent; None for a resolver without it."""
    resolver = field.base_resolver
    assert resolver is not None
    parameter = resolver.self_parameter or resolver.parent_parameter or resolver.root_parameter
    return parameter.name if parameter else None


def _takes_parent_twice(field: StrawberryField) -> bool:
    """Whether a resolver takes the parent twice, which only graphql-core's resolver supports."""
    resolver = field.base_resolver
    assert resolver is not None
    return bool(resolver.self_parameter) and bool(resolver.parent_parameter or resolver.root_parameter)


def _is_first_parameter(function: Callable[..., Any], name: str) -> bool:
    parameters = list(inspect.signature(function).parameters.values())
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return bool(parameters) and parameters[0].name == name and parameters[0].kind in positional


def _has_exception_handlers(schema: GraphQLSchema) -> bool:
    strawberry_schema: Any = getattr(schema, "_strawberry_schema", None)
    return bool(strawberry_schema and strawberry_schema.schema_converter._exception_handler_specs)
