"""Every way to read that the schema has, found by walking it."""

import dataclasses
from collections.abc import Mapping
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLNamedType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from schema.relay.node import parsed
from schema.root import schema
from tests.kit.client import Client

TYPES: Any = schema._schema.type_map
QUERY: Any = schema._schema.query_type
TEXTS = ("title", "name", "note", "description", "externalId")


@dataclasses.dataclass(frozen=True)
class Read:
    """One way to read: the field, what it is called in a report, and the request."""

    field: str
    name: str
    document: str
    variables: Mapping[str, Any] = dataclasses.field(default_factory=dict)


async def answers(client: Client, reads: list[Read]) -> dict[str, Any]:
    """The whole response to each of these requests."""
    return {read.name: await client.answer(read.document, **read.variables) for read in reads}


def kind_of(each: GraphQLField) -> str:
    """How a field of Query is read; one that is read in no known way must be added to these tests."""
    if "at" in each.args:
        return "due"
    if is_connection(each):
        return "connection"
    kinds = {
        "": "plain",
        "filter": "board",
        "filter includeArchived": "board",
        "filter groupBy": "board",
        "filter groupBy includeArchived": "board",
        "id": "node",
        "ids": "nodes",
        "externalId id": "lookup",
        "externalIds": "lookups",
        "externalId id system": "lookup",
        "cycleId filter": "report",
        "kind": "current",
    }
    return kinds[" ".join(sorted(each.args))]


def is_connection(each: GraphQLField) -> bool:
    """Whether a field pages through a list."""
    return "pageInfo" in getattr(get_named_type(each.type), "fields", ())


# Where the lists of a report on a cycle are.
REPORTED = {
    "CycleActivity": "activity",
    "CycleObjectiveCounts": "objectives",
    "CycleKeyResultCounts": "keyResults",
    **{
        f"{kind}{facet}Count": f"{goals} {field}"
        for kind, goals in (("Objective", "objectives"), ("KeyResult", "keyResults"))
        for facet, field in (
            *(("Status", "statuses"), ("Staleness", "staleness"), ("ScoreBand", "scoreBands")),
            ("Confidence", "confidence"),
        )
    },
    "ObjectiveKindCount": "objectives kinds",
    "ObjectiveAlignmentCount": "objectives alignment",
}

# The fields of Query with the groups that have lists.
STATISTICS = {"GoalStats": "goalStats", "KeyResultStats": "keyResultStats", "KpiStats": "kpiStats"}


# Fields of Query that find one object by its id or its external id.
LOOKUPS = [name for name, each in QUERY.fields.items() if kind_of(each) == "lookup"]
# Fields of Query that find many by external ids.
LOOKUPS_OF_MANY = [name for name, each in QUERY.fields.items() if kind_of(each) == "lookups"]


def connections() -> set[str]:
    """All fields of the schema that page through a list, whatever type they are on."""
    kinds = {name: kind for name, kind in TYPES.items() if isinstance(kind, GraphQLObjectType)}
    return {f"{kind}.{name}" for kind in kinds for name, each in kinds[kind].fields.items() if is_connection(each)}


def in_report(kind: str, fields: str) -> str:
    """The selection of some fields of a part of the report on the cycle `$id`."""
    path = ["cycleReport(cycleId: $id)", *REPORTED[kind].split()]
    return f"{' { '.join(path)} {{ {fields} {'} ' * len(path)}"


def of_cycles(ids: list[str]) -> list[Read]:
    """The list of each count of a report, for each of these that is a cycle."""
    found = []
    for id in ids:
        if (parsed(id) or ("", None))[0] == "Cycle":
            for name in sorted(connections()):
                kind, field = name.split(".")
                if kind in REPORTED:
                    inner = f"{field}(first: 100) {selection(TYPES[kind].fields[field])}"
                    document = f"query($id: ID!) {{ {in_report(kind, inner)} }}"
                    found.append(Read(name, f"{name} of {id}", document, {"id": id}))
    return found


def lists() -> list[Read]:
    """All lists of Query in full, and what takes no arguments."""
    return [
        Read(f"Query.{name}", name, f"{{ {name}{_all(each)} {selection(each)} }}")
        for name, each in QUERY.fields.items()
        if kind_of(each) in ("connection", "plain", "board", "due")
    ]


def by_ids(ids: list[str]) -> list[Read]:
    """Everything that Query finds by ids, for each of these."""
    found = []
    for name, each in QUERY.fields.items():
        kind, field = kind_of(each), f"Query.{name}"
        if kind == "nodes":
            document = f"query($ids: [ID!]!) {{ {name}(ids: $ids) {selection(each)} }}"
            parts = [ids[start : start + 100] for start in range(0, len(ids), 100)]
            found += [Read(field, f"{name}({part})", document, {"ids": part}) for part in parts]
        elif kind in ("node", "lookup"):
            document = f"query($id: ID!) {{ {name}(id: $id) {selection(each)} }}"
            found += [Read(field, f"{name}({id})", document, {"id": id}) for id in ids]
    return found


