"""The schema does not promise what nothing enforces: who can read, where ids are unique."""

import re
from collections.abc import Iterator
from typing import Any

from graphql import GraphQLEnumType, GraphQLInputObjectType, GraphQLInterfaceType, GraphQLObjectType, get_named_type

from schema.root import schema

TYPES = schema._schema.type_map
TOO_MUCH = re.compile(r"among all|globally|universal|unique everywhere|nobody else|only the owner", re.I)


def described() -> Iterator[tuple[str, Any, str]]:
    """Every description: where it is, the type of what it describes, and what it says."""
    for name, kind in TYPES.items():
        yield name, kind, kind.description or ""
        if isinstance(kind, GraphQLEnumType):
            for value, each in kind.values.items():
                yield f"{name}.{value}", kind, each.description or ""
        elif isinstance(kind, GraphQLObjectType | GraphQLInterfaceType | GraphQLInputObjectType):
            for field, each in kind.fields.items():
                yield f"{name}.{field}", get_named_type(each.type), each.description or ""
                for argument, inner in getattr(each, "args", {}).items():
                    place = f"{name}.{field}.{argument}"
                    yield place, get_named_type(inner.type), inner.description or ""


def test_no_description_promises_more_than_is_kept() -> None:
    assert [place for place, _, said in described() if TOO_MUCH.search(said)] == []


def test_every_id_is_said_to_be_unique_within_the_organization() -> None:
    ids = {
        f"{name}.id": kind.fields["id"].description or ""
        for name, kind in TYPES.items()
        if isinstance(kind, GraphQLObjectType | GraphQLInterfaceType) and "id" in kind.fields
    }
    assert len(ids) > 10
    assert [place for place, said in ids.items() if "unique within the organization" not in said] == []
