"""What a valid operation selects, wherever it stands: its fields, and the types that its fragments narrow to."""

from collections.abc import Iterator
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLInterfaceType,
    GraphQLNamedType,
    GraphQLObjectType,
    GraphQLSchema,
    GraphQLUnionType,
    InlineFragmentNode,
    OperationDefinitionNode,
    SelectionSetNode,
    get_named_type,
)


class Selection(NamedTuple):
    """A field of a type, `parent`, and what it returns; without a parent a fragment and the type that it is of.

    `name` is that of the field; of a fragment `... on` or its own.
    """

    parent: GraphQLObjectType | GraphQLInterfaceType | None
    name: str
    returned: GraphQLNamedType | None


def selections(
    schema: GraphQLSchema, document: DocumentNode, operation: OperationDefinitionNode
) -> Iterator[Selection]:
    """The selections of an operation, also those that a variable leaves out, and each fragment once.

    Without `__typename`, `__schema` and `__type`, which tell nothing of an organization.
    """
    root = schema.get_root_type(operation.operation)
    assert root is not None
    return _Walk(schema, document).below(operation.selection_set, root)


class _Walk:
    def __init__(self, schema: GraphQLSchema, document: DocumentNode) -> None:
        self._schema = schema
        definitions = document.definitions
        self._fragments = {each.name.value: each for each in definitions if isinstance(each, FragmentDefinitionNode)}
        self._seen: set[str] = set()

    def below(self, selection_set: SelectionSetNode, parent: GraphQLNamedType | None) -> Iterator[Selection]:
        for node in selection_set.selections:
            if isinstance(node, FieldNode):
                yield from self._of_field(node, parent)
            elif isinstance(node, InlineFragmentNode):
                condition = node.type_condition
                narrowed = self._schema.get_type(condition.name.value) if condition else parent
                yield Selection(None, "... on", narrowed)
                yield from self.below(node.selection_set, narrowed)
            elif isinstance(node, FragmentSpreadNode) and node.name.value not in self._seen:
                self._seen.add(node.name.value)
                fragment = self._fragments[node.name.value]
                narrowed = self._schema.get_type(fragment.type_condition.name.value)
                yield Selection(None, f"...{fragment.name.value}", narrowed)
                yield from self.below(fragment.selection_set, narrowed)

    def _of_field(self, field: FieldNode, parent: GraphQLNamedType | None) -> Iterator[Selection]:
        assert isinstance(parent, GraphQLObjectType | GraphQLInterfaceType | GraphQLUnionType)
        if isinstance(parent, GraphQLUnionType) or field.name.value not in parent.fields:
            return
        returned = get_named_type(parent.fields[field.name.value].type)
        yield Selection(parent, field.name.value, returned)
        if field.selection_set:
            yield from self.below(field.selection_set, returned)
