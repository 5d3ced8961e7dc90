"""Counts the values in variables, since coercing them takes time before execution starts."""

from collections import Counter
from collections.abc import Mapping
from itertools import chain

from graphql import SKIP, DocumentNode, VariableNode, Visitor, VisitorAction, visit

MAX_VALUES = 15_000
MAX_BULK_VALUES = 500_000
# Coercing an input object takes several times as long as coercing a number.
VALUES_PER_OBJECT = 6
# More values are coerced in a thread.
MAX_INLINE_VALUES = 1_500


def count_variable_values(document: DocumentNode, variables: Mapping[str, object]) -> int:
    """The number of values in variables, each counted at every use in the document; an object counts as six."""
    value_counts = {name: count_values(value) for name, value in variables.items()}
    if sum(value_counts.values()) * (document.token_count // 2) <= MAX_VALUES:
        # They are within the limit for any number of uses.
        return sum(value_counts.values())
    uses = count_variable_uses(document)
    return sum(count * max(uses[name], 1) for name, count in value_counts.items())


def count_values(value: object, limit: int | None = None) -> int:
    """The number of values in a value, including itself; an object counts as six. Counting stops beyond `limit`."""
    count, level = 0, [value]
    while level and (limit is None or count <= limit):
        # By level, since a step of Python for each value takes longer than parsing it.
        types = set(map(type, level))
        objects = [each for each in level if isinstance(each, dict)] if dict in types else []
        lists = [each for each in level if isinstance(each, list)] if list in types else []
        count += len(level) + (VALUES_PER_OBJECT - 1) * len(objects)
        level = [*chain.from_iterable(map(dict.values, objects)), *chain.from_iterable(lists)]
    return count


def has_many_values(variables: Mapping[str, object], max_uses: int) -> bool:
    """Whether variables have so many values that they are coerced in a thread; `max_uses` is the most uses of one."""
    return count_values(variables, MAX_INLINE_VALUES) * max_uses > MAX_INLINE_VALUES


def count_variable_uses(document: DocumentNode) -> Counter[str]:
    """The number of uses of each variable in a document."""
    uses = VariableUseCounter()
    visit(document, uses)
    return uses.counts


class VariableUseCounter(Visitor):
    """Counts the uses of variables, without their definitions."""

    def __init__(self) -> None:
        super().__init__()
        self.counts: Counter[str] = Counter()

    def enter_variable_definition(self, *_: object) -> VisitorAction:
        return SKIP

    def enter_variable(self, node: VariableNode, *_: object) -> None:
        self.counts[node.name.value] += 1
