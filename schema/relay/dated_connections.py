"""Connections of each parent that are limited to a span of time."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Any

import strawberry

from schema.context import Info
from schema.execution.fields.batched import PlannedRead, RequestedColumns, load, requested_columns, uses_columns
from schema.relay.connections import NO_VALUES, ConnectionPage, listed_for, pruned
from schema.relay.page_arguments import After, Before, First, Last, parse_page_arguments
from service.postgres.database import Row
from service.reading.keyset import Listing, bind_page, select_page

# No row is dated before the one, or from the other on.
FIRST, LAST = datetime(1, 1, 2, tzinfo=UTC), datetime(9999, 12, 31, tzinfo=UTC)
From = Annotated[
    datetime | None,
    strawberry.argument(
        name="from", description="Time from which on to list, itself included. Left out: from the first on."
    ),
]
To = Annotated[
    datetime | None, strawberry.argument(description="Time before which to list. Left out: up to the last one.")
]


def paged_between(listing: Listing, dated: Listing, order: str, description: str) -> Any:
    """A field with a page of the list that belongs to each parent, the latest first; one statement for all parents.

    With `from` or `to` it is a page of the `dated` list, whose conditions compare with `:since` and `:until`.
    """

    def limited(since: datetime | None, until: datetime | None) -> tuple[Listing, Mapping[str, Any]]:
        is_limited = since is not None or until is not None
        return (dated, {"since": since or FIRST, "until": until or LAST}) if is_limited else (listing, NO_VALUES)

    @uses_columns("id")
    async def batch(
        parents: Sequence[Row],
        info: Info,
        from_: datetime | None = None,
        to: datetime | None = None,
        **arguments: Any,
    ) -> list[ConnectionPage]:
        page, (own, values) = parse_page_arguments(order, descending=True, **arguments), limited(from_, to)
        return await listed_for(info.context.reader, own, page, parents, requested_columns(info), values)

    def reads(
        requested: RequestedColumns | None, from_: datetime | None = None, to: datetime | None = None, **arguments: Any
    ) -> PlannedRead:
        page, (own, values) = parse_page_arguments(order, descending=True, **arguments), limited(from_, to)
        own = pruned(own, requested)
        return PlannedRead(select_page(own, page), "id", "keys", {**bind_page(own, page), **values})

    def resolver(  # type: ignore[no-untyped-def]
        root: strawberry.Parent[Row],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
        from_: From = None,
        to: To = None,
    ):
        pages = {"first": first, "after": after, "last": last, "before": before}
        return load(batch, root, info, {**pages, "from_": from_, "to": to})

    batch.__planned_read__ = reads  # type: ignore[attr-defined]
    resolver.__batch_function__ = batch  # type: ignore[attr-defined]
    return strawberry.field(resolver=resolver, description=description)
