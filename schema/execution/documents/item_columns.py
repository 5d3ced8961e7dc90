"""Reads lists of flat input objects as columns: no object is created for an item.

graphql-core creates a dict for each item of a list, and Strawberry an instance. For a thousand items of scalars that
takes longer than everything else. The values and errors are those of graphql-core: it coerces each list in which
anything is unusual.
"""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, TypeVar

from graphql import (
    DocumentNode,
    GraphQLInputObjectType,
    GraphQLScalarType,
    GraphQLSchema,
    ListTypeNode,
    NamedTypeNode,
    NonNullTypeNode,
    TypeNode,
    get_operation_ast,
    is_input_object_type,
    is_list_type,
    is_non_null_type,
)
from graphql.pyutils import Undefined
from graphql.utilities.coerce_input_value import coerce_default_value
from strawberry.types.arguments import InputContext
from strawberry.types.base import StrawberryList, get_object_definition

from schema.execution.graphql_core import ExecutionContext

READ_AS_COLUMNS = "__read_as_columns__"
TEXTS = frozenset({str, type(None)})
T = TypeVar("T", bound=type)


class ItemColumns:
    """The items of a list of input objects: for each field of the schema a list with the value of each item, None
    where the item has none. Resolvers must not change the lists."""

    __slots__ = ("_lists", "_size")

    def __init__(self, lists: Mapping[str, list[Any]], size: int) -> None:
        self._lists, self._size = lists, size

    def __len__(self) -> int:
        return self._size

    def column(self, name: str) -> list[Any]:
        """The values of a field, one for each item; of a field that the items do not have, None for each."""
        return self._lists.get(name) or [None] * self._size


class LiftedList(NamedTuple):
    """The columns of a list in variables: the list is a variable, or a field of the object that a variable holds."""

    variable: str
    field: str | None
    columns: ItemColumns


def read_as_columns(input_type: T) -> T:
    """Marks an input type of nullable scalars without default values: its lists can be read as ItemColumns."""
    setattr(input_type, READ_AS_COLUMNS, True)
    return input_type


def receives_columns(input_type: T) -> T:
    """Marks an input type: its resolver receives ItemColumns in place of each list of a type `read_as_columns`."""
    definition = get_object_definition(input_type, strict=True)
    definition.from_input = _convert_input
    return input_type


def build_execution(
    schema: GraphQLSchema,
    document: DocumentNode,
    root: object,
    context: object,
    variables: dict[str, Any],
    operation_name: str | None,
    **options: Any,
) -> Any:
    """As `ExecutionContext.build`, but lists of types `read_as_columns` are coerced as columns."""
    lifted = _lift_lists(schema, document, variables, operation_name)
    if lifted:
        others = _without_lists(variables, lifted)
        execution = ExecutionContext.build(schema, document, root, context, others, operation_name, **options)
        if not isinstance(execution, list):
            coerced = execution.variable_values.coerced
            for variable, field, columns in lifted:
                container, key = (coerced, variable) if field is None else (coerced[variable], field)
                container[key] = columns
            return execution
    return ExecutionContext.build(schema, document, root, context, variables, operation_name, **options)


def coerce_columns(items: object, item_type: GraphQLInputObjectType) -> ItemColumns | None:
    """The coerced items of a list. None if there are none, an item is no object or has an unknown field, or a value
    cannot be coerced."""
    if not isinstance(items, list) or set(map(type, items)) != {dict}:
        return None
    if not item_type.fields.keys() >= set().union(*items):
        return None
    lists: dict[str, list[Any]] = {}
    for name, field in item_type.fields.items():
        column = _coerce_column([item.get(name) for item in items], field.type)
        if column is None:
            return None
        lists[name] = column
    return ItemColumns(lists, len(items))


def columns_of_items(items: Sequence[Mapping[str, Any]]) -> ItemColumns:
    """The columns of items that graphql-core has coerced, each to a dict."""
    names = set().union(*items)
    return ItemColumns({name: [item.get(name) for item in items] for name in names}, len(items))


def _coerce_column(values: list[Any], scalar: Any) -> list[Any] | None:
    types = set(map(type, values))
    if types == {type(None)}:
        return values
    coerce = scalar.coerce_input_value
    try:
        if types <= TEXTS:
            # Scalars are pure, and their values immutable. Equal values of other types may differ, as 1 and True do.
            by_text = {text: None if text is None else coerce(text) for text in set(values)}
            distinct, coerced = list(by_text.values()), list(map(by_text.__getitem__, values))
        else:
            distinct = coerced = [None if value is None else coerce(value) for value in values]
    except Exception:
        return None
    # Undefined equals None.
    return None if any(value is Undefined for value in distinct) else coerced


