"""Holds a document to its limits in one linear pass, before validation, whose own cost can grow faster."""

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

INTROSPECTION = frozenset({"__schema", "__type"})
COUNTED_TO = 1_000_000


@dataclass(frozen=True, slots=True)
class Limits:
    """What one operation may ask for; everything but `repeats` is counted with its fragments expanded."""

    depth: int = 12
    aliases: int = 30
    root_fields: int = 20
    mutations: int = 10
    directives: int = 50
    repeats: int = 50


class Size(NamedTuple):
    """How large an operation or a fragment is."""

    depth: int = 0
    root_fields: int = 0
    aliases: int = 0
    directives: int = 0


class Survey(NamedTuple):
    """What a definition holds itself, and its spreads: fragment, level, whether depth counts there."""

    size: Size
    repeats: int
    spreads: list[tuple[str, int, bool]]


def over_limits(document: DocumentNode, limits: Limits | None = None) -> list[GraphQLError]:
    """The errors of a document that is over its limits."""
    limits = limits or Limits()
    operations = [node for node in document.definitions if isinstance(node, OperationDefinitionNode)]
    fragments = [node for node in document.definitions if isinstance(node, FragmentDefinitionNode)]
    surveys = {fragment.name.value: survey(fragment) for fragment in fragments}
    try:
        sizes = expand_fragments(surveys)
    except CycleError as error:
        return [failed(f"Fragments spread each other in a cycle: {', '.join(error.args[1])}.", fragments)]
    repeats = sum(found.repeats for found in surveys.values())
    errors = []
    for operation in operations:
        found = survey(operation)
        repeats += found.repeats
        errors += compare(operation, expand(found, sizes), limits)
    if repeats > limits.repeats:
        errors.append(exceeded("repeats", repeats, limits.repeats, operations))
    return errors


def survey(definition: OperationDefinitionNode | FragmentDefinitionNode) -> Survey:
    """Visit every selection set of a definition once, following no spread."""
    depth = root_fields = aliases = repeats = 0
    directives = len(definition.directives or ())
    directives += sum(len(variable.directives or ()) for variable in definition.variable_definitions or ())
    spreads: list[tuple[str, int, bool]] = []
    pending: list[tuple[SelectionSetNode, int, bool]] = [(definition.selection_set, 1, True)]
    while pending:
        selection_set, level, counted = pending.pop()
        names = set()
        for selection in selection_set.selections:
            directives += len(selection.directives or ())
            if isinstance(selection, FieldNode):
                name = (selection.alias or selection.name).value
                repeats += name in names
                names.add(name)
                aliases += selection.alias is not None
                root_fields += level == 1
                depth = max(depth, level if counted else 0)
                if selection.selection_set:
                    below = counted and selection.name.value not in INTROSPECTION
                    pending.append((selection.selection_set, level + 1, below))
            elif isinstance(selection, FragmentSpreadNode):
                spreads.append((selection.name.value, level, counted))
            elif isinstance(selection, InlineFragmentNode):
                pending.append((selection.selection_set, level, counted))
    return Survey(Size(depth, root_fields, aliases, directives), repeats, spreads)


def expand_fragments(surveys: Mapping[str, Survey]) -> dict[str, Size]:
    """The size of each fragment with the fragments that it spreads, each worked out once."""
    graph = {name: {spread for spread, _, _ in found.spreads} for name, found in surveys.items()}
    sizes: dict[str, Size] = {}
    for name in TopologicalSorter(graph).static_order():
        if name in surveys:
            sizes[name] = expand(surveys[name], sizes)
    return sizes


def expand(found: Survey, sizes: Mapping[str, Size]) -> Size:
    """The size of a definition with its spreads; a fragment that does not exist is left to validation."""
    depth, root_fields, aliases, directives = found.size
    for name, level, counted in found.spreads:
        size = sizes.get(name, Size())
        depth = max(depth, level - 1 + size.depth if counted else 0)
        root_fields += size.root_fields if level == 1 else 0
        aliases += size.aliases
        directives += size.directives
    # Thirty fragments that each spread the next one twice are a thousand million fields.
    return Size(*(min(count, COUNTED_TO) for count in (depth, root_fields, aliases, directives)))


def compare(operation: OperationDefinitionNode, size: Size, limits: Limits) -> list[GraphQLError]:
    """One error for each limit that an operation is over."""
    mutation = operation.operation is OperationType.MUTATION
    counts = {
        "depth": (size.depth, limits.depth),
        "aliases": (size.aliases, limits.aliases),
        "rootFields": (size.root_fields, limits.mutations if mutation else limits.root_fields),
        "directives": (size.directives, limits.directives),
    }
    return [
        exceeded(limit, actual, maximum, [operation]) for limit, (actual, maximum) in counts.items() if actual > maximum
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


def exceeded(limit: str, actual: int, maximum: int, nodes: Iterable[OperationDefinitionNode]) -> GraphQLError:
    """The error that names the limit, what was counted and what to do."""
    count = f"{COUNTED_TO} or more" if actual >= COUNTED_TO else actual
    message = f"The operation {ADVICE[limit].format(count, maximum)}"
    return failed(message, nodes, limit=limit, maximum=maximum)


def failed(
    message: str, nodes: Iterable[OperationDefinitionNode | FragmentDefinitionNode], **facts: object
) -> GraphQLError:
    """An error as validation reports them."""
    return GraphQLError(message, list(nodes), extensions={"code": "GRAPHQL_VALIDATION_FAILED", **facts})
