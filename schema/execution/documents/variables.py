"""Counts what variables hold, since reading it is work before anything runs."""

from collections import Counter
from collections.abc import Mapping

from graphql import SKIP, DocumentNode, VariableNode, Visitor, VisitorAction, visit

# An input object takes several times as long to convert as a number.
MOST_VALUES, MOST_BULK_VALUES, AN_OBJECT = 15_000, 500_000, 6
# More than these are read in a thread.
MANY_VALUES = 1_500


def values_in(document: DocumentNode, variables: Mapping[str, object]) -> int:
    """How many values the variables hold, each counted as often as the document uses it, an object for six."""
    found = {name: size(value) for name, value in variables.items()}
    if sum(found.values()) * (document.token_count // 2) <= MOST_VALUES:
        # However often they are used.
        return sum(found.values())
    uses = uses_in(document)
    return sum(count * max(uses[name], 1) for name, count in found.items())


def size(value: object, most: int | None = None) -> int:
    """How many values a value holds, itself included, an object for six; not counted beyond `most`."""
    count, pending = 0, [value]
    while pending and (most is None or count <= most):
        each = pending.pop()
        count += AN_OBJECT if isinstance(each, dict) else 1
        if isinstance(each, dict | list):
            pending += each.values() if isinstance(each, dict) else each
    return count


def are_many(variables: Mapping[str, object], most_uses: int) -> bool:
    """Whether to read them takes so long that nobody else is to wait, given how often one is used at most."""
    return size(variables, MANY_VALUES) * most_uses > MANY_VALUES


def uses_in(document: DocumentNode) -> Counter[str]:
    """How often a document uses each variable."""
    uses = Uses()
    visit(document, uses)
    return uses.of


class Uses(Visitor):
    """Counts where variables are used; where they are declared does not count."""

    def __init__(self) -> None:
        super().__init__()
        self.of: Counter[str] = Counter()

    def enter_variable_definition(self, *_: object) -> VisitorAction:
        return SKIP

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.of[node.name.value] += 1