def _lift_lists(
    schema: GraphQLSchema, document: DocumentNode, variables: Mapping[str, Any], operation_name: str | None
) -> list[LiftedList]:
    """The lists in variables that can be coerced as columns."""
    if not any(isinstance(value, dict | list) for value in variables.values()):
        return []
    operation = get_operation_ast(document, operation_name)
    lifted: list[LiftedList] = []
    for definition in operation.variable_definitions or () if operation else ():
        name = definition.variable.name.value
        value = variables.get(name)
        graphql_type, is_list = _named_type(schema, definition.type)
        if not isinstance(graphql_type, GraphQLInputObjectType):
            continue
        if is_list and isinstance(value, list) and _is_read_as_columns(graphql_type):
            lists: list[tuple[str | None, object, GraphQLInputObjectType]] = [(None, value, graphql_type)]
        elif not is_list and isinstance(value, dict):
            lists = [(field, value.get(field), item) for field, item in _column_fields(graphql_type)]
        else:
            continue
        for field, items, item_type in lists:
            columns = coerce_columns(items, item_type)
            if columns is not None:
                lifted.append(LiftedList(name, field, columns))
    return lifted


def _without_lists(variables: Mapping[str, Any], lifted: Sequence[LiftedList]) -> dict[str, Any]:
    """A copy of the variables with an empty list in place of each lifted one."""
    copied = dict(variables)
    for variable, field, _ in lifted:
        copied[variable] = [] if field is None else {**copied[variable], field: []}
    return copied


def _named_type(schema: GraphQLSchema, node: TypeNode) -> tuple[object, bool]:
    """The type that a variable names, and whether the variable is a list of non-null values of it."""
    inner = node.type if isinstance(node, NonNullTypeNode) else node
    if isinstance(inner, NamedTypeNode):
        return schema.type_map.get(inner.name.value), False
    if isinstance(inner, ListTypeNode) and isinstance(inner.type, NonNullTypeNode):
        item = inner.type.type
        return (schema.type_map.get(item.name.value) if isinstance(item, NamedTypeNode) else None), True
    return None, False


@lru_cache(maxsize=1024)
def _column_fields(input_type: GraphQLInputObjectType) -> tuple[tuple[str, GraphQLInputObjectType], ...]:
    """The names of the fields that are lists of a type `read_as_columns`, with the type."""
    fields = []
    for name, field in input_type.fields.items():
        inner: Any = field.type.of_type if is_non_null_type(field.type) else field.type
        item = inner.of_type.of_type if is_list_type(inner) and is_non_null_type(inner.of_type) else None
        if is_input_object_type(item) and _is_read_as_columns(item):
            fields.append((name, item))
    return tuple(fields)


@lru_cache(maxsize=1024)
def _is_read_as_columns(input_type: GraphQLInputObjectType) -> bool:
    """Whether a type is marked. Raises TypeError if it is, and has fields that columns cannot represent."""
    definition = input_type.extensions.get("strawberry-definition")
    if not getattr(getattr(definition, "origin", None), READ_AS_COLUMNS, False):
        return False
    for name, field in input_type.fields.items():
        is_plain = isinstance(field.type, GraphQLScalarType) and coerce_default_value(field) is Undefined
        if not is_plain or field.out_name not in (None, name):
            raise TypeError(f"{input_type.name}.{name} is not a nullable scalar without a default value.")
    if input_type.is_one_of or input_type.out_type is not GraphQLInputObjectType.out_type:
        raise TypeError(f"{input_type.name} has checks of its own.")
    return True


def _convert_input(input_type: type, value: Mapping[str, Any], context: InputContext) -> object:
    """The instance of an input type, as Strawberry creates it, but with ItemColumns."""
    arguments: dict[str, object] = {}
    for field in get_object_definition(input_type, strict=True).fields:
        name = context.config.name_converter.from_field(field)
        if name not in value:
            continue
        field_type, content = field.resolve_type(), value[name]
        if isinstance(field_type, StrawberryList) and getattr(field_type.of_type, READ_AS_COLUMNS, False):
            arguments[field.python_name] = content if isinstance(content, ItemColumns) else columns_of_items(content)
        else:
            arguments[field.python_name] = context.convert(content, field_type, name)
    return input_type(**arguments)
