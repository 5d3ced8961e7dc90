"""Asks for every field of a type, and takes out of an answer what is hidden from a viewer."""

from collections.abc import Collection
from typing import Any

from graphql import GraphQLField, get_named_type, is_leaf_type

from schema.relay.node import MAX_NODE_IDS
from tests.kit.client import Client
from tests.kit.reads import TYPES

ARGUMENTS = {"first": "first: 100", "at": 'at: "2026-12-31"', "by": "by: OWNER"}

HISTORY = 'from: "2026-04-01", to: "2026-09-30", bucket: QUARTER'


def asked(field: str, each: GraphQLField) -> str:
    """The selection of a field: the ids of objects, and everything of an object that has none."""
    given = [ARGUMENTS[name] for name in each.args if name in ARGUMENTS]
    given += [HISTORY] if field == "history" else []
    name = f"{field}({', '.join(given)})" if given else field
    kind: Any = get_named_type(each.type)
    if is_leaf_type(kind):
        return name
    if "id" in kind.fields:
        return f"{name} {{ id }}"
    return f"{name} {{ {fields_of(kind.name)} }}"


def fields_of(kind: str, leave_out: Collection[str] = ()) -> str:
    """The selections of the fields of a type but some."""
    return " ".join(asked(name, each) for name, each in TYPES[kind].fields.items() if name not in leave_out)


async def objects(client: Client, kind: str, ids: list[str], fields: str) -> dict[str, Any]:
    """The objects of a type by their ids, with these fields; None for what is not there."""
    document = f"query($ids: [ID!]!) {{ nodes(ids: $ids) {{ ... on {kind} {{ {fields} }} }} }}"
    found: dict[str, Any] = {}
    for start in range(0, len(ids), MAX_NODE_IDS):
        own = ids[start : start + MAX_NODE_IDS]
        found |= zip(own, (await client.data(document, ids=own))["nodes"], strict=True)
    return found


def without(answer: Any, hidden: set[str]) -> Any:
    """An answer without objects that have one of these ids: null, left out of lists, and not counted."""
    if isinstance(answer, list):
        return [without(each, hidden) for each in answer if not _is_hidden(each, hidden)]
    if not isinstance(answer, dict):
        return answer
    left: dict[str, Any] = {
        name: None if _is_hidden(each, hidden) else without(each, hidden) for name, each in answer.items()
    }
    if "totalCount" in left:
        left["totalCount"] = len(left["nodes"])
        cursors = [each["cursor"] for each in left["edges"]] or [None]
        left["pageInfo"] |= {"startCursor": cursors[0], "endCursor": cursors[-1]}
    return left


def _is_hidden(answer: Any, hidden: set[str]) -> bool:
    """Whether this is a hidden object, an edge to one, or its id where an event has it."""
    if not isinstance(answer, dict):
        return answer in hidden if isinstance(answer, str) else False
    own = answer["node"] if "cursor" in answer else answer
    return isinstance(own, dict) and own.get("id") in hidden
