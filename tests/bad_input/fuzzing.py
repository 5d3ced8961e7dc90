"""Strategies for hypothesis: documents of the schema, and inputs of its mutations, with nasty values in them."""

from typing import Any
from uuid import uuid4

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLList,
    GraphQLNonNull,
    StringValueNode,
    TypeInfo,
    TypeInfoVisitor,
    Visitor,
    get_named_type,
    get_nullable_type,
    parse,
    print_ast,
    visit,
)
from hypothesis import strategies as st
from hypothesis_graphql import nodes

from schema.relay.node import parsed
from schema.root import schema
from tests.kit.inputs import MUTATION

PLACEHOLDER = "id-"
NAMES = ("root", "child", "leaf", "number", "stages", "cycle", "person", "team", "pillar", "kpi", "whole", "formula")
IDS = st.integers(0, 60).map(lambda number: f"{PLACEHOLDER}{number}") | st.sampled_from(["", "x", "💥"])
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=30) | st.sampled_from(
    ["", " ", "%", "\\", "\u202e", "🦄" * 50, "x" * 300, *(f"Own-{name}" for name in NAMES)]
)
FLOATS = st.floats(allow_nan=False, allow_infinity=False) | st.sampled_from([0.0, -0.0, 1.0, 5e-324, 1e308, 1e6])
DECIMALS = st.decimals(allow_nan=True, allow_infinity=True).map(str) | st.sampled_from(
    ["0", "-0", "1", "-1", "4.5", "1e-12", "9" * 24, "-" + "9" * 24, "0.000000000001", "1e24", "", "x", "0e9999"]
)
INSTANTS = st.datetimes().map(lambda at: f"{at.isoformat()}Z") | st.sampled_from(
    ["2026-07-01T00:00:00Z", "2026-02-30T00:00:00Z", "1900-01-01T00:00:00+14:00", "2200-12-31T23:59:59-14:00"]
)
DAYS = st.dates().map(str) | st.sampled_from(["2026-01-01", "2026-12-31", "1900-01-01", "2200-12-31", "2026-02-29"])
INTS = st.integers(-(2**31), 2**31 - 1) | st.sampled_from([0, 1, 2, -1, 100, 101])
SCALARS: dict[str, st.SearchStrategy[Any]] = {
    "ID": IDS,
    "String": TEXTS,
    "Float": FLOATS,
    "Decimal": DECIMALS,
    "DateTime": INSTANTS,
    "Date": DAYS,
    "Int": INTS,
    "Boolean": st.booleans(),
}
LITERALS = {name: SCALARS[name].map(nodes.String) for name in ("Decimal", "DateTime", "Date")}


def value_of(kind: Any) -> st.SearchStrategy[Any]:
    """Values of an input type, now and then null where that is allowed."""
    inner = get_nullable_type(kind)
    if isinstance(inner, GraphQLList):
        found: Any = st.lists(st.deferred(lambda: value_of(inner.of_type)), max_size=3)
    elif isinstance(inner, GraphQLEnumType):
        found = st.sampled_from(list(inner.values))
    elif isinstance(inner, GraphQLInputObjectType):
        found = object_of(inner)
    else:
        found = SCALARS[inner.name]
    return found if isinstance(kind, GraphQLNonNull) else found | st.none()


def deferred_value_of(kind: Any) -> st.SearchStrategy[Any]:
    return st.deferred(lambda: value_of(kind))


def object_of(kind: GraphQLInputObjectType) -> st.SearchStrategy[dict[str, Any]]:
    """Values of an input object: what it needs, and some of the rest."""
    if kind.is_one_of:
        choices = [(name, get_named_type(each.type)) for name, each in kind.fields.items()]
        return st.one_of(
            [st.builds(lambda value, name=name: {name: value}, value_of(inner)) for name, inner in choices]
        )
    needed = {name: value_of(each.type) for name, each in kind.fields.items() if isinstance(each.type, GraphQLNonNull)}
    rest = {name: deferred_value_of(each.type) for name, each in kind.fields.items() if name not in needed}
    return st.fixed_dictionaries(needed, optional=rest)


def moves() -> st.SearchStrategy[tuple[str, dict[str, Any]]]:
    """A mutation and an input for it."""
    return st.one_of(
        [
            st.tuples(st.just(name), object_of(get_named_type(each.args["input"].type)))
            for name, each in MUTATION.fields.items()
        ]
    )


KINDS = {"cycleId": "Cycle", "ownerId": "Person", "personId": "Person", "teamId": "Team", "pillarId": "Pillar"}
KINDS |= {"objectiveId": "Objective", "keyResultId": "KeyResult", "parentKeyResultId": "KeyResult"}
KINDS |= {"kpiId": "Kpi", "sourceKpiId": "Kpi"}
THINGS = {
    "keyResultUnlinkKpi": "KpiLink",
    "objectiveUnalign": "Alignment",
    "objectiveAlign": "Objective",
    "objectiveCheckIn": "CheckIn",
}


def with_ids(mutation: str, input: dict[str, Any], ids: list[str]) -> dict[str, Any]:
    """An input with ids that are there, and mostly of the kind that is wanted, where placeholders stand."""
    by_kind: dict[str, list[str]] = {}
    for id in ids:
        by_kind.setdefault((parsed(id) or ("",))[0], []).append(id)
    named = [kind for kind in by_kind if mutation.startswith(f"{kind[0].lower()}{kind[1:]}")]
    thing = THINGS.get(mutation) or max(named, key=len, default="")
    found: dict[str, Any] = {}
    for name, value in input.items():
        if isinstance(value, list):
            value = [with_ids(mutation, each, ids) if isinstance(each, dict) else each for each in value]
        if isinstance(value, str) and value.startswith(PLACEHOLDER):
            number = int(value.removeprefix(PLACEHOLDER))
            wanted = by_kind.get(KINDS.get(name, thing), ids) if number % 8 else ids
            value = wanted[number % len(wanted)]
            if name == "id" and mutation.endswith(("Create", "CheckIn", "Align", "LinkKpi")) and number % 8:
                value = str(uuid4())
        found[name] = value
    return found


def document_with_ids(text: str, ids: list[str]) -> str:
    """A document with real ids in most of the places where it has one."""
    info = TypeInfo(schema._schema)

    class Ids(Visitor):
        count = 0

        def enter_string_value(self, node: StringValueNode, *_: object) -> StringValueNode | None:
            if getattr(get_named_type(info.get_input_type()), "name", None) != "ID":
                return None
            self.count += 1
            return StringValueNode(value=ids[(len(text) + self.count) % len(ids)])

    return print_ast(visit(parse(text, max_tokens=50_000), TypeInfoVisitor(info, Ids())))
