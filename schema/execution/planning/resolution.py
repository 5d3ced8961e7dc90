"""How the value of a field is got, read off its Strawberry field once for each schema."""

import inspect
from collections.abc import Callable
from functools import cached_property
from typing import Any

from graphql import GraphQLField, GraphQLSchema, TypeNameMetaFieldDef
from strawberry.types.field import StrawberryField

from schema.execution.fields.batched import Batch, batch_of


class Resolution:
    """A way to get the values of a field."""


class TypeName(Resolution):
    """`__typename`."""


class Attribute(Resolution):
    """An attribute of the object."""

    def __init__(self, name: str) -> None:
        self.name = name


class Resolver(Resolution):
    """A resolver without extensions, called for each object; its arguments are made once for all."""

    def __init__(self, field: StrawberryField) -> None:
        assert field.base_resolver is not None
        self.field = field
        self.function: Callable[..., Any] = field.base_resolver._unbound_wrapped_func
        self.parent = _parent_of(field)
        told = field.base_resolver.info_parameter
        self.info = told.name if told else None
        self.by_position = self.parent is not None and _first_is(self.function, self.parent)


class Opaque(Resolution):
    """What only graphql-core's resolver knows, called for each object: extensions, classes of one's own."""


class Deferred(Resolution):
    """What is not there before something was awaited."""


class Coroutine(Resolver, Deferred):
    """A resolver that is a coroutine function."""


class OpaqueCoroutine(Opaque, Deferred):
    """The same behind extensions."""


class Batched(Deferred):
    """A batched field: one call for all objects."""

    def __init__(self, field: StrawberryField, batch: Batch) -> None:
        self.field, self.batch = field, batch

    @property
    def extended(self) -> bool:
        """Whether extensions or permissions stand before it."""
        return bool(self.field.extensions)

    @cached_property
    def defaults(self) -> dict[str, Any]:
        """What the resolver fills in for arguments that are left out."""
        assert self.field.base_resolver is not None
        parameters = inspect.signature(self.field.base_resolver._unbound_wrapped_func).parameters.values()
        return {each.name: each.default for each in parameters if each.default is not each.empty}


def resolution_of(schema: GraphQLSchema, definition: GraphQLField) -> Resolution:
    """How the values of a field of the schema are got."""
    if definition is TypeNameMetaFieldDef:
        return TypeName()
    field = definition.extensions.get("strawberry-definition")
    if not isinstance(field, StrawberryField) or type(field).get_result is not StrawberryField.get_result:
        return Opaque()
    batch = field.base_resolver and batch_of(field.base_resolver._unbound_wrapped_func)
    if batch:
        return Batched(field, batch)
    if field.extensions or _handles_exceptions(schema):
        return OpaqueCoroutine() if field.is_async else Opaque()
    if field.base_resolver and _has_two_parents(field):
        return OpaqueCoroutine() if field.is_async else Opaque()
    if field.base_resolver:
        return Coroutine(field) if field.is_async else Resolver(field)
    return Attribute(field.python_name) if field.default_resolver is getattr else Opaque()


def _parent_of(field: StrawberryField) -> str | None:
    """The parameter by which a resolver takes the object; none for one that does not look at it."""
    resolver = field.base_resolver
    assert resolver is not None
    found = resolver.self_parameter or resolver.parent_parameter or resolver.root_parameter
    return found.name if found else None


def _has_two_parents(field: StrawberryField) -> bool:
    """Whether a resolver takes the object twice, which only graphql-core's way does."""
    resolver = field.base_resolver
    assert resolver is not None
    return bool(resolver.self_parameter) and bool(resolver.parent_parameter or resolver.root_parameter)


def _first_is(function: Callable[..., Any], name: str) -> bool:
    parameters = list(inspect.signature(function).parameters.values())
    positional = (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD)
    return bool(parameters) and parameters[0].name == name and parameters[0].kind in positional


def _handles_exceptions(schema: GraphQLSchema) -> bool:
    own: Any = getattr(schema, "_strawberry_schema", None)
    return bool(own and own.schema_converter._exception_handler_specs)
