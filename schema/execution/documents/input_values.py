"""Validates input values, in literals and in variables, so that each error has the path of its value."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

from graphql import (
    ArgumentNode,
    DocumentNode,
    GraphQLError,
    GraphQLInputObjectType,
    GraphQLSchema,
    ListValueNode,
    NullValueNode,
    ObjectFieldNode,
    ObjectValueNode,
    OperationDefinitionNode,
    TypeInfo,
    TypeInfoVisitor,
    ValidationContext,
    ValidationRule,
    ValueNode,
    ValuesOfCorrectTypeRule,
    VariableDefinitionNode,
    VariableNode,
    VisitorAction,
    get_named_type,
    get_nullable_type,
    is_input_object_type,
    is_non_null_type,
    is_nullable_type,
    type_from_ast,
    visit,
)
from graphql.language import SKIP
from graphql.utilities.validate_input_value import validate_input_literal
from strawberry.exceptions import StrawberryInputCoercionError
from strawberry.types.base import StrawberryMaybe, StrawberryOptional

# graphql-core drops the path of an error. Strawberry checks two rules only in execution, when other fields of a
# mutation may have run: a `@oneOf` input has exactly one member, and a `Maybe[T]` field is not null.
BAD_USER_INPUT = "BAD_USER_INPUT"
ValuePath = Sequence[str | int]


def complete_input_types(schema: GraphQLSchema) -> None:
    """Pass Strawberry's facts about input types to graphql-core: which are `@oneOf`, which fields are never null."""
    for input_type in schema.type_map.values():
        if not isinstance(input_type, GraphQLInputObjectType):
            continue
        definition = input_type.extensions.get("strawberry-definition")
        input_type.is_one_of = bool(getattr(definition, "is_one_of", False))
        if names := non_null_fields(input_type):
            input_type.out_type = _make_null_check(names)  # type: ignore[method-assign]


@lru_cache(maxsize=1024)
def non_null_fields(input_type: GraphQLInputObjectType) -> frozenset[str]:
    """The names of fields that are optional but not nullable: `Maybe[T]`, but not `Maybe[T | None]`."""
    names = []
    for name, field in input_type.fields.items():
        python_type = getattr(field.extensions.get("strawberry-definition"), "type", None)
        if isinstance(python_type, StrawberryMaybe) and not isinstance(python_type.of_type, StrawberryOptional):
            names.append(name)
    return frozenset(names)


class InputValuesRule(ValuesOfCorrectTypeRule):
    """Literals have the types of their positions; each error has the path of its value in `inputPath`."""

    _root: str | None = None

    def enter_argument(self, node: ArgumentNode, *_: Any) -> None:
        self._root = node.name.value

    def enter_variable_definition(self, node: VariableDefinitionNode, *_: Any) -> None:
        self._root = node.variable.name.value

    def is_valid_value_node(self, node: ValueNode, input_type: Any) -> VisitorAction:
        def on_error(error: GraphQLError, path: ValuePath) -> None:
            error.extensions = {**(error.extensions or {}), "inputPath": self._path(path)}
            self.report_error(error)

        if input_type:
            validate_input_literal(node, input_type, on_error, None, None, self.context.hide_suggestions)
        return SKIP

    def _path(self, path: ValuePath) -> list[str | int]:
        return [*([] if self._root is None else [self._root]), *path]


class OneOfVariablesRule(ValidationRule):
    """A variable for a member of a `@oneOf` input is non-null; graphql-core misses inputs that are non-null."""

    def leave_operation_definition(self, operation: OperationDefinitionNode, *_: Any) -> None:
        types = {
            definition.variable.name.value: type_from_ast(self.context.schema, definition.type)
            for definition in operation.variable_definitions or ()
        }
        for usage in self.context.get_recursive_variable_usages(operation):
            parent, name = usage.parent_type, usage.node.name.value
            inner: Any = get_nullable_type(parent) if parent is not None else None
            if not is_non_null_type(parent) or not is_input_object_type(inner) or not inner.is_one_of:
                continue
            if name in types and is_nullable_type(types[name]):
                self.report_error(
                    GraphQLError(
                        f"Variable '${name}' is of type '{types[name]}' but must be non-nullable to be used for the "
                        f"OneOf Input Object '{inner}'.",
                        usage.node,
                    )
                )


class NonNullFieldsRule(ValidationRule):
    """Optional fields that are not nullable are not null, neither as literals nor by a variable."""

    null_variables: frozenset[str] = frozenset()

    def enter_object_value(
        self, node: ObjectValueNode, _key: Any, parent: Any, path: list[Any], ancestors: list[Any]
    ) -> None:
        input_type = get_named_type(self.context.get_input_type())
        if not isinstance(input_type, GraphQLInputObjectType):
            return
        names = non_null_fields(input_type)
        for field in node.fields:
            name = field.name.value
            if name in names and self._is_null(field.value):
                error = StrawberryInputCoercionError(null_refused_message(name), nodes=[field])
                error.extensions = {"inputPath": [*_literal_path(path, [*ancestors, parent]), name]}
                self.report_error(error)

    def _is_null(self, value: ValueNode) -> bool:
        if isinstance(value, VariableNode):
            return value.name.value in self.null_variables
        return isinstance(value, NullValueNode)


def find_null_variable_errors(
    schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, object]
) -> list[GraphQLError]:
    """The errors of a valid document whose variables are null for optional fields that are not nullable."""
    names = frozenset(name for name, value in variables.items() if value is None)
    if not names:
        return []
    errors: list[GraphQLError] = []
    types = TypeInfo(schema)
    rule = NonNullFieldsRule(ValidationContext(schema, document, types, errors.append))
    rule.null_variables = names
    visit(document, TypeInfoVisitor(types, rule))
    return [mark_bad_user_input(error) for error in errors]


def null_refused_message(name: str) -> str:
    """The message for an optional field that is null and not nullable."""
    return f"`{name}` cannot be null. Leave it out to keep its value."


def _literal_path(keys: list[Any], ancestors: list[Any]) -> list[str | int]:
    """The path from the argument to a literal below it, from the keys and ancestors of a visitor."""
    path: list[str | int] = []
    for outer, ancestor, key in zip([None, *ancestors], ancestors, keys, strict=False):
        if isinstance(ancestor, ArgumentNode | ObjectFieldNode):
            path.append(ancestor.name.value)
        elif isinstance(outer, ListValueNode):
            path.append(key)
    return path


def _make_null_check(names: frozenset[str]) -> Any:
    def reject_nulls(value: dict[str, Any]) -> dict[str, Any]:
        for name in names:
            if name in value and value[name] is None:
                raise StrawberryInputCoercionError(null_refused_message(name))
        return value

    return reject_nulls


def mark_bad_user_input(error: GraphQLError) -> GraphQLError:
    """Sets the code BAD_USER_INPUT of an error and returns the error."""
    error.extensions = {**(error.extensions or {}), "code": BAD_USER_INPUT}
    return error
