"""Lists of each parent with a filter and orders, those of the list at the root if there is one."""

import asyncio
import inspect
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated, Any, NamedTuple

import strawberry
from cachetools import LRUCache

from schema.context import Context, Info
from schema.execution.fields.batched import PlannedRead, RequestedColumns, load, requested_columns, uses_columns
from schema.execution.fields.columnar import attribute_values, group_by_key
from schema.execution.fields.relation import Relation
from schema.relay.connections import NO_VALUES, ConnectionPage, listed_for, pruned
from schema.relay.filters import SentFilter, read_filter
from schema.relay.page_arguments import After, Before, First, Last, OrderDirection, parse_page_arguments
from schema.relay.root_connections import ARCHIVED, FILTER, argument
from schema.relay.totals import is_counted
from service.all_entities import reference_types
from service.entities.entity import Entity
from service.postgres.database import Row
from service.postgres.tables import table_of
from service.reading.filters import Shape
from service.reading.keyset import Listing, Page, at_first_page, bind_page, count_rows, select_page
from service.reading.narrowed_lists import narrow, select_unpaged_lists
from service.reading.sortable import ensure_sortable

ORDER = "Order of the {{objects}}; left out: {}."
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
PAGE_ARGUMENTS: Mapping[str, tuple[Any, Any]] = {
    "first": (First, None),
    "after": (After, None),
    "last": (Last, None),
    "before": (Before, None),
}


@dataclass(frozen=True, kw_only=True)
class NestedList:
    """What the lists of a type have in common: the entity, the `module` of the inputs `Filter` and `Order`, the `order`
    of a page that asks for none, with words for it, and the `type_name` in the schema, unless it is the entity's."""

    entity: Entity
    module: str
    order: str
    order_text: str
    descending: bool = False
    type_name: str | None = None

    def input(self, suffix: str) -> Any:
        """The type of an input, which may not be declared yet."""
        return Annotated[f"{self.type_name or self.entity.name}{suffix}", strawberry.lazy(self.module)]

    def of(self, listing: Listing, description: str, *, dated: Listing | None = None) -> Any:
        """A field with a page of the list that belongs to each parent; one statement for all parents.

        `listing` has archived rows, too. A `dated` list has the same rows between `:since` and `:until`.
        """
        return _field(self, listing, description, dated)

    def unpaged(self, relation: Relation, listing: Listing, description: str) -> Any:
        """A field with the whole list that belongs to each parent: the rows of `relation`, unless arguments narrow or
        sort them, then those of `listing`, which has archived rows, too; one statement for all parents."""
        return _unpaged_field(self, relation, listing, description)

    def page(self, order_by: Any, arguments: dict[str, Any]) -> Page:
        """The page that the arguments ask for. Raises BadUserInput."""
        if order_by is None:
            return parse_page_arguments(self.order, descending=self.descending, **arguments)
        return parse_page_arguments(order_by.field, descending=order_by.direction == OrderDirection.DESC, **arguments)

    def arguments(self) -> dict[str, tuple[Any, Any]]:
        """The annotations and the defaults of the arguments that narrow and sort a list."""
        is_archived = {"include_archived": (argument(bool, ARCHIVED), False)}
        return {
            "filter": (argument(self.input("Filter") | None, FILTER), None),
            "order_by": (argument(self.input("Order") | None, ORDER.format(self.order_text)), None),
            **(is_archived if "archived_at" in table_of(self.entity.model).c else {}),
        }


class Narrowed(NamedTuple):
    """The lists of parents as a request narrows them: the values that they compare with, and what to call before each
    statement that searches."""

    listing: Listing
    values: dict[str, Any]
    search: Callable[[], None]


class NarrowedLists:
    """The lists of a type under the filters of requests; filters that differ only in values share a statement."""

    def __init__(self, entity: Entity) -> None:
        self._filters, self._table = entity.filters, table_of(entity.model)
        self._types = reference_types(entity.name)
        self._listings: LRUCache[Any, Listing] = LRUCache(256)

    def listing(self, source: Listing, include_archived: bool) -> Listing:
        """The list without a filter."""
        return self._narrowed(source, (), include_archived, False)

    async def read(
        self, context: Context, source: Listing, page: Page, filter: Any, include_archived: bool
    ) -> Narrowed:
        """The list under a filter. Raises BadUserInput."""
        sent: SentFilter = read_filter(context, filter, self._types)
        sent.search()
        ensure_sortable(source, page.order, sent.shape)
        if sent.shape and (source, sent.shape, include_archived) not in self._listings:
            async with context.making:
                # Twenty new filters at once would hold up everybody else.
                await asyncio.sleep(0)
        own = self._narrowed(source, sent.shape, include_archived, sent.is_one_off)
        return Narrowed(own, sent.values, sent.search)

    def _narrowed(self, source: Listing, shape: Shape, include_archived: bool, is_one_off: bool) -> Listing:
        key = (source, shape, include_archived)
        own = self._listings.get(key)
        if own is None:
            own = narrow(
                *(source, self._table, self._filters, shape), include_archived=include_archived, is_one_off=is_one_off
            )
            if not is_one_off:
                self._listings[key] = own
        return own


