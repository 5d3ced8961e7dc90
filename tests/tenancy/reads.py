"""Every way to read that the schema has, found by walking it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from graphql import (
    GraphQLField,
    GraphQLInputObjectType,
    GraphQLObjectType,
    get_named_type,
    is_leaf_type,
    is_required_argument,
)
from tests.tenancy.estate import Estate

from schema.node import parsed
from schema.root import schema

TYPES = schema._schema.type_map
QUERY: Any = schema._schema.query_type
PAGE = {"first", "last", "after", "before", "orderBy", "filter", "includeArchived", "maxDepth"}


@dataclass(frozen=True)
class Read:
    """One way to read: what it is called in a report, and the request."""

    name: str
    document: str
    variables: Mapping[str, Any] = field(default_factory=dict)


async def answers(estate: Estate, reads: list[Read]) -> dict[str, Any]:
    """The whole response to each of these requests."""
    return {read.name: await estate.client.answer(read.document, **read.variables) for read in reads}


def every_read(ids: list[str], uuids: list[str], external_ids: list[str], mark: str) -> list[Read]:
    """The root fields as they are, for all these ids, and filtered by them; and all that lies below the ids."""
    found = [Read(name, f"{{ {name}{_all(each)} {selection(each)} }}") for name, each in connections(QUERY)]
    found += [Read(name, f"{{ {name} {selection(QUERY.fields[name])} }}") for name in ("viewer", "organization")]
    found += [Read("nodes", f"query($ids: [ID!]!) {{ nodes(ids: $ids) {_nodes()} }}", {"ids": ids})]
    for id in ids:
        name = _type_of(id)
        found.append(Read(f"node({name} {id})", f"query($id: ID!) {{ node(id: $id) {_nodes()} }}", {"id": id}))
        found += below(name, id)
    for name in single_lookups():
        head = f"query($id: ID, $externalId: String) {{ {name}(id: $id, externalId: $externalId)"
        document = f"{head} {selection(QUERY.fields[name])} }}"
        for key, values in (("id", [*ids, *uuids]), ("externalId", external_ids)):
            found += [Read(f"{name}({key}: {value})", document, {key: value}) for value in values]
    return found + filtered(ids, external_ids, mark)


def connections(of: GraphQLObjectType) -> Iterator[tuple[str, GraphQLField]]:
    """The fields of a type that page through a list."""
    for name, each in of.fields.items():
        if "pageInfo" in getattr(get_named_type(each.type), "fields", ()):
            yield name, each


def single_lookups() -> list[str]:
    """The fields of Query that find one object by its id or its external id."""
    return [name for name, each in QUERY.fields.items() if set(each.args) == {"id", "externalId"}]


def below(type_name: str, id: str) -> list[Read]:
    """One request for each relation of an object."""
    of: Any = TYPES[type_name]
    return [
        Read(
            f"{type_name}.{name} of {id}",
            f"query($id: ID!) {{ node(id: $id) {{ ... on {type_name} {{ {name}{_all(each)} {selection(each)} }} }} }}",
            {"id": id},
        )
        for name, each in of.fields.items()
        if not is_leaf_type(get_named_type(each.type))
    ]


def filtered(ids: list[str], external_ids: list[str], mark: str) -> list[Read]:
    """Each list under each comparison of ids and of texts that its filter has."""
    found = []
    for name, each in connections(QUERY):
        kind: Any = get_named_type(each.args["filter"].type)
        document = f"query($filter: {kind.name}) {{ {name}{_all(each, 'filter: $filter')} {selection(each)} }}"
        for column, comparators in kind.fields.items():
            for wanted in _comparisons(get_named_type(comparators.type), ids, external_ids, mark):
                variables = {"filter": {column: wanted}}
                found.append(Read(f"{name} where {column} {wanted}", document, variables))
    return found


def _comparisons(kind: Any, ids: list[str], external_ids: list[str], mark: str) -> Iterator[dict[str, Any]]:
    assert isinstance(kind, GraphQLInputObjectType)
    if kind.name == "IDFilter":
        yield {"in": ids}
        yield {"neq": ids[0]}
        yield {"isNull": False}
    if kind.name == "StringFilter":
        yield {"in": external_ids}
        yield {"contains": mark}


def selection(each: GraphQLField, depth: int = 2) -> str:
    """All leaves of what a field gives, and of what that holds, some levels down."""
    kind = get_named_type(each.type)
    if is_leaf_type(kind):
        return ""
    if kind.name == "Node":
        return "{ __typename id }"
    if "pageInfo" in kind.fields:
        node = _leaves(get_named_type(kind.fields["nodes"].type))
        edge = _leaves(get_named_type(kind.fields["edges"].type))
        return (
            f"{{ totalCount nodes {{ {node} }} edges {{ {edge} node {{ id }} }} pageInfo {{ {_leaves(_page_info())} }} }}"
        )
    if depth == 1:
        return f"{{ {_leaves(kind)} }}"
    parts = [
        f"{name}{_all(below)} {selection(below, depth - 1)}" for name, below in kind.fields.items() if _plain(below)
    ]
    return f"{{ {' '.join(parts)} }}"


def _plain(each: GraphQLField) -> bool:
    return not any(is_required_argument(argument) for argument in each.args.values())


def _leaves(kind: Any) -> str:
    return " ".join(name for name, each in kind.fields.items() if is_leaf_type(get_named_type(each.type)))


def _page_info() -> Any:
    return TYPES["PageInfo"]


def _nodes() -> str:
    """What every type that has an id shows of itself; aliased, since the same name has other types elsewhere."""
    kinds = schema._schema.get_implementations(TYPES["Node"]).objects  # type: ignore[arg-type]
    return f"{{ __typename id {' '.join(f'... on {kind.name} {{ {_own(kind)} }}' for kind in kinds)} }}"


def _own(kind: Any) -> str:
    texts = [name for name in ("title", "name", "note", "description", "externalId") if name in kind.fields]
    return " ".join(["id", *(f"{kind.name}_{name}: {name}" for name in texts)][: 2 if len(texts) > 2 else 3])


def _all(each: GraphQLField, more: str = "") -> str:
    """The arguments that leave nothing out of a list."""
    assert set(each.args) <= PAGE or not more, each.args
    given = [more] if more else []
    given += ["first: 100"] if "first" in each.args else []
    given += ["includeArchived: true"] if "includeArchived" in each.args else []
    return f"({', '.join(given)})" if given else ""


def _type_of(id: str) -> str:
    found = parsed(id)
    assert found is not None
    return found[0]
