"""The lists at the root: what to list, how sorted, archived rows or not, a page at a time."""

import asyncio
import inspect
from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

import strawberry
from cachetools import LRUCache

from schema.connections import (
    After,
    Before,
    First,
    Last,
    OrderDirection,
    Prepared,
    Rows,
    listed,
    prepared,
    wanted_page,
)
from schema.execution.batched import Asked, asked_columns
from schema.filters import AND, OR, comparator, plain
from schema.inputs import described
from service.filtering import KEPT, Shape, comparison, condition, searches
from service.paging import Listing, Page

ARCHIVED = "Whether archived ones are listed too; they are not by default."


def filter_input(name: str, things: str, /, **columns: tuple[Any, str]) -> Any:
    """The input that says which `things` to list: each column with its comparators and a description."""
    made: Any = type(f"{name}Filter", (), {"__module__": __name__, "__annotations__": {}})
    annotations = {column: comparators | None for column, (comparators, _) in columns.items()}
    made.__annotations__ = annotations | {"and_": list[made] | None, "or_": list[made] | None}
    for column, (_, description) in columns.items():
        setattr(made, column, comparator(description))
    made.and_, made.or_ = comparator(AND, "and"), comparator(OR, "or")
    return strawberry.input(
        made, description=f"Conditions on {things}; all of them hold together. A null condition is as good as absent."
    )


def order_input(name: str, things: str, default: str, direction: OrderDirection, /, **fields: str) -> Any:
    """The input that says how `things` are sorted: each field with its description."""
    values: Any = StrEnum(f"{name}OrderField", {field: field for field in sorted(fields)})
    described(values, f"What {things} can be sorted by.", **fields)
    made: Any = type(f"{name}Order", (), {"__module__": __name__})
    made.__annotations__ = {"field": values, "direction": OrderDirection}
    made.field = strawberry.field(default=values(default), description="What to sort by.")
    made.direction = strawberry.field(default=direction, description="Which way.")
    return strawberry.input(made, description=f"How to sort {things}.")


def root_list(
    listing: Listing,
    columns: Mapping[str, Any],
    ids: Mapping[str, str],
    filter_type: Any,
    order_type: Any,
    description: str,
) -> Any:
    """A field of Query with a page of a list; `columns` are what the filter names, `ids` whose ids they hold."""

    live = listing.narrowed(listing.source.c.archived_at.is_(None)) if "archived_at" in listing.source.c else listing

    def made(shape: Shape, whole: bool, page: Page, asked: Asked | None, passing: bool) -> Prepared:
        own = listing if whole else live
        return prepared(own.narrowed(condition(columns, shape), passing=passing) if shape else own, page, asked)

    kept: LRUCache[Any, Prepared] = LRUCache(512)

    async def resolver(info: Any, filter: Any, order_by: Any, include_archived: bool = True, **wanted: Any) -> Rows:
        wishes = plain(filter, ids)
        shape, values, count = comparison(wishes)
        search = partial(info.context.budget.search, searches(wishes))
        search()
        order = order_by or order_type()
        page = wanted_page(order.field, descending=order.direction == OrderDirection.DESC, **wanted)
        asked, passing = asked_columns(info), count > KEPT
        key = (shape, include_archived, page.manner, asked)
        found = kept.get(key)
        if found is None:
            async with info.context.making:
                # Twenty new filters at once would hold up everybody else.
                await asyncio.sleep(0)
                found = made(shape, include_archived, page, asked, passing)
            if not passing:
                kept[key] = found
        return await listed(info.context.reader, found, page, values, search)

    arguments = {
        "filter": (_argument(filter_type | None, "Which ones."), None),
        "order_by": (_argument(order_type | None, "How sorted."), None),
        "include_archived": (_argument(bool, ARCHIVED), False),
        "first": (First, None),
        "after": (After, None),
        "last": (Last, None),
        "before": (Before, None),
    }
    if "archived_at" not in listing.source.c:
        del arguments["include_archived"]
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("info", keyword, annotation=strawberry.Info)]
    for name, (annotation, default) in arguments.items():
        parameters.append(inspect.Parameter(name, keyword, annotation=annotation, default=default))
    # Strawberry reads the arguments off the signature.
    resolver.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    resolver.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return strawberry.field(resolver=resolver, description=description)


def _argument(annotation: Any, description: str) -> Any:
    return Annotated[annotation, strawberry.argument(description=description)]
