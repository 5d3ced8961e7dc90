"""Finding one object, by its id or by the id that a partner gave it."""

from typing import Annotated, Any

import strawberry
from sqlalchemy import Select

from schema.execution.fields.batched import asked_columns, following_reads
from schema.execution.fields.selecting import narrowed
from schema.relay.node import reference
from service.errors import BadUserInput
from service.writing.entities import NotFound

ById = Annotated[
    strawberry.ID | None, strawberry.argument(description="Id of the {object}; give either this or `externalId`.")
]
ByExternalId = Annotated[
    str | None,
    strawberry.argument(
        description="External id of the {object}, which your own system gave it; give either this or `id`."
    ),
]


async def looked_up(
    info: "strawberry.Info[Any, Any]",
    type_name: str,
    by_id: Select[Any],
    by_external_id: Select[Any],
    id: str | None,
    external_id: str | None,
) -> Any:
    """The row with this id or this external id; None when there is none, or none that is ours.

    Raises BadUserInput unless exactly one of the two is given.
    """
    if (id is None) == (external_id is None):
        raise BadUserInput("Give either `id` or `externalId`.")
    try:
        key = external_id if id is None else reference(id, type_name, "id")
    except NotFound:
        return None
    statement = narrowed(by_external_id if id is None else by_id, asked_columns(info), "id")
    rows = await info.context.reader.rows(statement, following_reads(info), ids=[key])
    return rows[0] if rows else None
