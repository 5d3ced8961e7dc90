"""Everything that the API shows of an organization, by a document made from the schema itself.

A field that is added to the schema is in the dump without being named; one that needs arguments fails it until
`ARGUMENTS` says which.
"""

from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInterfaceType,
    GraphQLObjectType,
    GraphQLSchema,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)

from schema.root import schema
from tests.kit.client import Client
from tests.kit.reads import LOOKUPS, LOOKUPS_OF_MANY

GRAPH: GraphQLSchema = schema._schema
PAGE = 50
# A day of the time in which tests live, and arguments for fields that need some.
ARGUMENTS = {
    ("Kpi", "forecast"): 'at: "2026-12-31"',
    ("Kpi", "series"): 'from: "2025-01-01", to: "2026-12-31"',
    ("KeyResult", "history"): 'from: "2025-11-01", to: "2026-12-31", bucket: MONTH',
    ("Objective", "descendants"): "first: 50, maxDepth: 5",
    ("Objective", "history"): 'from: "2025-11-01", to: "2026-12-31", bucket: MONTH',
}
# Who asks is no part of an organization, and these are other ways to what the lists have.
ROOTS_LEFT_OUT = {"viewer", "node", "nodes", "currentCycle", "cycleReport", *LOOKUPS, *LOOKUPS_OF_MANY}


async def dumped(client: Client) -> dict[str, Any]:
    """All that the fields of Query answer, archived things included, by the name of the field."""
    query = GRAPH.query_type
    assert query is not None
    found: dict[str, Any] = {}
    for name, field in query.fields.items():
        if name in ROOTS_LEFT_OUT:
            continue
        if "after" not in field.args:
            found[name] = (await client.data(f"{{ {_selected('Query', name, field, ())} }}"))[name]
            continue
        found[name], after = [], "null"
        while after:
            page = (await client.data(f"{{ {_selected('Query', name, field, (), after)} }}"))[name]
            found[name] += page["nodes"]
            after = f'"{page["pageInfo"]["endCursor"]}"' if page["pageInfo"]["hasNextPage"] else ""
    return found


def _selected(owner: str, name: str, field: GraphQLField, path: tuple[str, ...], after: str = "") -> str:
    given = ARGUMENTS.get((owner, name), "")
    missing = [key for key, argument in field.args.items() if is_required_argument(argument) and key not in given]
    assert not missing, f"Say in ARGUMENTS what {owner}.{name} is to be asked with: {missing}."
    arguments = [given] if given else []
    if "first" in field.args and "first:" not in given:
        arguments.append(f"first: {PAGE}")
    if "includeArchived" in field.args:
        arguments.append("includeArchived: true")
    if after:
        arguments.append(f"after: {after}")
    called = f"{name}({', '.join(arguments)})" if arguments else name
    kind = get_named_type(field.type)
    return called if is_leaf_type(kind) else f"{called} {_selection(kind, path)}"


def _selection(kind: Any, path: tuple[str, ...]) -> str:
    if isinstance(kind, GraphQLInterfaceType):
        return "{ __typename id }"
    assert isinstance(kind, GraphQLObjectType), kind
    if kind.name.endswith("Connection"):
        edge = get_named_type(kind.fields["edges"].type)
        # An edge may tell more than its node, such as a depth.
        part = "edges" if "nodes" not in kind.fields or len(edge.fields) > 2 else "nodes"
        total = "totalCount " if "totalCount" in kind.fields else ""
        inner = _selection(get_named_type(kind.fields[part].type), path)
        return f"{{ {total}{part} {inner} pageInfo {{ hasNextPage endCursor }} }}"
    if path and (kind.name in _listed() or kind.name in path):
        return "{ id }" if "id" in kind.fields else "{ __typename }"
    parts = [
        _selected(kind.name, name, field, (*path, kind.name))
        for name, field in kind.fields.items()
        if not (kind.name.endswith("Edge") and name == "cursor")
    ]
    return f"{{ {' '.join(parts)} }}"


def _listed() -> set[str]:
    """The types that a list at the root has, which others are enough to name by id."""
    query = GRAPH.query_type
    assert query is not None
    connections = [get_named_type(field.type) for field in query.fields.values() if "after" in field.args]
    return {get_named_type(kind.fields["nodes"].type).name for kind in connections}
