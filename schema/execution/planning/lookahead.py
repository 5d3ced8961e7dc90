"""What the relations of the one object that a field answers with will read, for whoever can read it all together."""

from typing import Any

import strawberry
from graphql import GraphQLError

from schema.execution.fields.batched import FOLLOWING, Read
from schema.execution.graphql_core import Core
from schema.execution.planning.arguments import converted
from schema.execution.planning.columns import columns_of
from schema.execution.planning.plan import Field, ObjectShape
from schema.execution.planning.resolution import Batched


def following(schema: strawberry.Schema, core: Core, field: Field, info: Any) -> list[Read]:
    """The reads of a field's relations, without those whose arguments are wrong: they are told of in their turn."""
    shape = field.shape
    if not isinstance(shape, ObjectShape) or shape.abstract:
        return []
    found: list[Read] = []
    try:
        later = shape.select(shape.kind).later
    except GraphQLError:
        # It is told of the object, if there is one.
        return found
    for each in later:
        batched = each.resolution
        if not isinstance(batched, Batched) or batched.extended:
            continue
        told = getattr(batched.batch, FOLLOWING, None)
        if told is None:
            continue
        try:
            if each.columns is ...:
                each.columns = columns_of(each)
            given = converted(schema, core, each, batched.field, info)
            found.append(told(each.columns, **{**batched.defaults, **given}))
        except Exception:
            continue
    return found
