"""Keyset pagination: pages of one list, or of one list for each of many parents, in one statement."""

from dataclasses import dataclass, field, replace
from datetime import date, datetime
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
    Table,
    Uuid,
    bindparam,
    column,
    func,
    literal_column,
    select,
    true,
)

from service.errors import BadUserInput
from service.reading.branches import Branch, equals, select_all, select_keys
from service.reading.cursors import decode_cursor, encode_cursor
from service.reading.page_order import SORT_KEYS, TIE_NAMES, ComputedOrder, PageOrder
from service.reading.steps import StoredStep
from service.values.parsing import parse_instant
from service.values.record import record

MAX_PAGE_SIZE = 100
# Lists are counted up to this number.
MAX_EXACT_COUNT = 10_000
# The id of the parent in statements that read the list of each.
PARENT_KEY = "parents.key"


@dataclass(frozen=True, eq=False)
class Listing:
    """What a connection lists: columns of `source` that meet the conditions `where`, which name the tenant.

    `orders` are the columns that it can be sorted by. Each has an index with `id`, but for a `ComputedOrder`. `key` is
    the column with the id of the parent, if there is one list for each parent. `ties`, at most two, order equal rows
    before `id` does. The statements of an `is_one_off` list are not cached. Without `cursors`, rows carry no values for
    a cursor.

    A list with `branches` has the rows of these. `step` are stored values of the moment that filters compare with. If
    a list `depends_on_now`, its cursors contain the time of its first page. A `source` in SQL text that begins at the
    parent finds its id in `PARENT_KEY`.
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
    branches: tuple[Branch, ...] = ()
    step: StoredStep | None = None
    depends_on_now: bool = False

    def with_conditions(self, *conditions: ColumnElement[bool], is_one_off: bool = False) -> "Listing":
        """The same list with further conditions."""
        return replace(self, where=(*self.where, *conditions), is_one_off=self.is_one_off or is_one_off)


@record
class Page:
    """A page of a list: `size` rows after a cursor, or before it if `backwards`, in an order.

    `now` is the time of the first page, where the list depends on it.
    """

    size: int
    order: str
    descending: bool = False
    backwards: bool = False
    cursor: str | None = None
    now: datetime | None = None

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
    if not 0 <= size <= MAX_PAGE_SIZE:
        name = "last" if last is not None else "first"
        raise BadUserInput(f"`{name}` is {size}; it has to be from 0 to {MAX_PAGE_SIZE}.")
    return Page(size, order, descending, last is not None, after if last is None else before)


def bind_page(listing: Listing, page: Page) -> dict[str, Any]:
    """The parameters of the statement `select_page`."""
    bound: dict[str, Any] = dict(listing.parameters)
    if page.cursor is not None:
        names = ("cursor_value", *(f"cursor_{tie}" for tie in TIE_NAMES[: len(listing.ties)]), "cursor_id")
        values, _ = _decode_cursor(page, sort_keys(listing, page.order, page.descending))
        bound |= zip(names, values, strict=True)
    return bound if page.now is None else {**bound, "now": page.now}


def select_page(listing: Listing, page: Page) -> Select[Any]:
    """The statement that selects a page of a list, or one page for each parent in `:keys` with column `parent_key`.

    It selects one row more than the page has, which shows whether there is a next page.
    """
    build = _select_page if listing.is_one_off else _cached_statement
    return build(listing, *page.statement_key)


def _select_page(
    listing: Listing, order: str, descending: bool, backwards: bool, has_cursor: bool, size: int
) -> Select[Any]:
    sorts = listing.orders[order]
    page_order = PageOrder(
        tuple(sort_keys(listing, order, descending)),
        descending != backwards,
        has_cursor,
        size + 1,
        bool(listing.ties) and listing.ties[-1].primary_key,
        sorts.empty(descending=descending) if isinstance(sorts, ComputedOrder) else None,
        begins_empty=backwards,
    )
    if listing.branches:
        return _select_of_branches(listing, page_order)
    sort_columns = page_order.labelled[:-1]
    query = select(*listing.columns, *sort_columns).select_from(listing.source).where(*listing.where)
    if listing.key is None:
        return page_order.cut(query, page_order.columns)
    keys = _parent_keys()
    page = page_order.cut(query.where(equals(listing.key, keys.c.key)), page_order.columns).lateral("page")
    page_columns = [each for each in page.c if listing.cursors or each.name not in SORT_KEYS]
    return (
        select(keys.c.key.label("parent_key"), *page_columns)
        .select_from(keys.join(page, true()))
        .order_by(keys.c.key, *page_order.sort_keys([page.c[name] for name in page_order.names]))
    )


def _select_of_branches(listing: Listing, order: PageOrder) -> Select[Any]:
    """The page of a list with branches: first the keys of its rows, then the rows."""
    keys = select_keys(listing.source, listing.where, listing.branches, order).subquery("page")
    row = select(*listing.columns).select_from(listing.source).where(*listing.where, listing.id == keys.c.id)
    # The planner does not look into what has an offset. It would rather read a small table than look up each row.
    node = row.offset(literal_column("0")).lateral("node")
    return (
        select(*node.c, *(keys.c[name] for name in order.names[:-1]))
        .select_from(keys.join(node, true()))
        .order_by(*order.sort_keys([keys.c[name] for name in order.names]))
    )


def _parent_keys() -> Any:
    """The ids of the parents in `:keys` as rows."""
    parent_keys = func.unnest(bindparam("keys", type_=ARRAY(Uuid)))
    return parent_keys.table_valued(column("key", Uuid)).render_derived(name="parents")


def sort_keys(listing: Listing, order: str, descending: bool) -> list[Any]:
    """The sort keys of a list: the column of the order, the tie breakers and the id."""
    first = listing.orders[order]
    if isinstance(first, ComputedOrder):
        first = first.key(descending=descending)
    return [first, *listing.ties, listing.id]


_cached_statement = lru_cache(maxsize=512)(_select_page)


def count_rows(listing: Listing) -> Select[Any]:
    """The statement that counts the rows of a list, or of the list of each parent in `:keys`, one row per parent.

    It stops after MAX_EXACT_COUNT + 1.
    """
    return _count_rows(listing) if listing.is_one_off else _cached_count(listing)


def _count_rows(listing: Listing) -> Select[Any]:
    keys = None if listing.key is None else _parent_keys()
    if keys is None:
        own = listing.id.table.c.organization_id
        tenant = bindparam("organization_id", type_=own.type)
        # Where an organization has most of the rows, a plan would read those of all. The parts of a union have
        # conditions of their own, which find few.
        of_list = equals(own, tenant) if isinstance(own.table, Table) else own == tenant
    else:
        of_list = equals(listing.key, keys.c.key)
    branches = [
        branch
        if branch.access and not branch.access.nulls and not branch.access.may_be_most
        else replace(branch, where=(*branch.where, of_list))
        for branch in listing.branches or (Branch(),)
    ]
    rows = select_all(listing.source, listing.where, branches, MAX_EXACT_COUNT + 1)
    if keys is None:
        return select(func.count().label("total")).select_from(rows.subquery("counted"))
    counted = select(func.count().label("total")).select_from(rows.correlate(keys).subquery("counted")).lateral("list")
    return select(counted.c.total, keys.c.key.label("parent_key")).select_from(keys.join(counted, true()))


_cached_count = lru_cache(maxsize=512)(_count_rows)


def make_cursor(page: Page, row: Any) -> str:
    """The cursor of a row: the name of the order, its sort value, tie breakers and id, and the time of the page if
    that counts."""
    tie_values = [tie for tie in (getattr(row, name, None) for name in TIE_NAMES) if tie is not None]
    times = [] if page.now is None else [page.now]
    return encode_cursor([cursor_name(page), row.sort_value, *tie_values, row.id, *times])


def at_first_page(listing: Listing, page: Page, now: datetime) -> Page:
    """The page with the time of the first one if the list depends on it: that in its cursor, or else `now`."""
    order = listing.orders[page.order]
    if not listing.depends_on_now and not (isinstance(order, ComputedOrder) and order.depends_on_now):
        return page
    keys = sort_keys(listing, page.order, page.descending)
    first = None if page.cursor is None else _decode_cursor(page, keys)[1]
    return replace(page, now=first or now)


def cursor_name(page: Page) -> str:
    """The name of an order in cursors."""
    return f"{page.order} {'DESC' if page.descending else 'ASC'}"


def _decode_cursor(page: Page, keys: list[Any]) -> tuple[list[Any], datetime | None]:
    """The values of the keys in the cursor of a page, and the time in it."""

    def parse(members: list[Any]) -> tuple[str, list[Any], datetime | None]:
        name, *values = members
        at = parse_instant(values.pop()) if len(values) == len(keys) + 1 else None
        return name, [_parse_value(value, key) for value, key in zip(values, keys, strict=True)], at

    assert page.cursor is not None
    refusal = "This is not a cursor of ours. Take one from `pageInfo` or from an edge."
    name, decoded, at = decode_cursor(page.cursor, parse, refusal)
    if name != cursor_name(page):
        raise BadUserInput(f"This cursor belongs to the order {name}, and you ask for {cursor_name(page)}.")
    return decoded, at


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
