"""Filters that are too deep, too wide, empty or null."""

from collections.abc import Iterator
from typing import Any

import pytest
from graphql import get_named_type, is_input_object_type

from tests.bad_input.asking import BAD, LITERAL, Asker
from tests.kit.reads import QUERY, STATISTICS, kind_of

FILTERS: dict[str, Any] = {
    name: get_named_type(each.args["filter"].type)
    for name, each in QUERY.fields.items()
    if kind_of(each) in ("connection", "board") and "and" in get_named_type(each.args["filter"].type).fields
}
# One for each type: how an input is read is of its type.
READ = list({kind.name: name for name, kind in reversed(FILTERS.items())}.values())
# What a list counts and shows; a board and reports do so in fields of their own.
COUNTED = {
    **dict.fromkeys(FILTERS, "totalCount nodes { id }"),
    "kpiScorecard": "total kpis { id }",
    "objectiveStatusReport": "total counts { count }",
    "keyResultStatusReport": "total counts { count }",
    "goalStats": "count objectives { totalCount nodes { id } }",
    "keyResultStats": "count keyResults { totalCount nodes { id } }",
    "kpiStats": "count kpis { totalCount nodes { id } }",
}
HUGE: dict[str, list[Any]] = {
    "Float": [1e308, -1e308, 5e-324, -0.0, 2**63, 0],
    "Decimal": ["9" * 24 + "." + "9" * 12, "-" + "9" * 24, "0.000000000001", 0],
    "DateTime": ["1900-01-01T14:00:00+14:00", "2200-12-31T09:59:59-14:00"],
    "Date": ["1900-01-01", "2200-12-31"],
    "String": ["", " ", "%", "_", "\\", "%%%\\", "\\%", "'", "🦄", "x" * 10_000, "(" * 1000, "\x01"],
    "ID": ["", "x", "x" * 10_000],
    "Boolean": [True, False],
}


def comparators(kind: Any) -> Iterator[tuple[str, str, str]]:
    """Each field of a filter, each comparison it has, and of what; involvement is in tests/participants, and related
    filters are in tests/paging/test_related_conditions.py."""
    for field, each in kind.fields.items():
        inner = get_named_type(each.type)
        if is_input_object_type(inner) and "and" not in inner.fields and field != "involving":
            for comparator, operand in inner.fields.items():
                yield field, comparator, get_named_type(operand.type).name


async def count(asker: Asker, name: str, filter: Any) -> list[str]:
    document = f"query($filter: {FILTERS[name].name}) {{ {name}(filter: $filter) {{ {COUNTED[name]} }} }}"
    return await asker.codes(document, filter=filter)


def nested(depth: int, by: str, inner: Any) -> Any:
    for _ in range(depth):
        inner = {by: [inner]}
    return inner


@pytest.mark.parametrize("name", READ)
async def test_null_is_not_compared_with(asker: Asker, name: str) -> None:
    wrong = {}
    filter: Any
    for field, comparator, kind in comparators(FILTERS[name]):
        for filter in ({field: {comparator: None}}, {"and": [{field: {comparator: None}}]}):
            codes = await count(asker, name, filter)
            if codes != BAD:
                wrong[field, comparator, kind] = codes
    # A condition that is null is none.
    for filter in (*({field: None} for field in FILTERS[name].fields), {"and": None}, {"or": None}):
        assert (filter, await count(asker, name, filter)) == (filter, [])
    for filter in (
        {"and": [None]},
        {"or": [{}, None]},
        {"and": "x"},
        {"or": 1},
        "x",
        1,
        [{}, {}],
    ):
        assert (filter, await count(asker, name, filter)) == (filter, BAD)
    assert wrong == {}


@pytest.mark.parametrize("name", FILTERS)
async def test_what_is_empty_filters_nothing(asker: Asker, name: str) -> None:
    total = COUNTED[name].partition(" ")[0]
    filter: Any
    for filter in (
        None,
        {},
        {"and": []},
        {"or": []},
        {"and": [{}]},
        {"or": [{}]},
        {"and": [], "or": []},
        {"or": [{"and": []}]},
    ):
        document = f"query($filter: {FILTERS[name].name}) {{ {name}(filter: $filter) {{ {total} }} }}"
        everything = await asker.client.data(f"{{ {name} {{ {total} }} }}")
        assert await asker.client.data(document, filter=filter) == everything
    field, _, _ = next(each for each in comparators(FILTERS[name]) if each[1] == "in")
    document = f"query($filter: {FILTERS[name].name}) {{ {name}(filter: $filter) {{ {total} }} }}"
    nothing = {total: 0}
    found = await asker.client.data(document, filter={field: {"in": []}})
    assert found == {name: [nothing] if name in STATISTICS.values() else nothing}


@pytest.mark.parametrize("name", FILTERS)
async def test_every_comparison_takes_the_extremes(asker: Asker, name: str) -> None:
    """All comparisons of a filter at once: the first extreme of each type, then the second, and so on.

    Where another list has the same filter, it takes three of them.
    """
    wrong = {}
    for number in range(max(map(len, HUGE.values())) if name in READ else 3):
        filter: dict[str, Any] = {}
        for field, comparator, kind in comparators(FILTERS[name]):
            if kind in HUGE:
                value = HUGE[kind][number % len(HUGE[kind])]
                filter.setdefault(field, {})[comparator] = [value] if comparator == "in" else value
        for wanted in (filter, {"or": [{field: compared} for field, compared in filter.items()]}):
            if codes := await count(asker, name, wanted):
                wrong[number, str(wanted)[:200]] = codes
    assert wrong == {}


@pytest.mark.parametrize("name", READ)
async def test_too_deep_or_too_wide(asker: Asker, name: str) -> None:
    field, comparator, kind = next(each for each in comparators(FILTERS[name]) if each[1] == "in")
    value = "x" if kind in ("ID", "String") else next(iter(FILTERS[name].fields[field].type.fields["eq"].type.values))
    leaf = {field: {comparator: [value]}}
    for by in ("and", "or"):
        assert await count(asker, name, nested(2, by, leaf)) == []
        for depth in (3, 4, 20):
            assert await count(asker, name, nested(depth, by, leaf)) == BAD
        assert await count(asker, name, {by: [leaf] * 100}) == []
        assert await count(asker, name, {by: [leaf] * 101}) == BAD
    assert await count(asker, name, {field: {comparator: [value] * 100}}) == []
    assert await count(asker, name, {field: {comparator: [value] * 101}}) == BAD


async def test_more_comparisons_than_a_statement_has_room_for(asker: Asker) -> None:
    """A hundred times a hundred conditions fit into a body, and not into the 32 767 parameters of a statement."""
    leaf = {"progress": {"gt": 0, "gte": 0, "lt": 1, "lte": 1}}
    assert await count(asker, "objectives", {"and": [{"or": [leaf] * 100}] * 100}) == BAD


@pytest.mark.parametrize("literal", ["1e400", "-1e400", "1e308"])
async def test_a_literal_beyond_all_floats(asker: Asker, literal: str) -> None:
    codes = await asker.codes(f"{{ objectives(filter: {{progress: {{lt: {literal}}}}}) {{ totalCount }} }}")
    assert codes in ([], *LITERAL)


async def test_what_a_filter_does_not_have(asker: Asker) -> None:
    for filter in (
        {"nope": {"eq": 1}},
        {"title": {"like": "x"}},
        {"organizationId": {"eq": "x"}},
        {"title": "x"},
        {"id": {"gt": "x"}},
    ):
        assert await count(asker, "objectives", filter) == BAD
