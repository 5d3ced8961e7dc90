"""Fields of Query that find one object, by its id or by the external id that another system gave it."""

from typing import Annotated, Any

import strawberry

from schema.context import Info
from schema.execution.fields.batched import planned_reads, requested_columns
from schema.execution.fields.selecting import narrow_statement
from schema.relay.node import reference
from service.entities.entity import Entity
from service.errors import BadUserInput
from service.writing.refusals import NotFound

IdArgument = Annotated[
    strawberry.ID | None, strawberry.argument(description="Id of the {object}; give either this or `externalId`.")
]
ExternalIdArgument = Annotated[
    str | None,
    strawberry.argument(
        description="External id of the {object}, which your own system gave it; give either this or `id`."
    ),
]


def lookup(entity: Entity, noun: str) -> Any:
    """A field of Query with the object of a type, called `noun`, that has an id or an external id.

    The field is null when there is none. It raises BadUserInput unless exactly one of the two is given.
    """

    async def resolver(info: Info, id: IdArgument = None, external_id: ExternalIdArgument = None) -> Any:
        if (id is None) == (external_id is None):
            raise BadUserInput("Give either `id` or `externalId`.")
        try:
            key = external_id if id is None else reference(id, entity.name, "id")
        except NotFound:
            return None
        by_key = entity.by_external_id if id is None else entity.by_id
        statement = narrow_statement(by_key, requested_columns(info), "id")
        rows = await info.context.reader.rows(statement, planned_reads(info), ids=[key])
        return rows[0] if rows else None

    return strawberry.field(
        resolver=resolver, description=f"{noun} with the given id or external id; null if there is none."
    )
