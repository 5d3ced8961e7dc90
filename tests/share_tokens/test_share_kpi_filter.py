"""A filter of KPIs that was saved as JSON is read back as it was sent."""

import json
from typing import Any

import pytest
from graphql import coerce_input_value
from hypothesis import given, settings
from hypothesis import strategies as st
from strawberry.types.arguments import convert_argument

from schema.kpis.queries import KpiFilter
from schema.root import schema
from schema.share_tokens.kpi_filter import filter_as_json, parse_kpi_filter, parse_typed
from service.errors import BadUserInput
from tests.kit.reads import TYPES

OPERANDS: dict[str, Any] = {
    "ID": st.uuids().map(str) | st.sampled_from(["", "x"]),
    "String": st.text(max_size=10),
    "Boolean": st.booleans(),
    "DateTime": st.sampled_from(["2026-01-01T00:00:00Z", "2026-03-31T23:59:59.123456Z"]),
}


def operands(kind: Any) -> Any:
    """Values of a type, or lists of them."""
    if hasattr(kind, "of_type"):
        inner = operands(kind.of_type)
        return st.lists(inner, max_size=3) if str(kind).startswith("[") else inner
    return OPERANDS[kind.name] if kind.name in OPERANDS else st.sampled_from(sorted(kind.values))


def comparisons(kind: Any) -> Any:
    return st.dictionaries(st.sampled_from(sorted(kind.fields)), st.none(), max_size=2).flatmap(
        lambda names: st.fixed_dictionaries({name: operands(kind.fields[name].type) for name in names})
    )


FILTER = TYPES["KpiFilter"]
# A share token takes no `mine`.
NO_COLUMNS = ("and", "or", "involving", "mine", "owner", "parent", "team")
COLUMNS = {name: comparisons(each.type) for name, each in FILTER.fields.items() if name not in NO_COLUMNS}
ROLES = st.lists(st.sampled_from(sorted(TYPES["GoalRole"].values)), max_size=3)
COLUMNS["involving"] = st.fixed_dictionaries({"personId": OPERANDS["ID"], "roles": ROLES})
COLUMNS["owner"] = comparisons(TYPES["PersonFilter"].fields["name"].type).map(lambda name: {"name": name})
COLUMNS["parent"] = COLUMNS["team"] = st.just({"createdAt": {}, "parentId": {"isNull": True}})
FLAT = st.dictionaries(st.sampled_from(sorted(COLUMNS)), st.none(), max_size=4).flatmap(
    lambda names: st.fixed_dictionaries({name: COLUMNS[name] for name in names})
)
NESTED = st.fixed_dictionaries({}, optional={"and": st.lists(FLAT, max_size=2), "or": st.lists(FLAT, max_size=2)})
FILTERS = st.tuples(FLAT, NESTED).map(lambda pair: {**pair[0], **pair[1]})


def typed(json: dict[str, Any]) -> Any:
    """The input as a resolver gets it."""
    converter = schema.schema_converter
    return convert_argument(coerce_input_value(json, FILTER), KpiFilter, converter.scalar_registry, converter.config)


@settings(deadline=None, max_examples=200)
@given(FILTERS)
def test_a_filter_comes_back_as_it_was_sent(sent: dict[str, Any]) -> None:
    saved = json.loads(json.dumps(filter_as_json(typed(sent))))
    assert saved == sent
    assert parse_kpi_filter(schema, saved) == parse_typed(typed(sent))


@pytest.mark.parametrize(
    "wrong",
    [
        {"title": {"eq": "x"}},
        {"name": {"like": "x"}},
        {"name": {"eq": 1}},
        {"direction": {"eq": "UP"}},
        {"createdAt": {"gt": "yesterday"}},
        {"and": [{"or": [{"and": [{"name": {"eq": "x"}}]}]}]},
        {"name": {"in": ["x"] * 101}},
        {"name": {"eq": None}},
        {"name": "x"},
    ],
)
def test_what_a_list_would_not_take_is_refused(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadUserInput):
        parse_kpi_filter(schema, wrong)
