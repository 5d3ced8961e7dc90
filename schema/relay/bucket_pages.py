"""Connections of what counts count: pages of many buckets, read by one statement."""

import asyncio
from collections.abc import Callable, Hashable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

import strawberry

from schema.context import Info
from schema.execution.fields.batched import RequestedColumns, load, requested_columns
from schema.execution.fields.columnar import group_by_key
from schema.relay.connections import Connection, ConnectionPage, cut
from schema.relay.page_arguments import After, Before, First, Last, OrderDirection, parse_page_arguments
from schema.relay.root_connections import ORDER, argument
from schema.relay.row_pages import counted
from service.reading.keyset import Listing, Page, at_first_page, bind_page, make_cursor
from service.reading.reader import Reader
from service.values.record import record


@record
class Bucket:
    """The list of a count: rows that one `reading` finds under a `name`, and how many they are."""

    reading: Hashable
    name: str
    count: int


# The statement of the pages of a reading, and its parameters besides those of the page.
StatementOf = Callable[[Any, Page, RequestedColumns | None], tuple[Any, dict[str, Any]]]


def _bucket_pages(
    listing: Listing, bucket_of: Callable[[Any], Bucket], statement_of: StatementOf, page_of: Callable[..., Page]
) -> Any:
    """A batch function that returns a page of the bucket of each parent; one statement for those of a reading.

    The cursors have the time of the first page, since what a bucket contains may depend on it.
    """
    at_moment = replace(listing, depends_on_now=True)

    async def batch(parents: Sequence[Any], info: Info, **arguments: Any) -> list[ConnectionPage]:
        page = at_first_page(at_moment, page_of(**arguments), info.context.now)
        # The statement is the same for each cursor and time.
        shape = replace(page, cursor=page.cursor and "", now=None)
        requested, buckets = requested_columns(info), [bucket_of(parent) for parent in parents]
        names: dict[Hashable, dict[str, None]] = {}
        for each in buckets:
            names.setdefault(each.reading, {})[each.name] = None
        values = bind_page(at_moment, page)
        reads = [
            _read(info.context.reader, statement_of(reading, shape, requested), list(own), values)
            for reading, own in names.items()
        ]
        # A single one is not made a task, which would begin when the batch of other reads has been sent.
        results = [await reads[0]] if len(reads) == 1 else await asyncio.gather(*reads)
        rows: dict[tuple[Hashable, str], Sequence[Any]] = {}
        for (reading, own), result in zip(names.items(), results, strict=True):
            rows.update(zip(((reading, name) for name in own), result, strict=True))
        return [
            cut(page, rows[each.reading, each.name], None, counted(each.count), partial(make_cursor, page))
            for each in buckets
        ]

    return batch


def bucket_connection(
    listing: Listing, bucket_of: Callable[[Any], Bucket], statement_of: StatementOf, node: Any, order: Any, text: str
) -> Any:
    """A field with a page of the bucket of each parent, in an `order` that is an input of orders."""

    def page_of(order_by: Any, **arguments: Any) -> Page:
        sorts = order_by or order()
        return parse_page_arguments(sorts.field, descending=sorts.direction == OrderDirection.DESC, **arguments)

    batch = _bucket_pages(listing, bucket_of, statement_of, page_of)

    def resolver(  # type: ignore[no-untyped-def]
        root: strawberry.Parent[Any],
        info: Info,
        order_by=None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ):
        pages = {"first": first, "after": after, "last": last, "before": before}
        return load(batch, root, info, {"order_by": order_by, **pages})

    sorted_by = argument(order | None, ORDER.format(order()))
    resolver.__annotations__ |= {"order_by": sorted_by, "return": Connection[node] | None}
    resolver.__batch_function__ = batch  # type: ignore[attr-defined]
    return strawberry.field(resolver=resolver, description=text)


async def _read(
    reader: Reader, statement: tuple[Any, dict[str, Any]], buckets: list[str], values: dict[str, Any]
) -> Sequence[Sequence[Any]]:
    select, own = statement
    return group_by_key(await reader.rows(select, **{**own, **values}, buckets=buckets), "bucket", buckets)
