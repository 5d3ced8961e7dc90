"""Lists of each parent with a filter and orders, those of the list at the root if there is one."""

import asyncio
import inspect
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any

import strawberry
from cachetools import LRUCache

from schema.context import Info
from schema.execution.fields.batched import PlannedRead, RequestedColumns, load, requested_columns, uses_columns
from schema.relay.connections import NO_VALUES, ConnectionPage, listed_for, pruned
from schema.relay.filters import read_filter
from schema.relay.page_arguments import After, Before, First, Last, OrderDirection, parse_page_arguments
from schema.relay.root_connections import ARCHIVED, FILTER, argument
from service.all_entities import reference_types
from service.entities.entity import Entity
from service.postgres.database import Row
from service.postgres.tables import table_of
from service.reading.filters import Shape
from service.reading.keyset import Listing, Page, bind_page, select_page
from service.reading.narrowed_lists import narrow
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

    def page(self, order_by: Any, arguments: dict[str, Any]) -> Page:
        """The page that the arguments ask for. Raises BadUserInput."""
        if order_by is None:
            return parse_page_arguments(self.order, descending=self.descending, **arguments)
        return parse_page_arguments(order_by.field, descending=order_by.direction == OrderDirection.DESC, **arguments)


def _field(nested: NestedList, listing: Listing, description: str, dated: Listing | None) -> Any:
    entity, table = nested.entity, table_of(nested.entity.model)
    types = reference_types(entity.name)
    narrowed: LRUCache[Any, Listing] = LRUCache(256)

    def narrowed_list(source: Listing, shape: Shape, include_archived: bool, is_one_off: bool = False) -> Listing:
        key = (source is dated, shape, include_archived)
        own = narrowed.get(key)
        if own is None:
            own = narrow(source, table, entity.filters, shape, include_archived=include_archived, is_one_off=is_one_off)
            if not is_one_off:
                narrowed[key] = own
        return own

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
        shape, values, is_one_off, search = read_filter(context, filter, types)
        search()
        source, span = limited(from_, to)
        ensure_sortable(source, page.order, shape)
        if shape and (source is dated, shape, include_archived) not in narrowed:
            async with context.making:
                # Twenty new filters at once would hold up everybody else.
                await asyncio.sleep(0)
        own = narrowed_list(source, shape, include_archived, is_one_off)
        return await listed_for(context.reader, own, page, parents, requested, {**values, **span}, context.now, search)

    def reads(
        requested: RequestedColumns | None,
        filter: Any = None,
        order_by: Any = None,
        include_archived: bool = False,
        from_: datetime | None = None,
        to: datetime | None = None,
        **arguments: Any,
    ) -> PlannedRead | None:
        if filter is not None:
            # It depends on the viewer, who is not known here.
            return None
        page, (source, span) = nested.page(order_by, arguments), limited(from_, to)
        ensure_sortable(source, page.order, ())
        own = pruned(narrowed_list(source, (), include_archived), requested)
        return PlannedRead(select_page(own, page), "id", "keys", {**bind_page(own, page), **span})

    def resolver(root: Any, info: Any, **arguments: Any) -> Any:
        return load(batch, root, info, arguments)

    accepted: dict[str, tuple[Any, Any]] = {
        "filter": (argument(nested.input("Filter") | None, FILTER), None),
        "order_by": (argument(nested.input("Order") | None, ORDER.format(nested.order_text)), None),
        **({"include_archived": (argument(bool, ARCHIVED), False)} if "archived_at" in table.c else {}),
        **({} if dated is None else {"from_": (From, None), "to": (To, None)}),
        **{"first": (First, None), "after": (After, None), "last": (Last, None), "before": (Before, None)},
    }
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
    batch.__planned_read__ = reads  # type: ignore[attr-defined]
    resolver.__batch_function__ = batch  # type: ignore[attr-defined]
    return strawberry.field(resolver=resolver, description=description)
