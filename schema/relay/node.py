"""Global ids, and what everything that has one is."""

from functools import partial
from typing import Any
from uuid import UUID

import strawberry

from schema.descriptions.nouns import noun
from schema.execution.fields.batched import always_true_for, maps_column, uses_columns
from service.postgres.database import Row
from service.reading.column_batch import BatchRow
from service.values import global_ids
from service.writing.refusals import NotFound

# The most ids in one lookup.
MAX_NODE_IDS = 100
# The id of no row.
NOWHERE = UUID(int=0)

ID = (
    "Opaque id of the {object}, unique within the organization. `node(id:)` fetches the {object} by it. Client "
    "caches may use it as their key; empty them when another organization's API key is used."
)


class Typed:
    """A row together with the name of its GraphQL type, for places where several types may stand."""

    attributes_are_items = True

    __slots__ = ("row", "type_name")

    def __init__(self, row: Any, type_name: str) -> None:
        self.row, self.type_name = row, type_name

    def __getattr__(self, name: str) -> Any:
        return getattr(self.row, name)

    def __getitem__(self, name: str) -> Any:
        return self.row[name]


@strawberry.interface(description="Object that has an id of its own and can be fetched again by it.")
class Node:
    id: strawberry.ID = strawberry.field(description=ID)

    @classmethod
    def resolve_type(cls, value: Typed, _info: Any, _abstract: Any) -> str:
        """The name of the type of a value; asking each type whether the value is of it takes much longer."""
        return value.type_name


class Entity(Node):
    """A type whose values are rows as they come from the driver."""

    @classmethod
    @uses_columns()
    @always_true_for(Row, BatchRow)
    def is_type_of(cls, value: Any, _info: Any) -> bool:
        return type(value) is not Typed or value.type_name == cls.__name__


def identity(type_name: str) -> Any:
    """The field `id` of a type."""

    @maps_column("id", partial(global_ids.encode, type_name))
    def resolver(root: strawberry.Parent[Row]) -> strawberry.ID:
        return global_id(type_name, root.id)

    return strawberry.field(resolver=resolver, description=ID)


def global_id(type_name: str, id: UUID) -> strawberry.ID:
    """The opaque id of a row."""
    return strawberry.ID(global_ids.encode(type_name, id))


def parsed(id: str) -> tuple[str, UUID] | None:
    """The type's name and the row's id in a global id; None when it is not one of ours."""
    return global_ids.decode(id)


def sought_id(id: str | None, type_name: str) -> UUID | None:
    """The row's id that an argument of a read means; NOWHERE for one that cannot be an id of the type."""
    try:
        return None if id is None else reference(id, type_name, "id")
    except NotFound:
        return NOWHERE


def reference(id: str, type_name: str, field: str) -> UUID:
    """The row's id that an input means, as a global id or as a plain UUID. Raises NotFound."""
    decoded = parsed(id)
    if decoded and decoded[0] == type_name:
        return decoded[1]
    try:
        return UUID(id)
    except ValueError:
        raise NotFound((field,), thing=noun(type_name)) from None
