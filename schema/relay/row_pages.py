"""Connections of rows that have been read already, all of them."""

from collections.abc import Sequence
from functools import partial
from typing import Any
from uuid import UUID

from schema.relay.connections import ConnectionPage, cut
from schema.relay.totals import Counts
from service.reading.cursors import encode_cursor
from service.reading.keyset import Listing, Page, bind_page, cursor_name
from service.reading.reader import Reader


def page_of_rows(listing: Listing, page: Page, rows: Sequence[Any]) -> ConnectionPage:
    """A page of rows in one of the orders of a list, with the cursors of that list."""
    column = listing.orders[page.order].name

    def key(row: Any) -> tuple[Any, UUID]:
        return getattr(row, column), row.id

    is_descending = page.descending != page.backwards
    listed = sorted(rows, key=key, reverse=is_descending)
    if page.cursor is not None:
        bound = bind_page(listing, page)
        cursor = bound["cursor_value"], bound["cursor_id"]
        listed = [row for row in listed if (key(row) < cursor if is_descending else key(row) > cursor)]
    name = cursor_name(page)
    return cut(page, listed[: page.size + 1], None, counted(len(rows)), partial(_cursor, name, column))


def counted(count: int) -> Counts:
    """The number of rows of a list that was counted already."""

    async def counts(_reader: Reader, _keys: list[UUID]) -> dict[UUID | None, int]:
        return {None: count}

    return counts


def _cursor(name: str, column: str, row: Any) -> str:
    return encode_cursor([name, getattr(row, column), row.id])
