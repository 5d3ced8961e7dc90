"""Limits count an operation with its fragments, in time linear in the document."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import DocumentNode, SelectionSetNode, Visitor, parse, visit

from schema.execution.documents.limits import Limits, find_limit_errors


def messages(text: str, limits: Limits | None = None) -> list[str]:
    return [error.message for error in find_limit_errors(parse(text), limits)]


def nested(levels: int) -> str:
    return "{ a " * levels + "}" * levels


@pytest.mark.parametrize(
    ("allowed", "refused", "message"),
    [
        (
            nested(12),
            nested(13),
            "The operation is nested 13 levels deep; the limit is 12. Ask for less, and for the rest by `node(id)`.",
        ),
        (
            "{ ...F } fragment F on Q " + nested(12),
            "{ a { ...F } } fragment F on Q { ... on Q " + nested(12) + " }",
            "The operation is nested 13 levels deep; the limit is 12. Ask for less, and for the rest by `node(id)`.",
        ),
        (
            "{ a { " + "b: b " * 30 + "} }",
            "{ a { " + "...F " * 31 + "} } fragment F on A { b: b }",
            "The operation uses 31 aliases, fragments counted wherever they are spread; the limit is 30."
            " Send several operations, or fetch many objects by `nodes(ids)`.",
        ),
        (
            "{ " + "a " * 20 + "}",
            "{ " + "a " * 9 + "... { ...F ...F } a } fragment F on Q { a a a a a a }",
            "The operation has 22 fields at its root; the limit is 20. Send several operations.",
        ),
        (
            "mutation { " + "a " * 10 + "}",
            "mutation { " + "a " * 11 + "}",
            "The operation has 11 fields at its root; the limit is 10. Send several operations.",
        ),
        (
            "{ a" + " @b" * 50 + " }",
            "query($c: Int @b) @b { a @b ... @b { a" + " @b" * 46 + " } ...F } fragment F on Q @b { a }",
            "The operation uses 51 directives, fragments counted wherever they are spread; the limit is 50."
            " Put a directive on a fragment instead of on each of its fields.",
        ),
        (
            "{ a { " + "b " * 51 + "} }",
            "{ a { " + "b " * 27 + "} } fragment F on A { " + "b " * 26 + "}",
            "The operation selects a field again in the same selection set 51 times; the limit is 50."
            " Select each field once.",
        ),
    ],
)
def test_each_limit_and_one_beyond(allowed: str, refused: str, message: str) -> None:
    assert messages(allowed) == []
    assert messages(refused) == [message]


def test_an_error_names_its_limit() -> None:
    (error,) = find_limit_errors(parse("query A { a } query B " + nested(13)))
    assert error.formatted == {
        "message": "The operation is nested 13 levels deep; the limit is 12."
        " Ask for less, and for the rest by `node(id)`.",
        "locations": [{"line": 1, "column": 15}],
        "extensions": {"code": "GRAPHQL_VALIDATION_FAILED", "limit": "depth", "maximum": 12},
    }


def test_introspection_may_be_deep() -> None:
    deep = nested(30)
    assert messages("{ __schema " + deep + ' __type(name: "A") { ...F } } fragment F on __Type ' + deep) == []
    assert len(messages("{ ...F __schema { ...F } } fragment F on Q " + deep)) == 1


def test_cycles_end() -> None:
    assert messages("{ ...A } fragment A on Q { ...B } fragment B on Q { a { ...A } }") == [
        "Fragments spread each other in a cycle: A, B, A."
    ]
    assert messages("{ ...A } fragment A on Q { ...A }") == ["Fragments spread each other in a cycle: A, A."]


def test_an_unknown_fragment_is_left_to_validation() -> None:
    assert messages("{ ...Nowhere }") == []


class CountingTuple(tuple[Any, ...]):
    """The selections of a selection set, which count every pass over them."""

    visits = 0

    def __iter__(self) -> Iterator[Any]:
        CountingTuple.visits += 1
        return super().__iter__()


class SelectionSetVisitor(Visitor):
    """Replaces the selections of every selection set by a CountingTuple."""

    sets = 0

    def leave_selection_set(self, node: SelectionSetNode, *_: object) -> None:
        object.__setattr__(node, "selections", CountingTuple(node.selections))
        self.sets += 1


def parse_counting(text: str) -> tuple[DocumentNode, int]:
    document = parse(text)
    visitor = SelectionSetVisitor()
    visit(document, visitor)
    CountingTuple.visits = 0
    return document, visitor.sets


@pytest.mark.parametrize(
    ("text", "aliases"),
    [
        (
            "{ ...F0 }" + "".join(f" fragment F{i} on Q {{ ...F{i + 1} ...F{i + 1} }}" for i in range(30)),
            "1000000 or more",
        ),
        ("{ " + "...F0 " * 10_000 + "}", "10000"),
        ("{ " + "...F0 " * 10_000 + "}" + " fragment F0 on Q { ... { ...F1 } }", "10000"),
        ("{ ...F0 }" + "".join(f" fragment F{i} on Q {{ a {{ ...F{i + 1} }} }}" for i in range(5_000)), "1"),
    ],
)
def test_each_selection_set_is_visited_once(text: str, aliases: str) -> None:
    last = max(int(name.split()[0]) for name in text.split("...F")[1:])
    document, sets = parse_counting(f"{text} fragment F{last} on Q {{ x: a }}")
    error_messages = [error.message for error in find_limit_errors(document, Limits(max_aliases=0, max_depth=100_000))]
    assert CountingTuple.visits == sets
    assert [message.split(",")[0] for message in error_messages if "aliases" in message] == [
        f"The operation uses {aliases} aliases"
    ]
