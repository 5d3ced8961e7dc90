"""Keyset pagination: pages of one list, or of one list for each of many parents, in one statement."""

from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from math import isfinite
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    DateTime,
    Float,
    FromClause,
    Integer,
    Select,
    Uuid,
    bindparam,
    column,
    func,
    literal_column,
    select,
    true,
    tuple_,
)

from service.errors import BadUserInput
from service.reading.cursors import decode_cursor, encode_cursor
from service.values.parsing import parse_instant

MAX_PAGE_SIZE = 100
# The columns of a cursor, besides the id of the row.
TIE_NAMES = ("first_tie", "second_tie")
SORT_KEYS = ("sort_value", *TIE_NAMES)


@dataclass(frozen=True, eq=False)
class Listing:
    """What a connection lists: columns of `source` that meet the conditions `where`, which name the tenant.

    `orders` are the columns that it can be sorted by. Each has an index with `id`. `key` is the column with the id of
    the parent, if there is one list for each parent. `ties`, at most two, order equal rows before `id` does. The
    statements of an `is_one_off` list are not cached. Without `cursors`, rows carry no values for a cursor.
    """

    columns: tuple[Any, ...]
    source: FromClause
    where: tuple[ColumnElement[bool], ...]
    orders: dict[str, Any]
    id: Any
    key: Any = None
    parameters: dict[str, Any] = field(default_factory=dict)
    is_one_off: bool = False
    ties: tuple[Any, ...] = ()
    cursors: bool = True

    def with_conditions(self, *conditions: ColumnElement[bool], is_one_off: bool = False) -> "Listing":
        """The same list with further conditions."""
        return replace(self, where=(*self.where, *conditions), is_one_off=self.is_one_off or is_one_off)


@dataclass(frozen=True, slots=True)
class Page:
    """A page of a list: `size` rows after a cursor, or before it if `backwards`, in an order."""

    size: int
    order: str
    descending: bool = False
    backwards: bool = False
    cursor: str | None = None

    @property
    def statement_key(self) -> tuple[str, bool, bool, bool, int]:
        """Everything that the statement of the page depends on. The value of the cursor is a parameter."""
        return self.order, self.descending, self.backwards, self.cursor is not None, self.size


def parse_page(
    order: str,
    descending: bool,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
    default: int,
) -> Page:
    """The page for the arguments of a Relay connection. Raises BadUserInput if they contradict each other."""
    if first is not None and last is not None:
        raise BadUserInput("Give `first` or `last`, not both.")
    if (last is not None and after is not None) or (last is None and before is not None):
        raise BadUserInput("`after` goes with `first`, `before` with `last`.")
    size = last if last is not None else first if first is not None else default
    if not 1 <= size <= MAX_PAGE_SIZE:
        name = "last" if last is not None else "first"
        raise BadUserInput(f"`{name}` is {size}; it has to be from 1 to {MAX_PAGE_SIZE}.")
    return Page(size, order, descending, last is not None, after if last is None else before)


def bind_page(listing: Listing, page: Page) -> dict[str, Any]:
    """The parameters of the statement `select_page`."""
    bound: dict[str, Any] = dict(listing.parameters)
    if page.cursor is not None:
        names = ("cursor_value", *(f"cursor_{tie}" for tie in TIE_NAMES[: len(listing.ties)]), "cursor_id")
        bound |= zip(names, _decode_cursor(page, _sort_keys(listing, page.order)), strict=True)
    return bound


def select_page(listing: Listing, page: Page) -> Select[Any]:
    """The statement that selects a page of a list, or one page for each parent in `:keys` with column `parent_key`.

    It selects one row more than the page has, which shows whether there is a next page.
    """
    build = _select_page if listing.is_one_off else _cached_statement
    return build(listing, *page.statement_key)


