"""Fields of Query that find objects by ids, or by the external ids that another system gave them."""

from functools import partial
from typing import Annotated, Any

import strawberry

from schema.context import Info
from schema.execution.fields.batched import planned_reads, requested_columns
from schema.execution.fields.selecting import narrow_statement
from schema.relay.node import MAX_NODE_IDS, reference
from service.entities.entity import Entity
from service.errors import BadUserInput
from service.reading.statements import load_in_order
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
ExternalIdsArgument = Annotated[
    list[str],
    strawberry.argument(
        description=f"External ids of the {{objects}}, which your own system gave them; at most {MAX_NODE_IDS}."
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
        rows = await info.context.reader.rows(statement, partial(planned_reads, info), ids=[key])
        return rows[0] if rows else None

    return strawberry.field(
        resolver=resolver, description=f"{noun} with the given id or external id; null if there is none."
    )


def lookup_many(entity: Entity, nouns: str) -> Any:
    """A field of Query with the objects of a type, called `nouns`, that have external ids, in the order asked.

    It has null for what is not there. Raises BadUserInput for too many.
    """

    async def resolver(info: Info, external_ids: ExternalIdsArgument) -> Any:
        if len(external_ids) > MAX_NODE_IDS:
            raise BadUserInput(f"`externalIds` has {len(external_ids)} members; {MAX_NODE_IDS} are allowed.")
        statement = narrow_statement(entity.by_external_id, requested_columns(info), "external_id")
        follow_ups = partial(planned_reads, info, is_many=True)
        return await load_in_order(info.context.reader, statement, external_ids, "external_id", follow_ups)

    return strawberry.field(
        resolver=resolver,
        description=f"{nouns} with the given external ids, in the order of `externalIds`; null where there is none.",
    )
