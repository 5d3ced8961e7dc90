"""What a filter becomes, and which filters go too far."""

import re
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import Column, Float, MetaData, Table, Text
from sqlalchemy.dialects.postgresql import dialect

from service.errors import BadUserInput
from service.reading.filters import MAX_LIST_MEMBERS, build_condition, parse_filter

TABLE = Table("things", MetaData(), Column("title", Text), Column("weight", Float))
COLUMNS = dict(TABLE.c)


def sql(filter: dict[str, Any]) -> tuple[str, list[Any]]:
    """A condition as Postgres reads it, and what is bound."""
    shape, values, _ = parse_filter(filter)
    compiled = build_condition(COLUMNS, shape).compile(dialect=dialect(paramstyle="format"))
    return str(compiled), [values[name] for name in compiled.positiontup or ()]


@pytest.mark.parametrize(
    ("filter", "text", "bound"),
    [
        ({}, "true", []),
        ({"title": {}}, "true", []),
        ({"title": {"eq": "a"}}, "things.title = %s", ["a"]),
        ({"title": {"neq": "a"}}, "things.title IS DISTINCT FROM %s", ["a"]),
        ({"title": {"in_": ["a", "b"]}}, "things.title = ANY (%s)", [["a", "b"]]),
        ({"title": {"in_": []}}, "things.title = ANY (%s)", [[]]),
        ({"title": {"is_null": True}}, "things.title IS NULL", []),
        ({"title": {"is_null": False}}, "things.title IS NOT NULL", []),
        ({"weight": {"gt": 1.0, "lte": 2.0}}, "things.weight > %s AND things.weight <= %s", [1.0, 2.0]),
        ({"weight": {"gte": 1.0, "lt": 2.0}}, "things.weight >= %s AND things.weight < %s", [1.0, 2.0]),
        (
            {"title": {"eq": "a"}, "or_": [{"weight": {"lt": 1.0}}, {"weight": {"gt": 2.0}}]},
            "things.title = %s AND (things.weight < %s OR things.weight > %s)",
            ["a", 1.0, 2.0],
        ),
        (
            {"or_": [{"and_": [{"title": {"eq": "a"}}, {"title": {"eq": "b"}}]}, {"weight": {"eq": 1.0}}]},
            "things.title = %s AND things.title = %s OR things.weight = %s",
            ["a", "b", 1.0],
        ),
    ],
)
def test_a_filter_is_a_condition(filter: dict[str, Any], text: str, bound: list[Any]) -> None:
    condition_text, values = sql(filter)
    assert re.sub(r"::\w+(\[\])?", "", condition_text) == text
    assert values == bound


def nested(depth: int) -> dict[str, Any]:
    return {"and_": [nested(depth - 1)]} if depth > 1 else {"title": {"eq": "a"}}


@pytest.mark.parametrize(
    "filter",
    [
        nested(4),
        nested(50),
        {"title": {"eq": None}},
        {"title": {"is_null": None}},
        {"title": {"in_": None}},
        {"title": {"contains": None}},
        {"title": {"in_": ["a"] * (MAX_LIST_MEMBERS + 1)}},
        {"or_": [{"title": {"eq": "a"}}] * (MAX_LIST_MEMBERS + 1)},
        {"or_": [{"title": {"eq": "a", "neq": "b"}}] * MAX_LIST_MEMBERS, "title": {"eq": "c"}},
    ],
)
def test_what_goes_too_far_is_bad_user_input(filter: dict[str, Any]) -> None:
    with pytest.raises(BadUserInput):
        parse_filter(filter)


@pytest.mark.parametrize(
    "filter",
    [
        nested(3),
        {"title": {"in_": ["a"] * MAX_LIST_MEMBERS}},
        {"and_": [{}] * MAX_LIST_MEMBERS},
        {"or_": [{"title": {"eq": "a", "neq": "b"}}] * MAX_LIST_MEMBERS},
    ],
)
def test_the_limits_are_inclusive(filter: dict[str, Any]) -> None:
    build_condition(COLUMNS, parse_filter(filter).shape)


def test_filters_that_differ_in_values_alone_are_of_one_shape() -> None:
    one, other = ({"title": {"eq": title, "in_": [title] * size}} for title, size in (("a", 1), ("b", 3)))
    assert parse_filter(one).shape == parse_filter(other).shape
    assert parse_filter(one).values != parse_filter(other).values
    assert parse_filter({"title": {"is_null": True}}).shape != parse_filter({"title": {"is_null": False}}).shape


@settings(deadline=None, max_examples=120)
@given(st.text(r"a%_\b"))
def test_what_a_text_contains_is_meant_literally(part: str) -> None:
    condition_text, [pattern] = sql({"title": {"contains": part}})
    assert "ILIKE %s" in condition_text
    assert "ESCAPE" in condition_text
    assert (pattern[0], pattern[-1]) == ("%", "%")
    literal, characters = "", iter(pattern[1:-1])
    for character in characters:
        assert character not in "%_"
        literal += next(characters) if character == "\\" else character
    assert literal == part
