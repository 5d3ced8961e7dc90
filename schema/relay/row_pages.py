"""Connections of rows that have been read already, all of them."""

import re
from collections.abc import Callable, Sequence
from fractions import Fraction
from functools import partial
from operator import attrgetter
from typing import Any
from uuid import UUID

from schema.relay.connections import ConnectionPage, cut
from schema.relay.totals import Counts
from service.errors import BadUserInput
from service.reading.cursors import encode_cursor
from service.reading.keyset import Listing, Page, bind_page, cursor_name
from service.reading.reader import Reader

FRACTION = re.compile(r"-?[0-9]{1,1000}(/[1-9][0-9]{0,999})?")
ValueOf = Callable[[Any], Any]


def page_of_rows(
    listing: Listing, page: Page, rows: Sequence[Any], fraction_of: Callable[[Any], Fraction | None] | None = None
) -> ConnectionPage:
    """A page of rows in one of the orders of a list, with the cursors of that list.

    They are sorted by the column of the order, or by `fraction_of`. Those without a value are last, in both directions.
    """
    value_of: ValueOf = fraction_of or attrgetter(listing.orders[page.order].name)
    ordered = _ordered(rows, value_of, page.descending)
    if page.backwards:
        ordered.reverse()
    if page.cursor is not None:
        bound = bind_page(listing, page)
        value = bound["cursor_value"] if fraction_of is None else _fraction(bound["cursor_value"])
        cursor = value, bound["cursor_id"]
        ordered = [row for row in ordered if _is_beyond((value_of(row), row.id), cursor, page)]
    text_of = value_of if fraction_of is None else lambda row: _text(fraction_of(row))
    return cut(page, ordered[: page.size + 1], None, counted(len(rows)), partial(_cursor, page, text_of))


def counted(count: int) -> Counts:
    """The number of rows of a list that was counted already."""

    async def counts(_reader: Reader, _keys: list[UUID]) -> dict[UUID | None, int]:
        return {None: count}

    return counts


def _ordered(rows: Sequence[Any], value_of: ValueOf, is_descending: bool) -> list[Any]:
    keyed = [(value_of(row), row.id, row) for row in rows]
    present = sorted((each for each in keyed if each[0] is not None), key=lambda each: each[:2], reverse=is_descending)
    absent = sorted((each for each in keyed if each[0] is None), key=lambda each: each[1], reverse=is_descending)
    return [row for *_, row in (*present, *absent)]


def _is_beyond(key: tuple[Any, UUID], cursor: tuple[Any, UUID], page: Page) -> bool:
    """Whether a row comes after the cursor, or before it on a page that ends there."""
    if (key[0] is None) != (cursor[0] is None):
        return (key[0] is None) != page.backwards
    own, other = (key[1:], cursor[1:]) if key[0] is None else (key, cursor)
    return own < other if page.descending != page.backwards else own > other


def _text(value: Fraction | None) -> str:
    return "" if value is None else str(value)


def _fraction(text: str) -> Fraction | None:
    if text and not FRACTION.fullmatch(text):
        raise BadUserInput("This is not a cursor of ours. Take one from `pageInfo` or from an edge.")
    return Fraction(text) if text else None


def _cursor(page: Page, text_of: ValueOf, row: Any) -> str:
    times = [] if page.now is None else [page.now]
    return encode_cursor([cursor_name(page), text_of(row), row.id, *times])
