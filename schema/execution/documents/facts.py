"""What has to be known of a document before it is executed: whether it can be, and what decides on its fields."""

from inspect import isasyncgenfunction, iscoroutinefunction
from typing import Any

from graphql import (
    DirectiveNode,
    DocumentNode,
    GraphQLSchema,
    OperationDefinitionNode,
    OperationType,
    VariableNode,
    is_abstract_type,
    is_object_type,
)
from strawberry.types.field import StrawberryField

from schema.execution.documents.variables import uses_in
from schema.execution.graphql_core import Core

CONDITIONS = frozenset({"skip", "include"})
UNSUPPORTED = frozenset({"defer", "stream", "experimental_disableErrorPropagation"})


class Outline:
    """One document; cheap to make beside what parsing it has cost."""

    def __init__(self, document: DocumentNode) -> None:
        self.document = document
        self._supported = True
        names: dict[str, None] = {}
        for node in _nodes(document):
            for directive in node.directives or ():
                self._supported &= directive.name.value not in UNSUPPORTED
                if directive.name.value in CONDITIONS:
                    names.update(dict.fromkeys(_variables(directive)))
        self._conditions = tuple(names)
        self.most_uses = max(uses_in(document).values(), default=1)

    def conditions(self, core: Core) -> dict[str, bool | None] | None:
        """The variables that decide on fields; None when graphql-core has to execute the document."""
        if not self._supported or core.operation.operation is OperationType.SUBSCRIPTION:
            return None
        coerced, declared = core.variable_values.coerced, _declared(core.operation)
        return {name: coerced.get(name) for name in self._conditions if name in declared}

    @staticmethod
    def supports(schema: GraphQLSchema) -> bool:
        """Whether a schema has nothing that only graphql-core can do: types told by coroutines, streams."""
        for kind in schema.type_map.values():
            if is_abstract_type(kind) and iscoroutinefunction(kind.resolve_type):
                return False
            if not is_object_type(kind) or kind is schema.subscription_type:
                continue
            if iscoroutinefunction(kind.is_type_of) or any(map(_streams, kind.fields.values())):
                return False
        return True


def _streams(definition: Any) -> bool:
    field = definition.extensions.get("strawberry-definition")
    resolver = field.base_resolver if isinstance(field, StrawberryField) else None
    return resolver is not None and isasyncgenfunction(resolver._unbound_wrapped_func)


def _declared(operation: OperationDefinitionNode) -> set[str]:
    return {definition.variable.name.value for definition in operation.variable_definitions or ()}


def _variables(directive: DirectiveNode) -> list[str]:
    values = [argument.value for argument in directive.arguments or ()]
    return [value.name.value for value in values if isinstance(value, VariableNode)]


def _nodes(document: DocumentNode) -> list[Any]:
    """Definitions and selections, each once."""
    found: list[Any] = []
    pending: list[Any] = list(document.definitions)
    while pending:
        node = pending.pop()
        found.append(node)
        if getattr(node, "selection_set", None):
            pending += node.selection_set.selections
    return found