def by_external_ids(keys: list[str]) -> list[Read]:
    """Everything that Query finds by external ids, for each of these."""
    found = []
    for name, each in QUERY.fields.items():
        if kind_of(each) == "lookup":
            document = f"query($key: String) {{ {name}(externalId: $key) {selection(each)} }}"
            found += [Read(f"Query.{name}", f"{name}({key})", document, {"key": key}) for key in keys]
        elif kind_of(each) == "lookups":
            document = f"query($keys: [String!]!) {{ {name}(externalIds: $keys) {selection(each)} }}"
            parts = [keys[start : start + 100] for start in range(0, len(keys), 100)]
            found += [Read(f"Query.{name}", f"{name}({part})", document, {"keys": part}) for part in parts]
    return found


def below(label: str, id: str) -> list[Read]:
    """One request for each relation of an object."""
    kind, _ = parsed(id) or ("", None)
    found = []
    for name, each in TYPES[kind].fields.items():
        if not is_leaf_type(get_named_type(each.type)):
            inner = f"{name}{_all(each)} {selection(each)}"
            document = f"query($id: ID!) {{ node(id: $id) {{ ... on {kind} {{ {inner} }} }} }}"
            found.append(Read(f"{kind}.{name}", f"{kind}.{name} of {label}", document, {"id": id}))
    return found


def filtered(ids: list[str], keys: list[str], mark: str) -> list[Read]:
    """Each list of Query under each comparison of ids and of texts that its filter has."""
    found = []
    for name, each in QUERY.fields.items():
        if kind_of(each) in ("connection", "board"):
            kind: Any = get_named_type(each.args["filter"].type)
            document = f"query($filter: {kind.name}) {{ {name}{_all(each, 'filter: $filter')} {selection(each)} }}"
            for column, comparators in kind.fields.items():
                for wanted in _comparisons(get_named_type(comparators.type), ids, keys, mark):
                    label = f"{name} by {column} {next(iter(wanted))}"
                    found.append(Read(f"Query.{name}", label, document, {"filter": {column: wanted}}))
    return found


def _comparisons(kind: GraphQLNamedType, ids: list[str], keys: list[str], mark: str) -> list[dict[str, Any]]:
    operands: dict[str, list[dict[str, Any]]] = {
        "IDFilter": [{"in": ids}, {"neq": ids[0]}],
        "StringFilter": [{"in": keys}, {"contains": mark}],
    }
    return operands.get(kind.name, [])


def selection(each: GraphQLField, depth: int = 2) -> str:
    """All leaves of what a field gives, and of what that holds, some levels down."""
    kind: Any = get_named_type(each.type)
    if is_leaf_type(kind):
        return ""
    if kind.name == "Node":
        return _node()
    if is_connection(each):
        node, edge = (get_named_type(kind.fields[name].type) for name in ("nodes", "edges"))
        page = _leaves(TYPES["PageInfo"])
        return f"{{ totalCount nodes {{ {_leaves(node)} }} edges {{ {_leaves(edge)} }} pageInfo {{ {page} }} }}"
    if depth == 1:
        return f"{{ {_leaves(kind)} }}"
    parts = [f"{name}{_all(inner)} {selection(inner, depth - 1)}" for name, inner in kind.fields.items()]
    return f"{{ {' '.join(parts)} }}"


def _leaves(kind: GraphQLObjectType) -> str:
    return " ".join(name for name, each in kind.fields.items() if is_leaf_type(get_named_type(each.type)))


def _node() -> str:
    kinds = schema._schema.get_implementations(TYPES["Node"]).objects
    texts = {kind.name: " ".join(name for name in TEXTS if name in kind.fields) for kind in kinds}
    parts = [f"... on {name} {{ {wanted} }}" for name, wanted in texts.items() if wanted]
    return f"{{ __typename id {' '.join(parts)} }}"


def _all(each: GraphQLField, more: str = "") -> str:
    """The arguments that leave nothing out of a list."""
    given = [more] if more else []
    given += ["first: 100"] if "first" in each.args else []
    given += ["includeArchived: true"] if "includeArchived" in each.args else []
    if "at" in each.args:
        time = "T00:00:00Z" if get_named_type(each.args["at"].type).name == "DateTime" else ""
        given.append(f'at: "2026-12-31{time}"')
    is_history = "bucket" in each.args and is_required_argument(each.args["bucket"])
    given += ['from: "2026-04-01", to: "2026-09-30", bucket: QUARTER'] if is_history else []
    return f"({', '.join(given)})" if given else ""
