"""Checks the limits of a document in one linear pass before validation, whose own cost can grow faster."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from graphlib import CycleError, TopologicalSorter
from typing import NamedTuple

from graphql import (
    DocumentNode,
    FieldNode,
    FragmentDefinitionNode,
    FragmentSpreadNode,
    GraphQLError,
    InlineFragmentNode,
    OperationDefinitionNode,
    OperationType,
    SelectionSetNode,
)

INTROSPECTION_FIELDS = frozenset({"__schema", "__type"})
MAX_COUNT = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """The limits of one operation; all but `max_repeats` apply to its fields with fragments expanded."""

    max_depth: int = 12
    max_aliases: int = 30
    max_root_fields: int = 20
    max_mutations: int = 10
    max_directives: int = 50
    max_repeats: int = 50


class SelectionCounts(NamedTuple):
    """The depth and the numbers of fields, aliases and directives of an operation or a fragment."""

    depth: int = 0
    root_fields: int = 0
    aliases: int = 0
    directives: int = 0


class DefinitionCounts(NamedTuple):
    """The counts of a definition without its spreads, and the spreads: fragment, level, whether depth counts there."""

    counts: SelectionCounts
    repeated_fields: int
    spreads: list[tuple[str, int, bool]]


def find_limit_errors(document: DocumentNode, limits: Limits | None = None) -> list[GraphQLError]:
    """The errors of a document that exceeds limits."""
    limits = limits or Limits()
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
    fragments_alone = {fragment.name.value: count_definition(fragment) for fragment in fragments}
    try:
        fragment_counts = count_fragments(fragments_alone)
    except CycleError as error:
        return [validation_error(f"Fragments spread each other in a cycle: {', '.join(error.args[1])}.", fragments)]
    repeated_fields = sum(own_counts.repeated_fields for own_counts in fragments_alone.values())
    errors = []
    for operation in operations:
        own_counts = count_definition(operation)
        repeated_fields += own_counts.repeated_fields
        errors += compare_with_limits(operation, add_fragment_counts(own_counts, fragment_counts), limits)
    if repeated_fields > limits.max_repeats:
        errors.append(limit_exceeded_error("repeats", repeated_fields, limits.max_repeats, operations))
    return errors


def count_definition(definition: OperationDefinitionNode | FragmentDefinitionNode) -> DefinitionCounts:
    """Visit every selection set of a definition once, without following fragment spreads."""
    depth = root_fields = aliases = repeated_fields = 0
    directives = len(definition.directives or ())
    directives += sum(len(variable.directives or ()) for variable in definition.variable_definitions or ())
    spreads: list[tuple[str, int, bool]] = []
    pending: list[tuple[SelectionSetNode, int, bool]] = [(definition.selection_set, 1, True)]
    while pending:
        selection_set, level, counts_depth = pending.pop()
        names = set()
        for selection in selection_set.selections:
            directives += len(selection.directives or ())
            if isinstance(selection, FieldNode):
                name = (selection.alias or selection.name).value
                repeated_fields += name in names
                names.add(name)
                aliases += selection.alias is not None
                root_fields += level == 1
                depth = max(depth, level if counts_depth else 0)
                if selection.selection_set:
                    inner_counts_depth = counts_depth and selection.name.value not in INTROSPECTION_FIELDS
                    pending.append((selection.selection_set, level + 1, inner_counts_depth))
            elif isinstance(selection, FragmentSpreadNode):
                spreads.append((selection.name.value, level, counts_depth))
            elif isinstance(selection, InlineFragmentNode):
                pending.append((selection.selection_set, level, counts_depth))
    return DefinitionCounts(SelectionCounts(depth, root_fields, aliases, directives), repeated_fields, spreads)


def count_fragments(fragments_alone: Mapping[str, DefinitionCounts]) -> dict[str, SelectionCounts]:
    """The counts of each fragment, including the fragments that it spreads; each is computed once."""
    spreads_by_name = {
        name: {spread for spread, _, _ in own_counts.spreads} for name, own_counts in fragments_alone.items()
    }
    totals: dict[str, SelectionCounts] = {}
    for name in TopologicalSorter(spreads_by_name).static_order():
        if name in fragments_alone:
            totals[name] = add_fragment_counts(fragments_alone[name], totals)
    return totals


def add_fragment_counts(
    own_counts: DefinitionCounts, fragment_counts: Mapping[str, SelectionCounts]
) -> SelectionCounts:
    """The counts of a definition, including its spreads; validation reports an unknown fragment."""
    depth, root_fields, aliases, directives = own_counts.counts
    for name, level, counts_depth in own_counts.spreads:
        fragment = fragment_counts.get(name, SelectionCounts())
        depth = max(depth, level - 1 + fragment.depth if counts_depth else 0)
        root_fields += fragment.root_fields if level == 1 else 0
        aliases += fragment.aliases
        directives += fragment.directives
    # Counts are capped: thirty fragments that each spread the next one twice have a thousand million fields.
    return SelectionCounts(*(min(count, MAX_COUNT) for count in (depth, root_fields, aliases, directives)))


def compare_with_limits(
    operation: OperationDefinitionNode, total: SelectionCounts, limits: Limits
) -> list[GraphQLError]:
    """One error for each limit that an operation exceeds."""
    is_mutation = operation.operation is OperationType.MUTATION
    counts = {
        "depth": (total.depth, limits.max_depth),
        "aliases": (total.aliases, limits.max_aliases),
        "rootFields": (total.root_fields, limits.max_mutations if is_mutation else limits.max_root_fields),
        "directives": (total.directives, limits.max_directives),
    }
    return [
        limit_exceeded_error(limit, actual, maximum, [operation])
        for limit, (actual, maximum) in counts.items()
        if actual > maximum
    ]


ADVICE = {
    "depth": "is nested {} levels deep; the limit is {}. Ask for less, and for the rest by `node(id)`.",
    "aliases": "uses {} aliases, fragments counted wherever they are spread; the limit is {}."
    " Send several operations, or fetch many objects by `nodes(ids)`.",
    "rootFields": "has {} fields at its root; the limit is {}. Send several operations.",
    "directives": "uses {} directives, fragments counted wherever they are spread; the limit is {}."
    " Put a directive on a fragment instead of on each of its fields.",
    "repeats": "selects a field again in the same selection set {} times; the limit is {}. Select each field once.",
}


def limit_exceeded_error(
    limit: str, actual: int, maximum: int, nodes: Iterable[OperationDefinitionNode]
) -> GraphQLError:
    """The error with the name of the limit, the counted number and advice."""
    count = f"{MAX_COUNT} or more" if actual >= MAX_COUNT else actual
    message = f"The operation {ADVICE[limit].format(count, maximum)}"
    return validation_error(message, nodes, limit=limit, maximum=maximum)


def validation_error(
    message: str, nodes: Iterable[OperationDefinitionNode | FragmentDefinitionNode], **extensions: object
) -> GraphQLError:
    """An error with the code of validation errors."""
    return GraphQLError(message, list(nodes), extensions={"code": "GRAPHQL_VALIDATION_FAILED", **extensions})
