"""Fields of Query that find links."""

from functools import partial
from typing import Annotated

import strawberry

from schema.context import Info
from schema.execution.fields.batched import planned_reads, requested_columns
from schema.execution.fields.selecting import narrow_statement
from schema.links import Link
from schema.relay.connections import Connection
from schema.relay.node import reference
from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import filter_input, order_input, root_list
from service.errors import BadUserInput
from service.links import queries
from service.links.entity import LINK
from service.links.models import WEB
from service.writing.refusals import NotFound

LinkFilter = filter_input(LINK, "links")
LinkOrder = order_input(LINK, "links", "CREATED_AT", OrderDirection.ASC)


@strawberry.type
class LinkQueries:
    """Fields of Query."""

    @strawberry.field(
        description="Link with the given id, or with the given external id in a system; null if there is none."
    )
    async def link(
        self,
        info: Info,
        id: Annotated[
            strawberry.ID | None,
            strawberry.argument(description="Id of the link; give either this or `externalId`."),
        ] = None,
        external_id: Annotated[
            str | None,
            strawberry.argument(
                description="Id of the work in `system`, such as PROJ-12; give either this or the `id` of the link."
            ),
        ] = None,
        system: Annotated[
            str, strawberry.argument(description="Key of the system that `externalId` is an id in; web when left out.")
        ] = WEB,
    ) -> Link | None:
        if (id is None) == (external_id is None):
            raise BadUserInput("Give either `id` or `externalId`.")
        try:
            key = external_id if id is None else reference(id, LINK.name, "id")
        except NotFound:
            return None
        by_key = queries.LINKS if external_id is None else queries.BY_EXTERNAL_ID
        statement = narrow_statement(by_key, requested_columns(info), "id")
        more = {} if external_id is None else {"system": system}
        rows = await info.context.reader.rows(statement, partial(planned_reads, info), ids=[key], **more)
        return rows[0] if rows else None

    links: Connection[Link] | None = root_list(
        LINK,
        LinkFilter,
        LinkOrder,
        "Links of the organization's goals to work in other systems, a page at a time. Those of one system are found "
        "by `system` and a list of its ids in `externalId`.",
    )
