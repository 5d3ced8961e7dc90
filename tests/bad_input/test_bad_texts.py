"""Texts that Postgres cannot hold are refused, as are blank names; every other character comes back."""

from typing import Any

import pytest
from graphql import get_named_type

from tests.bad_input.asking import BAD, LITERAL, Asker
from tests.bad_input.texts import texts, with_text
from tests.kit.reads import LOOKUPS, LOOKUPS_OF_MANY, QUERY, kind_of

NUL = ["\0", "a\0b", "\0" * 100]
SURROGATES = ["\ud800", "\udfff", "a\ud83d", "\ude00\ud83d"]
WELCOME = [
    "🦄👩‍👩‍👧‍👦🏳️‍🌈",
    "מטרה שנתית",
    "هدف ٢٠٢٦",
    "目標",
    "a\u202eb",
    "\u200b.",
    "\ufffe\uffff",
    "'; DROP TABLE people; --",
    "%_\\",
    "\x01\x7f",
    "a\nb\tc",
]


def filters() -> list[tuple[str, str]]:
    """Every field of a filter that compares texts."""
    kinds = {
        name: get_named_type(each.args["filter"].type) for name, each in QUERY.fields.items() if "filter" in each.args
    }
    return [
        (name, field)
        for name, kind in kinds.items()
        for field, each in kind.fields.items()
        if get_named_type(each.type).name == "StringFilter"
    ]


def document_with_filter(name: str) -> str:
    """A request for a number that depends on the filter of a field; a report is on the cycle `$cycle`."""
    each = QUERY.fields[name]
    kind, filter = kind_of(each), each.args["filter"].type
    if kind == "report":
        counts = "objectives { count }"
        return f"query($filter: {filter}, $cycle: ID!) {{ {name}(cycleId: $cycle, filter: $filter) {{ {counts} }} }}"
    fields = get_named_type(each.type).fields
    count = next(name for name in ("totalCount", "total", "count") if name in fields)
    return f"query($filter: {filter}) {{ {name}(filter: $filter) {{ {count} }} }}"


def literal_at(path: str, value: str) -> str:
    """An input literal that has this value at a path, and nothing else."""
    for name in reversed(path.split(".")):
        value = f"[{value}]" if name.isdecimal() else f"{{{name}: {value}}}"
    return value


async def test_no_text_of_a_mutation_takes_what_cannot_be_stored(asker: Asker) -> None:
    async with asker.unchanged():
        for mutation, field in texts():
            for text in NUL:
                assert (mutation, field, await with_text(asker, mutation, field, text)) == (mutation, field, BAD)
            for text in SURROGATES:
                assert await with_text(asker, mutation, field, text) == ["BAD_REQUEST"]
            literal = literal_at(field, '"\\u0000"')
            assert await asker.codes(f"mutation {{ {mutation}(input: {literal}) {{ userErrors {{ code }} }} }}")


@pytest.mark.parametrize(
    ("literal", "codes"),
    [
        ('"a\\u0000"', LITERAL),
        ('"\\u{0}"', LITERAL),
        ('"a\\ud800"', [["GRAPHQL_PARSE_FAILED"]]),
        ('"a\\u{d800}"', [["GRAPHQL_PARSE_FAILED"]]),
        ('"a\0"', [BAD]),
        ('"""a\0"""', [BAD]),
        ('"a\ud800"', [["BAD_REQUEST"]]),
    ],
    ids=ascii,
)
async def test_a_literal_takes_neither(asker: Asker, literal: str, codes: list[list[str]]) -> None:
    async with asker.unchanged():
        document = f"mutation {{ pillarCreate(input: {{name: {literal}}}) {{ userErrors {{ code }} }} }}"
        assert await asker.codes(document) in codes


@pytest.mark.parametrize("text", [*NUL, *SURROGATES], ids=ascii)
async def test_no_filter_takes_what_cannot_be_stored(asker: Asker, text: str) -> None:
    expected = [BAD, ["BAD_REQUEST"]]
    for name, field in filters():
        document = document_with_filter(name)
        others = {"cycle": asker.estate.ids["cycle"]} if "$cycle" in document else {}
        for comparator in ("eq", "neq", "contains"):
            assert await asker.codes(document, **others, filter={field: {comparator: text}}) in expected
            assert await asker.codes(document, **others, filter={field: {comparator: "text"}}) == []
    for name in LOOKUPS:
        for argument, scalar in (("externalId", "String"), ("id", "ID")):
            document = f"query($value: {scalar}) {{ {name}({argument}: $value) {{ id }} }}"
            assert await asker.codes(document, value=text) in expected
    for name in LOOKUPS_OF_MANY:
        document = f"query($values: [String!]!) {{ {name}(externalIds: $values) {{ id }} }}"
        assert await asker.codes(document, values=["text", text]) in expected
    for argument in ("after", "before"):
        document = f"query($value: String) {{ objectives({argument}: $value) {{ totalCount }} }}"
        assert await asker.codes(document, value=text) in expected
    assert await asker.codes("query($id: ID!) { node(id: $id) { id } }", id=text) in expected
    assert await asker.codes("query($ids: [ID!]!) { nodes(ids: $ids) { id } }", ids=[text]) in expected


@pytest.mark.parametrize("text", WELCOME, ids=ascii)
async def test_every_other_character_comes_back(asker: Asker, text: str) -> None:
    made = await asker.client.make("pillarCreate", "id name description", name=text, description=text)
    assert (made["name"], made["description"]) == (text, text)
    document = "query($text: String) { pillars(filter: {name: {contains: $text}}) { nodes { name } } }"
    found = await asker.client.data(document, text=text)
    assert found == {"pillars": {"nodes": [{"name": text}]}}


@pytest.mark.parametrize("text", ["", " ", "\n\t", "\u3000", "\u00a0"], ids=ascii)
async def test_a_blank_name(asker: Asker, text: str) -> None:
    async with asker.unchanged():
        for mutation, field in texts():
            if field in ("name", "title"):
                assert await with_text(asker, mutation, field, text) == [("BLANK", f"input.{field}")]


@pytest.mark.parametrize("value", [1, 1.5, True, [], ["a"], {}, {"a": 1}], ids=repr)
async def test_what_is_no_text(asker: Asker, value: Any) -> None:
    async with asker.unchanged():
        for mutation, field in texts():
            assert await asker.moved(mutation, **{field: value}) == BAD
