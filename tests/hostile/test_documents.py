"""Documents made to hurt are refused or answered, and others do not wait for it."""

from typing import Any

import pytest

from tests.hostile import documents as made
from tests.hostile.target import Answer, Target, at_once

FINE = Answer(200, None)
INVALID = Answer(200, "GRAPHQL_VALIDATION_FAILED")
SYNTAX = Answer(200, "GRAPHQL_PARSE_FAILED")
BAD_INPUT = Answer(200, "BAD_USER_INPUT")
UNREAD = Answer(400, "BAD_USER_INPUT")
BAD_REQUEST = Answer(400, "BAD_REQUEST")
TOO_LARGE = Answer(413, "PAYLOAD_TOO_LARGE")
UNRESOLVED = Answer(200, "OPERATION_RESOLUTION_FAILURE")

ATTACKS: dict[str, tuple[made.Body, Answer]] = {
    "12 levels": (made.nested(12), FINE),
    "13 levels": (made.nested(13), INVALID),
    "500 levels": (made.nested(500), SYNTAX),
    "20 000 levels": (made.nested(20_000), INVALID),
    "a chain of 16 fragments that spread twice": (made.fragment_chain(16), INVALID),
    "a chain of 25 fragments that spread twice": (made.fragment_chain(25), INVALID),
    "a chain of 60 fragments that spread twice": (made.fragment_chain(60), INVALID),
    "a ring of 30 fragments": (made.cyclic_fragments(30), INVALID),
    "600 unknown fragments": (made.unknown_fragments(600), INVALID),
    "200 aliases": (made.aliases(200), INVALID),
    "480 aliases": (made.aliases(480), INVALID),
    "10 000 aliases": (made.aliases(10_000), INVALID),
    "1 600 fields of one name": (made.duplicates(1_600), INVALID),
    "5 000 fields of one name": (made.duplicates(5_000), INVALID),
    "500 directives": (made.directives(500), INVALID),
    "900 directives": (made.directives(900), INVALID),
    "40 times @skip": (made.directives(40, "@skip(if: false)"), INVALID),
    "200 times @skip": (made.directives(200, "@skip(if: false)"), INVALID),
    "220 overlapping fields": (made.overlapping(220), INVALID),
    "400 overlapping fields": (made.overlapping(400), SYNTAX),
    "150 fragments that overlap": (made.overlapping_fragments(150), FINE),
    "a comment of 0.9 MB": (made.comment(900_000), INVALID),
    "a comment of 4.9 MB": (made.comment(4_900_000), INVALID),
    "a comment of 10 MB": (made.comment(10_000_000), TOO_LARGE),
    "a list 5 000 deep": (made.nested_list(5_000), SYNTAX),
    "a number of 6 000 digits": (made.number(6_000), BAD_INPUT),
    "two operations and no name": (made.operations(2), UNRESOLVED),
    "300 operations and no name": (made.operations(300), UNRESOLVED),
    "1 000 operations": (made.operations(1_000), INVALID),
    "circular introspection, 3 levels": (made.circular_introspection(3), INVALID),
    "circular introspection, 8 levels": (made.circular_introspection(8), INVALID),
    "introspection under 20 aliases": (made.introspection(20), FINE),
    "introspection under 28 aliases": (made.introspection(28), INVALID),
    "450 unused variables": (made.unused_variables(450), INVALID),
    "10 000 unused variables": (made.unused_variables(10_000), INVALID),
    "10 000 undeclared variables": (made.undeclared_variables(10_000), FINE),
    "15 000 values on five aliases": (made.values(15_000, 5), UNREAD),
    "2 900 values on five aliases": (made.values(2_900, 5), BAD_INPUT),
    "`in` with 10 000 values": (made.values(10_000, 1), BAD_INPUT),
    "a default value of 200 objects": (made.default_values(200), INVALID),
    "a default value of 1 000 objects": (made.default_values(1_000), SYNTAX),
    "a filter of 20 levels": (made.nested_filter(20), BAD_INPUT),
    "a filter of 100 levels": (made.nested_filter(100), BAD_REQUEST),
    "a filter of 1 000 levels in the document": (made.nested_filter_literal(1_000), SYNTAX),
    "a block string": (made.searched('"""' + "\n %" * 6_000 + '"""'), FINE),
    "a lone surrogate": (made.searched(f'"{made.LONE_SURROGATE}"'), SYNTAX),
    "a null character": (made.searched(f'"{made.NULL}"'), BAD_INPUT),
    "bidirectional text": (made.searched(f'"{made.BIDI}"'), FINE),
    "`contains` with %": (made.searched('"' + "%_" * 9_000 + '"'), FINE),
    "`contains` with backslashes": (made.searched('"' + "\\\\" * 4_000 + '%"'), FINE),
}


@pytest.mark.parametrize("name", ATTACKS)
def test_a_document_that_is_to_hurt(target: Target, name: str) -> None:
    body, expected = ATTACKS[name]
    target.endure(name, lambda _: target.post(body), expected)


def test_filters_that_were_never_sent_before(target: Target) -> None:
    seeds = iter(range(100))
    target.endure("20 new filters", lambda _: target.post(made.new_filters(20, next(seeds))), FINE)


@pytest.mark.parametrize("name", ["600 unknown fragments", "450 unused variables", "introspection under 20 aliases"])
def test_documents_that_take_long_six_at_a_time(target: Target, name: str) -> None:
    body, expected = ATTACKS[name]

    def attack(_: Target) -> list[Answer]:
        without: Any = {"authorization": None}
        return at_once(6, lambda: target.post(body, **without))

    target.endure(f"{name}, six at a time, without a key", attack, expected)


def test_memory_is_back(target: Target) -> None:
    target.assert_memory_is_back()
