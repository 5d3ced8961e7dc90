"""Plans: what an operation selects, field by field, merged and ready to be resolved for many objects at once.

A plan depends on the document and on the conditions of its `@skip` and `@include`, and on nothing else: neither
on who asks nor on the values of other variables.
"""

from collections.abc import Callable, Mapping
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

from schema.execution.graphql_core import Core
from schema.execution.planning.dict_builder import Builder, builder
from schema.execution.planning.leaves import ColumnSerializer, column_serializer
from schema.execution.planning.resolution import Deferred, Resolution, resolution_of


class Plan:
    """The selections of one operation, compiled when objects first reach them, and each once.

    `keeps` is about the bytes of the document, which lives as long as the plan.
    """

    def __init__(
        self, core: Core, conditions: Mapping[str, bool | None], resolutions: dict[int, Resolution], keeps: int = 0
    ) -> None:
        self.keeps = keeps
        self.schema, self.operation, self.fragments = core.schema, core.operation, core.fragments
        # A plan outlives its run and serves everybody: of the variables it holds those that decide on fields.
        self._variables = VariableValues({}, dict(conditions))
        self._resolutions = resolutions
        self._selections: dict[tuple[str, tuple[int, ...]], Selection] = {}
        self._by_content: dict[tuple[Any, ...], Selection] = {}
        self.fields = 0
        root = self.schema.get_root_type(self.operation.operation)
        assert root is not None
        collected = collect_fields(self.schema, self.fragments, self._variables, root, self.operation)
        self.root = self._selection(root, collected.grouped_field_set)
        serial = self.operation.operation is OperationType.MUTATION
        self.alone = self.root.alone() if serial else []

    def selection(self, kind: GraphQLObjectType, details: list[FieldDetails]) -> "Selection":
        """What is selected of objects of a type that a field answers with, from wherever the field is asked for."""
        key = (kind.name, tuple(id(detail.node.selection_set) for detail in details))
        found = self._selections.get(key)
        if found is None:
            collected = collect_subfields(self.schema, self.fragments, self._variables, self.operation, kind, details)
            found = self._selections[key] = self._selection(kind, collected.grouped_field_set)
        return found

    def _selection(self, kind: GraphQLObjectType, grouped: dict[str, list[FieldDetails]]) -> "Selection":
        # Fields of one fragment are one selection wherever it is spread: fragments that spread each other twice
        # do not double with each level, and what is asked of several objects is asked together.
        content = (kind.name, *((key, *(id(detail.node) for detail in details)) for key, details in grouped.items()))
        found = self._by_content.get(content)
        if found is None:
            found = self._by_content[content] = self._compiled(kind, grouped)
        return found

    def _compiled(self, kind: GraphQLObjectType, grouped: dict[str, list[FieldDetails]]) -> "Selection":
        fields = []
        for key, details in grouped.items():
            definition = self.schema.get_field(kind, details[0].node.name.value)
            if definition is not None:
                fields.append(self._field(key, details, definition, kind))
        self.fields += len(fields)
        return Selection(kind, fields)

    def _field(
        self, key: str, details: list[FieldDetails], definition: GraphQLField, kind: GraphQLObjectType
    ) -> "Field":
        resolution = self._resolutions.get(id(definition))
        if resolution is None:
            resolution = self._resolutions[id(definition)] = resolution_of(self.schema, definition)
        return Field(self, key, details, definition, kind, resolution)


class Selection:
    """The fields that are selected of one type of objects, in the order of the response."""

    __slots__ = ("build", "fields", "inner", "kind", "later", "leaves", "width")

    def __init__(self, kind: GraphQLObjectType, fields: "list[Field]") -> None:
        self.kind, self.fields = kind, fields
        for position, field in enumerate(fields):
            field.position = position
        # What the keys of each object take in the response.
        self.width = sum(len(field.key) + 4 for field in fields)
        self.later = [field for field in fields if isinstance(field.resolution, Deferred)]
        now = [field for field in fields if not isinstance(field.resolution, Deferred)]
        self.leaves = [field for field in now if isinstance(field.shape, LeafShape)]
        self.inner = [field for field in now if not isinstance(field.shape, LeafShape)]
        self.build: Builder = builder(tuple((field.key, field in self.leaves) for field in fields))

    def alone(self) -> "list[Selection]":
        """Each field as a selection of its own."""
        return [Selection(self.kind, [field]) for field in self.fields]


class Field:
    """One field of a selection with everything about it that does not differ from run to run."""

    __slots__ = (
        "columns",
        "constant",
        "converted",
        "definition",
        "fixed",
        "key",
        "kind",
        "name",
        "nodes",
        "position",
        "resolution",
        "shape",
    )

    def __init__(
        self,
        plan: Plan,
        key: str,
        details: list[FieldDetails],
        definition: GraphQLField,
        kind: GraphQLObjectType,
        resolution: Resolution,
    ) -> None:
        self.key, self.definition, self.kind = key, definition, kind
        self.nodes: list[FieldNode] = [detail.node for detail in details]
        self.name = self.nodes[0].name.value
        self.resolution = resolution
        # Not the plan itself: it could then only be let go of by the garbage collector.
        self.shape = shape_of(proxy(plan), definition.type, details)
        # Arguments without variables come out the same each time, and are kept after the first.
        self.fixed = not any(has_variable(argument.value) for argument in self.nodes[0].arguments or ())
        self.constant: dict[str, Any] | None = None
        self.converted: dict[str, Any] | None = None
        self.position = 0
        self.columns: Any = ...


class Shape:
    """A type of values, and whether they may be null."""

    __slots__ = ("nullable",)

    def __init__(self, nullable: bool) -> None:
        self.nullable = nullable


class LeafShape(Shape):
    """Scalars and enums."""

    __slots__ = ("kind", "serialize")

    def __init__(self, nullable: bool, kind: GraphQLLeafType) -> None:
        super().__init__(nullable)
        self.kind = kind
        self.serialize: ColumnSerializer = column_serializer(kind)


class ListShape(Shape):
    """Lists of another shape."""

    __slots__ = ("item",)

    def __init__(self, nullable: bool, item: Shape) -> None:
        super().__init__(nullable)
        self.item = item


class ObjectShape(Shape):
    """Objects of one type, or of several where `kind` is an interface or a union."""

    __slots__ = ("abstract", "kind", "select")

    def __init__(self, nullable: bool, kind: Any, select: Callable[[GraphQLObjectType], Selection]) -> None:
        super().__init__(nullable)
        self.kind = kind
        self.abstract = not is_object_type(kind)
        self.select = select


def shape_of(plan: Plan, kind: GraphQLOutputType, details: list[FieldDetails]) -> Shape:
    """The shape of a type; selections of objects are compiled when there are some."""
    nullable = not is_non_null_type(kind)
    inner: Any = kind if nullable else kind.of_type  # type: ignore[union-attr]
    if is_list_type(inner):
        return ListShape(nullable, shape_of(plan, inner.of_type, details))
    if is_leaf_type(inner):
        return LeafShape(nullable, inner)
    return ObjectShape(nullable, inner, lambda runtime: plan.selection(runtime, details))


def has_variable(value: ValueNode) -> bool:
    """Whether a value in the document has a variable in it."""
    pending: list[Any] = [value]
    while pending:
        node = pending.pop()
        if isinstance(node, VariableNode):
            return True
        pending += getattr(node, "values", None) or ()
        pending += (field.value for field in getattr(node, "fields", None) or ())
    return False
