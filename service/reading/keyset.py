"""Keyset paging: pages of one list, or of one list for each of many parents, in one statement."""

import base64
import binascii
from dataclasses import dataclass, field, replace
from datetime import date
from functools import lru_cache
from math import isfinite
from typing import Any
from uuid import UUID

import orjson
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
from service.values.parsing import instant

MAXIMUM = 100
# Where a row stands, besides its id.
TIES = ("first_tie", "second_tie")
STANDS = ("sort_value", *TIES)


@dataclass(frozen=True, eq=False)
class Listing:
    """What a connection lists: columns of `source` under the conditions `where`, which name the tenant.

    `orders` are the columns it can be sorted by, each served by an index with `id`; `key` is the column
    that holds the parent's id where lists belong to parents, and `ties` (at most two) decide among equals before `id`
    does. A
    `passing` list is of one request, and its statements are not kept. Rows without `cursors` have none.
    """

    columns: tuple[Any, ...]
    source: FromClause
    where: tuple[ColumnElement[bool], ...]
    orders: dict[str, Any]
    id: Any
    key: Any = None
    parameters: dict[str, Any] = field(default_factory=dict)
    passing: bool = False
    ties: tuple[Any, ...] = ()
    cursors: bool = True

    def narrowed(self, *conditions: ColumnElement[bool], passing: bool = False) -> "Listing":
        """The same list under more conditions."""
        return replace(self, where=(*self.where, *conditions), passing=self.passing or passing)


@dataclass(frozen=True, slots=True)
class Page:
    """Which part of a list: `size` rows after (or, backwards, before) a cursor, in an order."""

    size: int
    order: str
    descending: bool = False
    backwards: bool = False
    cursor: str | None = None

    @property
    def manner(self) -> tuple[str, bool, bool, bool, int]:
        """What its statement depends on, which is the same for all cursors."""
        return self.order, self.descending, self.backwards, self.cursor is not None, self.size


def page(
    order: str,
    descending: bool,
    first: int | None,
    after: str | None,
    last: int | None,
    before: str | None,
    default: int,
) -> Page:
    """The page that Relay's arguments mean. Raises BadUserInput for those that contradict."""
    if first is not None and last is not None:
        raise BadUserInput("Give `first` or `last`, not both.")
    if (last is not None and after is not None) or (last is None and before is not None):
        raise BadUserInput("`after` goes with `first`, `before` with `last`.")
    size = last if last is not None else first if first is not None else default
    if not 1 <= size <= MAXIMUM:
        name = "last" if last is not None else "first"
        raise BadUserInput(f"`{name}` is {size}; it has to be from 1 to {MAXIMUM}.")
    return Page(size, order, descending, last is not None, after if last is None else before)


def parameters(listing: Listing, wanted: Page) -> dict[str, Any]:
    """What to bind in `statement`."""
    bound: dict[str, Any] = dict(listing.parameters)
    if wanted.cursor is not None:
        names = ("cursor_value", *(f"cursor_{tie}" for tie in TIES[: len(listing.ties)]), "cursor_id")
        bound |= zip(names, _decoded(wanted, _keys(listing, wanted.order)), strict=True)
    return bound


def statement(listing: Listing, wanted: Page) -> Select[Any]:
    """The page of a list, or of the lists of `:keys`, whose rows then carry `parent_key`; and one row more than the
    page has, to know whether there are others."""
    make = _statement if listing.passing else _kept_statement
    return make(listing, *wanted.manner)


def _statement(
    listing: Listing, order: str, descending: bool, backwards: bool, has_cursor: bool, size: int
) -> Select[Any]:
    sort = listing.orders[order]
    falling = descending != backwards
    query = select(*listing.columns, sort.label("sort_value")).select_from(listing.source).where(*listing.where)
    if has_cursor:
        here = tuple_(*_keys(listing, order))
        there = tuple_(
            bindparam("cursor_value", type_=sort.type),
            *(bindparam(f"cursor_{name}", type_=tie.type) for name, tie in zip(TIES, listing.ties, strict=False)),
            bindparam("cursor_id", type_=listing.id.type),
        )
        query = query.where(here < there if falling else here > there)
    query = query.add_columns(*(tie.label(name) for name, tie in zip(TIES, listing.ties, strict=False)))
    ends = [key.desc() if falling else key for key in _deciding(listing, order)]
    # Part of the text: a plan that does not know how few rows are wanted reads and sorts all of them.
    query = query.order_by(*ends).limit(literal_column(str(size + 1)))
    if listing.key is None:
        return query
    given = func.unnest(bindparam("keys", type_=ARRAY(Uuid)))
    keys = given.table_valued(column("key", Uuid), name="parents").render_derived()
    page = query.where(listing.key == keys.c.key).lateral("page")
    tail = [page.c[name] for name in (*STANDS, "id") if name in page.c][: len(ends)]
    shown = [each for each in page.c if listing.cursors or each.name not in STANDS]
    return (
        select(keys.c.key.label("parent_key"), *shown)
        .select_from(keys.join(page, true()))
        .order_by(keys.c.key, *(c.desc() if falling else c for c in tail))
    )


def _keys(listing: Listing, order: str) -> list[Any]:
    """What a list is sorted by: the order's column, what decides among equals, and the id."""
    return [listing.orders[order], *listing.ties, listing.id]


def _deciding(listing: Listing, order: str) -> list[Any]:
    """As many of its keys as a list has to be sorted by for every row to have a place of its own."""
    keys = _keys(listing, order)
    return keys[:-1] if listing.ties and listing.ties[-1].primary_key else keys


_kept_statement = lru_cache(maxsize=512)(_statement)


def count(listing: Listing) -> Select[Any]:
    """How many rows the whole list has; of the lists of `:keys`, one row each."""
    return _count(listing) if listing.passing else _kept_count(listing)


def _count(listing: Listing) -> Select[Any]:
    query = select(func.count().label("total")).select_from(listing.source).where(*listing.where)
    if listing.key is None:
        return query
    keys = bindparam("keys", type_=ARRAY(Uuid))
    return (
        query.add_columns(listing.key.label("parent_key"))
        .where(listing.key == func.any(keys))
        .group_by(literal_column("2"))
    )


_kept_count = lru_cache(maxsize=512)(_count)


def cursor(wanted: Page, row: Any) -> str:
    """Where a row stands: its sort value and id, bound to the order it was listed in."""
    ties = [tie for tie in (getattr(row, name, None) for name in TIES) if tie is not None]
    parts = [_name(wanted), row.sort_value, *ties, row.id]
    return base64.urlsafe_b64encode(orjson.dumps(parts, default=str)).decode().rstrip("=")


def _name(wanted: Page) -> str:
    return f"{wanted.order} {'DESC' if wanted.descending else 'ASC'}"


def _decoded(wanted: Page, keys: list[Any]) -> list[Any]:
    assert wanted.cursor is not None
    try:
        name, *values = orjson.loads(base64.urlsafe_b64decode(wanted.cursor + "=" * (-len(wanted.cursor) % 4)))
        found = [_typed(value, key) for value, key in zip(values, keys, strict=True)]
    except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, binascii.Error):
        raise BadUserInput("This is not a cursor of ours. Take one from `pageInfo` or from an edge.") from None
    if name != _name(wanted):
        raise BadUserInput(f"This cursor belongs to the order {name}, and you ask for {_name(wanted)}.")
    return found


def _typed(value: Any, column: Any) -> Any:
    if isinstance(column.type, DateTime):
        return instant(value)
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
