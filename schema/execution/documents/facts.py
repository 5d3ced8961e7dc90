"""Collects the facts that execution needs about a document: whether it is supported, and its conditional variables."""

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

from schema.execution.documents.variables import count_variable_uses
from schema.execution.graphql_core import ExecutionContext

CONDITIONAL_DIRECTIVES = frozenset({"skip", "include"})
UNSUPPORTED_DIRECTIVES = frozenset({"defer", "stream", "experimental_disableErrorPropagation"})


class DocumentFacts:
    """The facts about one document; collecting them takes little time compared with parsing."""

    def __init__(self, document: DocumentNode) -> None:
        self.document = document
        self._is_supported = True
        names: dict[str, None] = {}
        for node in _definitions_and_selections(document):
            for directive in node.directives or ():
                self._is_supported &= directive.name.value not in UNSUPPORTED_DIRECTIVES
                if directive.name.value in CONDITIONAL_DIRECTIVES:
                    names.update(dict.fromkeys(_variable_names(directive)))
        self._condition_names = tuple(names)
        self.max_variable_uses = max(count_variable_uses(document).values(), default=1)

    def condition_values(self, execution: ExecutionContext) -> dict[str, bool | None] | None:
        """The values of the variables in `@skip` and `@include`; None if graphql-core has to execute the document."""
        if not self._is_supported or execution.operation.operation is OperationType.SUBSCRIPTION:
            return None
        coerced, declared = execution.variable_values.coerced, _declared_variables(execution.operation)
        return {name: coerced.get(name) for name in self._condition_names if name in declared}

    @staticmethod
    def supports_schema(schema: GraphQLSchema) -> bool:
        """Whether a schema has no types resolved by coroutines and no asynchronous generators."""
        for graphql_type in schema.type_map.values():
            if is_abstract_type(graphql_type) and iscoroutinefunction(graphql_type.resolve_type):
                return False
            if not is_object_type(graphql_type) or graphql_type is schema.subscription_type:
                continue
            if iscoroutinefunction(graphql_type.is_type_of) or any(
                map(_is_async_generator_field, graphql_type.fields.values())
            ):
                return False
        return True


def _is_async_generator_field(definition: Any) -> bool:
    field = definition.extensions.get("strawberry-definition")
    resolver = field.base_resolver if isinstance(field, StrawberryField) else None
    return resolver is not None and isasyncgenfunction(resolver._unbound_wrapped_func)


def _declared_variables(operation: OperationDefinitionNode) -> set[str]:
    return {definition.variable.name.value for definition in operation.variable_definitions or ()}


def _variable_names(directive: DirectiveNode) -> list[str]:
    values = [argument.value for argument in directive.arguments or ()]
    return [value.name.value for value in values if isinstance(value, VariableNode)]


def _definitions_and_selections(document: DocumentNode) -> list[Any]:
    """The definitions and selections of a document, each once."""
    nodes: list[Any] = []
    pending: list[Any] = list(document.definitions)
    while pending:
        node = pending.pop()
        nodes.append(node)
        if getattr(node, "selection_set", None):
            pending += node.selection_set.selections
    return nodes
