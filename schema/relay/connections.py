"""Relay connections over keyset pages."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache, partial
from typing import Any, Generic, NamedTuple, TypeVar
from uuid import UUID

import strawberry

from schema.context import Info
from schema.execution.fields.batched import (
    PlannedRead,
    RequestedColumns,
    batched,
    load,
    planned_reads,
    requested_columns,
    returns_parent_rows,
    uses_columns,
)
from schema.execution.fields.columnar import attribute_values, group_by_key
from schema.execution.fields.selecting import select_columns
from schema.relay.page_arguments import After, Before, First, Last, parse_page_arguments
from schema.relay.totals import (
    IS_EXACT,
    TOTAL,
    TOTAL_COUNT,
    Counts,
    begin_counts,
    counts_of,
    exact,
    is_counted,
    nothing,
    totals,
)
from service.postgres.database import Row
from service.reading.follow_ups import NO_FOLLOW_UPS, FollowUps
from service.reading.keyset import (
    Listing,
    Page,
    at_first_page,
    bind_page,
    make_cursor,
    select_page,
)
from service.reading.page_order import SORT_KEYS
from service.reading.reader import Reader

N = TypeVar("N")
NO_VALUES: Mapping[str, Any] = {}


@strawberry.type(description="Position of a page in its list, for fetching the next or the previous page.")
class PageInfo:
    has_next_page: bool = strawberry.field(description="True if the list goes on after this page.")
    has_previous_page: bool = strawberry.field(description="True if the list has something before this page.")
    start_cursor: str | None = strawberry.field(
        description="Cursor of the first edge of the page, for `before` of the previous page; null on an empty page."
    )
    end_cursor: str | None = strawberry.field(
        description="Cursor of the last edge of the page, for `after` of the next page; null on an empty page."
    )


@dataclass(slots=True)
class ConnectionPage:
    """One page as it came from the database, and how to count the whole list."""

    page: Page
    rows: Sequence[Any]
    has_more: bool
    key: UUID | None
    counts: Counts
    cursor: Callable[[Any], str]
    _edges: list[Any] | None = field(default=None, repr=False)

    @property
    def is_complete(self) -> bool:
        """Whether the list has nothing but the rows of the page."""
        return self.page.cursor is None and not self.has_more

    def edges(self, kind: type) -> list[Any]:
        """An edge of this kind for each row, made once: very many parents may have this page."""
        if self._edges is None:
            # An edge does not hold its page: only the garbage collector would free the two.
            self._edges = [kind(row, self.cursor) for row in self.rows]
        return self._edges


@dataclass(slots=True)
class ListedEdge:
    """One edge: a row and where it stands."""

    node: Any
    cursor: Callable[[Any], str] = field(repr=False)


def cut(
    page: Page,
    rows: Sequence[Any],
    key: UUID | None,
    counts: Counts,
    cursor_of: Callable[[Any], str],
) -> ConnectionPage:
    """A page of the rows that were fetched, which are one more than it holds if there is more."""
    page_rows = rows[: page.size][::-1] if page.backwards else rows[: page.size]
    return ConnectionPage(page, page_rows, len(rows) > page.size, key, counts, cursor_of)


def cut_each(
    page: Page,
    keys: Sequence[UUID],
    fetched: Iterable[Sequence[Any]],
    counts: Counts,
    cursor_of: Callable[[Any], str],
) -> dict[UUID, ConnectionPage]:
    """The page of each key, once: very many parents may have one list, such as objectives that of their cycle."""
    return {key: cut(page, each, key, counts, cursor_of) for key, each in zip(keys, fetched, strict=True)}


def pruned(listing: Listing, requested: RequestedColumns | None) -> Listing:
    """The list with no more columns than are asked for, and those that it cannot do without."""
    if requested is None:
        return listing
    # What serves one request only is not kept, and neither is its statement.
    return _pruned(listing, requested) if listing.is_one_off else _cached_pruned(listing, requested)


def _pruned(listing: Listing, requested: RequestedColumns) -> Listing:
    columns = tuple(select_columns(listing.columns, requested, listing.id.key))
    return replace(listing, columns=columns, cursors=not requested.columns.isdisjoint(SORT_KEYS))


_cached_pruned = lru_cache(maxsize=512)(_pruned)


class Prepared(NamedTuple):
    """What a page of a list is read with."""

    listing: Listing
    statement: Any
    is_counted: bool


def prepared(listing: Listing, page: Page, requested: RequestedColumns | None) -> Prepared:
    """A list of the columns that are asked for, and the statement of a page of it."""
    own = pruned(listing, requested)
    return Prepared(own, select_page(own, page), is_counted(requested))


async def listed(
    reader: Reader,
    prepared_list: Prepared,
    page: Page,
    values: dict[str, Any],
    now: datetime,
    counting: Callable[[], None] = nothing,
    follow_ups: FollowUps = NO_FOLLOW_UPS,
) -> ConnectionPage:
    """One page of one list, whose conditions compare with `values`; `counting` is called before it is counted. The
    `follow_ups` are what the relations of its rows will read."""
    listing = prepared_list.listing
    page = at_first_page(listing, page, now)
    counts = counts_of(listing, values if page.now is None else {**values, "now": page.now}, counting)
    if prepared_list.is_counted:
        counts = begin_counts(counts, reader, [])
    rows = await reader.rows(prepared_list.statement, follow_ups, **bind_page(listing, page), **values)
    return cut(page, rows, None, counts, partial(make_cursor, page))


async def listed_for(
    reader: Reader,
    listing: Listing,
    page: Page,
    parents: Sequence[Row],
    requested: RequestedColumns | None = None,
    values: Mapping[str, Any] = NO_VALUES,
    now: datetime | None = None,
    counting: Callable[[], None] = nothing,
    info: Info | None = None,
) -> list[ConnectionPage]:
    """One page of the list of each parent, in one statement; of the columns those that are asked for. The conditions of
    the list compare with `values`, and with `now` if it depends on that; `counting` is called before it is counted.
    With `info`, what the relations of the rows will read is read with them."""
    listing = pruned(listing, requested)
    if now is not None:
        page = at_first_page(listing, page, now)
    own = attribute_values(parents, "id")
    keys = list(dict.fromkeys(own))
    counts = counts_of(listing, dict(values) if page.now is None else {**values, "now": page.now}, counting)
    statement, parameters = select_page(listing, page), {"keys": keys, **bind_page(listing, page), **values}
    # Pages that came with their parent are often whole, and then say how many there are.
    if is_counted(requested) and reader.prefetched.find(statement, parameters) is None:
        counts = begin_counts(counts, reader, keys)
    further = NO_FOLLOW_UPS if info is None else partial(planned_reads, info, is_many=True)
    rows = await reader.rows(statement, further, **parameters)
    pages = cut_each(page, keys, group_by_key(rows, "parent_key", keys), counts, partial(make_cursor, page))
    return [pages[key] for key in own]


def paged(listing: Listing, order: str, description: str, *, descending: bool = False) -> Any:
    """A field with a page of the list that belongs to each parent; one statement for all parents."""

    @uses_columns("id")
    async def batch(parents: Sequence[Row], info: Info, **arguments: Any) -> list[ConnectionPage]:
        page = parse_page_arguments(order, descending=descending, **arguments)
        return await listed_for(info.context.reader, listing, page, parents, requested_columns(info), info=info)

    def reads(requested: RequestedColumns | None, **arguments: Any) -> PlannedRead:
        page, own = parse_page_arguments(order, descending=descending, **arguments), pruned(listing, requested)
        return PlannedRead(select_page(own, page), "id", "keys", bind_page(own, page), page.size + 1)

    def resolver(  # type: ignore[no-untyped-def]
        root: strawberry.Parent[Row],
        info: Info,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ):
        return load(batch, root, info, {"first": first, "after": after, "last": last, "before": before})

    batch.__planned_read__ = reads  # type: ignore[attr-defined]
    resolver.__batch_function__ = batch  # type: ignore[attr-defined]
    return strawberry.field(resolver=resolver, description=description)


@strawberry.type(description="Edge of a list of {objects}: one {object} and its cursor.")
class Edge(Generic[N]):
    node: N = strawberry.field(description="{Object} at this position of the list.")

    @strawberry.field(
        description="Opaque cursor: position of the {object} in the list, for the arguments `after` and `before`."
    )
    @uses_columns("id", *SORT_KEYS)
    def cursor(root: strawberry.Parent[Row]) -> str:
        return root.cursor(root.node)


@strawberry.type(description="Page of a list of {objects}.")
class Connection(Generic[N]):
    @strawberry.field(description="Edges of the page: its {objects} in their order, each with its cursor.")
    @returns_parent_rows
    def edges(root: strawberry.Parent[ConnectionPage]) -> list[Edge[N]]:
        return root.edges(ListedEdge)

    @strawberry.field(description="Nodes of the page: its {objects} in their order, without cursors.")
    @returns_parent_rows
    def nodes(root: strawberry.Parent[ConnectionPage]) -> list[N]:
        return root.rows  # type: ignore[return-value]

    @strawberry.field(description="Position of the page in the list, and flags that tell if there is more.")
    @uses_columns("id", *SORT_KEYS)
    def page_info(root: strawberry.Parent[ConnectionPage]) -> PageInfo:
        return page_info(root)

    @batched(f"Number of {{objects}} in the whole list, over all pages. {TOTAL_COUNT}")
    @uses_columns(TOTAL)
    async def total_count(parents: list[ConnectionPage], info: Info) -> list[int]:
        return await totals(parents, info.context.reader)

    @batched(IS_EXACT)
    @uses_columns(TOTAL)
    async def total_count_is_exact(parents: list[ConnectionPage], info: Info) -> list[bool]:
        return await exact(parents, info.context.reader)


def page_info(page: ConnectionPage) -> PageInfo:
    """Where a page stands in its list."""
    has_cursor = page.page.cursor is not None
    backwards = page.page.backwards
    return PageInfo(
        has_next_page=has_cursor if backwards else page.has_more,
        has_previous_page=page.has_more if backwards else has_cursor,
        start_cursor=page.cursor(page.rows[0]) if page.rows else None,
        end_cursor=page.cursor(page.rows[-1]) if page.rows else None,
    )