def _select_page(
    listing: Listing, order: str, descending: bool, backwards: bool, has_cursor: bool, size: int
) -> Select[Any]:
    sort = listing.orders[order]
    is_descending = descending != backwards
    query = select(*listing.columns, sort.label("sort_value")).select_from(listing.source).where(*listing.where)
    if has_cursor:
        row_key = tuple_(*_sort_keys(listing, order))
        cursor_key = tuple_(
            bindparam("cursor_value", type_=sort.type),
            *(bindparam(f"cursor_{name}", type_=tie.type) for name, tie in zip(TIE_NAMES, listing.ties, strict=False)),
            bindparam("cursor_id", type_=listing.id.type),
        )
        query = query.where(row_key < cursor_key if is_descending else row_key > cursor_key)
    query = query.add_columns(*(tie.label(name) for name, tie in zip(TIE_NAMES, listing.ties, strict=False)))
    order_by = [key.desc() if is_descending else key for key in _unique_sort_keys(listing, order)]
    # The limit is a literal: with a parameter, the generic plan would read and sort all rows.
    query = query.order_by(*order_by).limit(literal_column(str(size + 1)))
    if listing.key is None:
        return query
    parent_keys = func.unnest(bindparam("keys", type_=ARRAY(Uuid)))
    keys = parent_keys.table_valued(column("key", Uuid), name="parents").render_derived()
    page = query.where(listing.key == keys.c.key).lateral("page")
    page_sort_keys = [page.c[name] for name in (*SORT_KEYS, "id") if name in page.c][: len(order_by)]
    page_columns = [each for each in page.c if listing.cursors or each.name not in SORT_KEYS]
    return (
        select(keys.c.key.label("parent_key"), *page_columns)
        .select_from(keys.join(page, true()))
        .order_by(keys.c.key, *(c.desc() if is_descending else c for c in page_sort_keys))
    )


def _sort_keys(listing: Listing, order: str) -> list[Any]:
    """The sort keys of a list: the column of the order, the tie breakers and the id."""
    return [listing.orders[order], *listing.ties, listing.id]


def _unique_sort_keys(listing: Listing, order: str) -> list[Any]:
    """The sort keys without the id if the last tie breaker is unique already."""
    keys = _sort_keys(listing, order)
    return keys[:-1] if listing.ties and listing.ties[-1].primary_key else keys


_cached_statement = lru_cache(maxsize=512)(_select_page)


def count_rows(listing: Listing) -> Select[Any]:
    """The statement that counts the rows of a list, or of the list of each parent in `:keys`, one row per parent."""
    return _count_rows(listing) if listing.is_one_off else _cached_count(listing)


def _count_rows(listing: Listing) -> Select[Any]:
    query = select(func.count().label("total")).select_from(listing.source).where(*listing.where)
    if listing.key is None:
        return query
    keys = bindparam("keys", type_=ARRAY(Uuid))
    return (
        query.add_columns(listing.key.label("parent_key"))
        .where(listing.key == func.any(keys))
        .group_by(literal_column("2"))
    )


_cached_count = lru_cache(maxsize=512)(_count_rows)


def make_cursor(page: Page, row: Any) -> str:
    """The cursor of a row: the name of the order, its sort value, tie breakers and id."""
    tie_values = [tie for tie in (getattr(row, name, None) for name in TIE_NAMES) if tie is not None]
    members = [_order_name(page), row.sort_value, *tie_values, row.id]
    return encode_cursor(members)


def _order_name(page: Page) -> str:
    return f"{page.order} {'DESC' if page.descending else 'ASC'}"


def _decode_cursor(page: Page, keys: list[Any]) -> list[Any]:
    def parse(members: list[Any]) -> tuple[str, list[Any]]:
        name, *values = members
        return name, [_parse_value(value, key) for value, key in zip(values, keys, strict=True)]

    assert page.cursor is not None
    refusal = "This is not a cursor of ours. Take one from `pageInfo` or from an edge."
    name, decoded = decode_cursor(page.cursor, parse, refusal)
    if name != _order_name(page):
        raise BadUserInput(f"This cursor belongs to the order {name}, and you ask for {_order_name(page)}.")
    return decoded


def _parse_value(value: Any, column: Any) -> Any:
    if isinstance(column.type, DateTime):
        return parse_instant(value)
    if isinstance(column.type, Date):
        return date.fromisoformat(value)
    if isinstance(column.type, Uuid):
        return UUID(value)
    if isinstance(column.type, Integer):
        if type(value) is not int:
            raise ValueError(value)
        return value
    if isinstance(column.type, Float):
        number = float(value)
        if not isfinite(number):
            raise ValueError(value)
        return number
    if not isinstance(value, str) or "\0" in value:
        raise ValueError(value)
    return value