def _field(nested: NestedList, listing: Listing, description: str, dated: Listing | None) -> Any:
    narrowed = NarrowedLists(nested.entity)

    def limited(since: datetime | None, until: datetime | None) -> tuple[Listing, Mapping[str, Any]]:
        if dated is None or (since is None and until is None):
            return listing, NO_VALUES
        return dated, {"since": since or FIRST, "until": until or LAST}

    @uses_columns("id")
    async def batch(
        parents: Sequence[Row],
        info: Info,
        filter: Any = None,
        order_by: Any = None,
        include_archived: bool = False,
        from_: datetime | None = None,
        to: datetime | None = None,
        **arguments: Any,
    ) -> list[ConnectionPage]:
        page, requested, context = nested.page(order_by, arguments), requested_columns(info), info.context
        source, span = limited(from_, to)
        own, values, search = await narrowed.read(context, source, page, filter, include_archived)
        values = {**values, **span}
        return await listed_for(context.reader, own, page, parents, requested, values, context.now, search, info)

    def reads(
        requested: RequestedColumns | None,
        filter: Any = None,
        order_by: Any = None,
        include_archived: bool = False,
        from_: datetime | None = None,
        to: datetime | None = None,
        **arguments: Any,
    ) -> tuple[PlannedRead, ...]:
        if filter is not None:
            # It depends on the viewer, who is not known here.
            return ()
        page, (source, span) = nested.page(order_by, arguments), limited(from_, to)
        ensure_sortable(source, page.order, ())
        own = pruned(narrowed.listing(source, include_archived), requested)
        if at_first_page(own, page, FIRST) != page:
            # It depends on the time, which is not known here.
            return ()
        rows = PlannedRead(select_page(own, page), "id", "keys", {**bind_page(own, page), **span}, page.size + 1)
        if not is_counted(requested):
            return (rows,)
        return rows, PlannedRead(count_rows(own), "id", "keys", {**own.parameters, **span})

    dates = {} if dated is None else {"from_": (From, None), "to": (To, None)}
    batch.__planned_read__ = reads  # type: ignore[attr-defined]
    return field_of_parents(batch, {**nested.arguments(), **dates, **PAGE_ARGUMENTS}, description)


def _unpaged_field(nested: NestedList, relation: Relation, listing: Listing, description: str) -> Any:
    narrowed = NarrowedLists(nested.entity)

    @uses_columns(relation.parent_key)
    async def batch(
        parents: Sequence[Row], info: Info, filter: Any = None, order_by: Any = None, include_archived: bool = False
    ) -> Sequence[Any]:
        if not (filter or order_by or include_archived):
            return await relation(parents, info)
        page, context = nested.page(order_by, {}), info.context
        own, values, _ = await narrowed.read(context, listing, page, filter, include_archived)
        own = pruned(own, requested_columns(info))
        keys = attribute_values(parents, relation.parent_key)
        select = select_unpaged_lists if own.is_one_off else _cached_unpaged_lists
        rows = await context.reader.rows(
            select(own, page.order, page.descending), ids=list(dict.fromkeys(keys)), **values
        )
        return group_by_key(rows, "parent_key", keys)

    def reads(
        requested: RequestedColumns | None, filter: Any = None, order_by: Any = None, include_archived: bool = False
    ) -> PlannedRead | None:
        return None if filter or order_by or include_archived else relation.__planned_read__(requested)

    batch.__planned_read__ = reads  # type: ignore[attr-defined]
    return field_of_parents(batch, nested.arguments(), description)


_cached_unpaged_lists = lru_cache(maxsize=512)(select_unpaged_lists)


def field_of_parents(batch: Any, accepted: Mapping[str, tuple[Any, Any]], description: str) -> Any:
    """A field whose value for all parents of a level a batch function returns, with arguments by name: annotation and
    default."""

    def resolver(root: Any, info: Any, **arguments: Any) -> Any:
        return load(batch, root, info, arguments)

    positional, keyword = inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY
    parameters = [
        inspect.Parameter("root", positional, annotation=strawberry.Parent[Row]),
        inspect.Parameter("info", positional, annotation=strawberry.Info),
        *(
            inspect.Parameter(name, keyword, annotation=annotation, default=default)
            for name, (annotation, default) in accepted.items()
        ),
    ]
    # Strawberry reads the arguments off the signature.
    resolver.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    resolver.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    resolver.__batch_function__ = batch  # type: ignore[attr-defined]
    return strawberry.field(resolver=resolver, description=description)
