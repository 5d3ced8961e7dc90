"""Plans: the merged selections of an operation, ready to be resolved for many objects at once."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any
from weakref import proxy

from graphql import (
    FieldNode,
    GraphQLField,
    GraphQLLeafType,
    GraphQLObjectType,
    GraphQLOutputType,
    OperationType,
    VariableNode,
    is_leaf_type,
    is_list_type,
    is_non_null_type,
    is_object_type,
)
from graphql.execution.collect_fields import FieldDetails, collect_fields, collect_subfields
from graphql.execution.values import VariableValues
from graphql.language import ValueNode

from schema.execution.fields.batched import PlannedRead
from schema.execution.graphql_core import ExecutionContext
from schema.execution.planning.dict_builder import DictBuilder, get_dict_builder
from schema.execution.planning.leaves import ColumnSerializer, LeafWays, column_serializer, serialized_type
from schema.execution.planning.resolution import AsyncResolution, AttributeResolution, Resolution, resolution_of


class Plan:
    """The selections of one operation, each compiled once, when objects first reach it.

    A plan depends only on the document and on the conditions of `@skip` and `@include`, not on the viewer or on other
    variables. `document_bytes` is the approximate size of the document, which lives as long as the plan.
    """

    def __init__(
        self,
        execution: ExecutionContext,
        conditions: Mapping[str, bool | None],
        resolutions: dict[int, Resolution],
        document_bytes: int = 0,
    ) -> None:
        self.document_bytes = document_bytes
        self.schema, self.operation, self.fragments = execution.schema, execution.operation, execution.fragments
        # A plan is shared by all requests, so it holds only the variables of `@skip` and `@include`.
        self._variables = VariableValues({}, dict(conditions))
        self._resolutions = resolutions
        self._selections: dict[tuple[str, tuple[int, ...]], Selection] = {}
        self._selections_by_content: dict[tuple[Any, ...], Selection] = {}
        self.field_count = 0
        root = self.schema.get_root_type(self.operation.operation)
        assert root is not None
        collected = collect_fields(self.schema, self.fragments, self._variables, root, self.operation)
        self.root = self._find_or_compile(root, collected.grouped_field_set)
        is_mutation = self.operation.operation is OperationType.MUTATION
        self.serial_selections = self.root.split_by_field() if is_mutation else []

    def selection(self, object_type: GraphQLObjectType, details: list[FieldDetails]) -> "Selection":
        """The selection for objects of a type that a field returns."""
        key = (object_type.name, tuple(id(detail.node.selection_set) for detail in details))
        selection = self._selections.get(key)
        if selection is None:
            collected = collect_subfields(
                self.schema, self.fragments, self._variables, self.operation, object_type, details
            )
            selection = self._selections[key] = self._find_or_compile(object_type, collected.grouped_field_set)
        return selection

    def _find_or_compile(
        self, object_type: GraphQLObjectType, fields_by_key: dict[str, list[FieldDetails]]
    ) -> "Selection":
        # Equal fields are one selection wherever a fragment is spread: fragments that spread each other twice do not
        # double with each level, and their batched fields are called once for all objects.
        content = (
            object_type.name,
            *((key, *(id(detail.node) for detail in details)) for key, details in fields_by_key.items()),
        )
        selection = self._selections_by_content.get(content)
        if selection is None:
            selection = self._selections_by_content[content] = self._compile(object_type, fields_by_key)
        return selection

    def _compile(self, object_type: GraphQLObjectType, fields_by_key: dict[str, list[FieldDetails]]) -> "Selection":
        fields = []
        for key, details in fields_by_key.items():
            definition = self.schema.get_field(object_type, details[0].node.name.value)
            if definition is not None:
                fields.append(self._make_field(key, details, definition, object_type))
        self.field_count += len(fields)
        return Selection(object_type, fields)

    def _make_field(
        self, key: str, details: list[FieldDetails], definition: GraphQLField, object_type: GraphQLObjectType
    ) -> "Field":
        resolution = self._resolutions.get(id(definition))
        if resolution is None:
            resolution = self._resolutions[id(definition)] = resolution_of(self.schema, definition)
        return Field(self, key, details, definition, object_type, resolution)


class Selection:
    """The selected fields of one object type, in the order of the response.

    `cost` is the effort to complete one object, in objects with fewer than ten fields. `leaf_ways` are the ways to
    complete the columns of the leaf fields by the Python types of their values.
    """

    __slots__ = (
        "build_dicts",
        "cost",
        "deferred_fields",
        "fields",
        "key_characters",
        "leaf_attributes",
        "leaf_fields",
        "leaf_ways",
        "nested_fields",
        "object_type",
    )

    def __init__(self, object_type: GraphQLObjectType, fields: "list[Field]") -> None:
        self.object_type, self.fields = object_type, fields
        self.cost = 1 + len(fields) // 10
        for position, field in enumerate(fields):
            field.position = position
        # Characters of the keys in each response object, with quotes, colon and comma.
        self.key_characters = sum(len(field.key) + 4 for field in fields)
        self.deferred_fields = [field for field in fields if isinstance(field.resolution, AsyncResolution)]
        immediate_fields = [field for field in fields if not isinstance(field.resolution, AsyncResolution)]
        self.leaf_fields = [field for field in immediate_fields if isinstance(field.shape, LeafShape)]
        attributes = [field.attribute for field in self.leaf_fields if field.attribute is not None]
        # None if some of the leaf fields have resolvers.
        self.leaf_attributes = attributes if len(attributes) == len(self.leaf_fields) else None
        self.leaf_ways: dict[tuple[frozenset[type], ...], LeafWays] = {}
        self.nested_fields = [field for field in immediate_fields if not isinstance(field.shape, LeafShape)]
        self.build_dicts: DictBuilder = get_dict_builder(
            tuple((field.key, field in self.leaf_fields) for field in fields)
        )

    def split_by_field(self) -> "list[Selection]":
        """One selection for each field."""
        return [Selection(self.object_type, [field]) for field in self.fields]


class Field:
    """One field of a selection, with all facts that are the same in every execution."""

    __slots__ = (
        "arguments",
        "attribute",
        "definition",
        "key",
        "name",
        "nodes",
        "parent_type",
        "position",
        "requested_columns",
        "resolution",
        "shape",
        "variable_names",
    )

    def __init__(
        self,
        plan: Plan,
        key: str,
        details: list[FieldDetails],
        definition: GraphQLField,
        parent_type: GraphQLObjectType,
        resolution: Resolution,
    ) -> None:
        self.key, self.definition, self.parent_type = key, definition, parent_type
        self.nodes: list[FieldNode] = [detail.node for detail in details]
        self.name = self.nodes[0].name.value
        self.resolution = resolution
        self.attribute = resolution.name if isinstance(resolution, AttributeResolution) else None
        # A proxy, since a reference to the plan would be a cycle for the garbage collector.
        self.shape = shape_of(proxy(plan), definition.type, details)
        self.variable_names = tuple(
            dict.fromkeys(name for argument in self.nodes[0].arguments or () for name in variables_in(argument.value))
        )
        self.arguments: KnownArguments | None = None
        self.position = 0
        self.requested_columns: Any = ...


class KnownArguments:
    """The arguments of a field for some values of variables: `coerced` to their types in the schema, and, once they
    were needed, `converted` for its resolver, with its planned reads."""

    __slots__ = ("coerced", "converted", "planned_reads", "variables")

    def __init__(self, variables: Sequence[tuple[type, object]], coerced: dict[str, Any]) -> None:
        self.variables, self.coerced = variables, coerced
        self.converted: dict[str, Any] | None = None
        self.planned_reads: tuple[PlannedRead, ...] | None = None


class Shape:
    """An output type, and whether it is nullable."""

    __slots__ = ("is_nullable",)

    def __init__(self, is_nullable: bool) -> None:
        self.is_nullable = is_nullable


class LeafShape(Shape):
    """A scalar or an enum."""

    __slots__ = ("leaf_type", "serialize", "serialized_type")

    def __init__(self, is_nullable: bool, leaf_type: GraphQLLeafType) -> None:
        super().__init__(is_nullable)
        self.leaf_type = leaf_type
        self.serialize: ColumnSerializer = column_serializer(leaf_type)
        self.serialized_type = serialized_type(leaf_type)


class ListShape(Shape):
    """A list of another shape."""

    __slots__ = ("item",)

    def __init__(self, is_nullable: bool, item: Shape) -> None:
        super().__init__(is_nullable)
        self.item = item


class ObjectShape(Shape):
    """An object type, or an interface or union."""

    __slots__ = ("_find_selection", "_selections", "graphql_type", "is_abstract")

    def __init__(
        self, is_nullable: bool, graphql_type: Any, find_selection: Callable[[GraphQLObjectType], Selection]
    ) -> None:
        super().__init__(is_nullable)
        self.graphql_type = graphql_type
        self.is_abstract = not is_object_type(graphql_type)
        self._find_selection = find_selection
        self._selections: dict[str, Selection] = {}

    def selection_for(self, object_type: GraphQLObjectType) -> Selection:
        """The selection for objects of a type. Raises GraphQLError."""
        selection = self._selections.get(object_type.name)
        if selection is None:
            selection = self._selections[object_type.name] = self._find_selection(object_type)
        return selection


def shape_of(plan: Plan, graphql_type: GraphQLOutputType, details: list[FieldDetails]) -> Shape:
    """The shape of an output type, which compiles selections on demand."""
    is_nullable = not is_non_null_type(graphql_type)
    inner: Any = graphql_type if is_nullable else graphql_type.of_type  # type: ignore[union-attr]
    if is_list_type(inner):
        return ListShape(is_nullable, shape_of(plan, inner.of_type, details))
    if is_leaf_type(inner):
        return LeafShape(is_nullable, inner)
    return ObjectShape(is_nullable, inner, lambda object_type: plan.selection(object_type, details))


def variables_in(value: ValueNode) -> Iterator[str]:
    """The names of the variables in a value of the document."""
    pending: list[Any] = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, VariableNode):
            yield node.name.value
        pending += getattr(node, "values", None) or ()
        pending += (field.value for field in getattr(node, "fields", None) or ())
