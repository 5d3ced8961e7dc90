"""What the lists of all rooms have in common: filter, order, archived rows or not."""

from typing import Annotated, Any

import strawberry

from schema.connections import OrderDirection, Rows, listed, wanted_page
from schema.filters import plain
from service.filtering import condition
from service.paging import Listing

IncludeArchived = Annotated[
    bool, strawberry.argument(description="Whether archived ones are listed too; they are not by default.")
]


async def filtered(
    info: "strawberry.Info[Any, Any]",
    listing: Listing,
    columns: dict[str, Any],
    types: dict[str, str],
    *,
    filter: Any,
    order_by: Any,
    include_archived: bool = True,
    **page: Any,
) -> Rows:
    """A page of a list under a filter. `columns` are what it may name, `types` whose ids they hold.

    Raises BadUserInput for what contradicts or goes too deep.
    """
    wanted = plain(filter, types)
    if wanted:
        listing = listing.narrowed(condition(columns, wanted))
    if not include_archived:
        listing = listing.narrowed(listing.source.c.archived_at.is_(None))
    direction = order_by.direction == OrderDirection.DESC
    return await listed(info.context.reader, listing, wanted_page(order_by.field.value, descending=direction, **page))
