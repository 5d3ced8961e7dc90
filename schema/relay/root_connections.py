"""The lists at the root: what to list, how sorted, archived rows or not, a page at a time."""

import asyncio
import inspect
from collections.abc import Mapping
from enum import StrEnum
from functools import partial
from typing import Annotated, Any

import strawberry
from cachetools import LRUCache

from schema.descriptions.enums import describe_enum
from schema.execution.fields.batched import Asked, asked_columns
from schema.relay.connections import (
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
from schema.relay.filters import AND, OR, comparator, plain
from service.reading.filters import KEPT, Shape, comparison, condition, searches
from service.reading.keyset import Listing, Page

FILTER = "Conditions that the {objects} have to meet; all {objects} are listed when left out."
ORDER = "Order of the {{objects}}; {0.field}, {0.direction} when left out."
ARCHIVED = "True if archived {objects} are included; they are left out by default."
# How the condition on a column reads where its name does not say it.
CONDITIONS = {
    "created_at": "the time at which the {object} was created",
    "updated_at": "the time of the last change of the {object}'s own fields (`updatedAt`)",
    "changed_at": "the time of the last change of anything the {object} shows (`changedAt`)",
    "starts_on": "the {object}'s first day",
    "ends_on": "the {object}'s last day",
    "perspective": "the {object}'s Balanced Scorecard perspective",
    "source": "the {object}'s source of measurements",
    "progress": "the {object}'s progress, 0 to 1, with all of its 24 digits after the point",
    "current": "the {object}'s current value",
    "status": "the {object}'s status as it is now; null for a draft and for what was cancelled",
    "staleness": "the {object}'s staleness as it is now; null where no check-in is expected",
}
# What a list is sorted by, of all lists.
SORTED_BY = {
    "CREATED_AT": "Time at which the {object} was created.",
    "UPDATED_AT": "Time of the last change of the {object}'s own fields (`updatedAt`).",
    "CHANGED_AT": "Time of the last change of anything the {object} shows (`changedAt`).",
    "NAME": "Name of the {object}, compared character by character.",
    "TITLE": "Title of the {object}, compared character by character.",
    "POSITION": "Position of the {object}: the order that people gave the {objects}.",
    "STARTS_ON": "First day of the {object}.",
    "RECORDED_AT": "Time at which the {object} was recorded.",
}


def filter_input(name: str, things: str, /, **columns: Any) -> Any:
    """The input that says which `things` to list: each column with its comparators, and with a description where the
    column's name does not say what is compared."""
    given = {column: each if isinstance(each, tuple) else (each, "") for column, each in columns.items()}
    made: Any = type(f"{name}Filter", (), {"__module__": __name__, "__annotations__": {}})
    annotations = {column: comparators | None for column, (comparators, _) in given.items()}
    made.__annotations__ = annotations | {"and_": list[made] | None, "or_": list[made] | None}
    for column, (_, description) in given.items():
        setattr(made, column, comparator(description or _condition(column)))
    made.and_, made.or_ = comparator(AND, "and"), comparator(OR, "or")
    return strawberry.input(
        made,
        description=f"Conditions on {things}; all of them have to hold. A condition that is null counts as left out.",
    )


def _condition(column: str) -> str:
    words = column.replace("_", " ")
    if column in CONDITIONS:
        words = CONDITIONS[column]
    elif column.endswith("_id") and column != "external_id":
        words = f"the id of the {{object}}'s {words.removesuffix(' id')}"
    else:
        words = f"the {{object}}'s {words}"
    return f"Condition on {words}."


def order_input(name: str, things: str, default: str, direction: OrderDirection, /, *names: str) -> Any:
    """The input that says how `things` are sorted, by which of the fields in `SORTED_BY`."""
    texts = {field: SORTED_BY[field] for field in sorted(names)}
    values: Any = StrEnum(f"{name}OrderField", {field: field for field in texts})
    describe_enum(values, f"Fields that a list of {things} can be sorted by.", **texts)
    made: Any = type(f"{name}Order", (), {"__module__": __name__})
    made.__annotations__ = {"field": values, "direction": OrderDirection}
    made.field = strawberry.field(default=values(default), description=f"Field that the {things} are sorted by.")
    made.direction = strawberry.field(default=direction, description=f"Direction in which the {things} are sorted.")
    return strawberry.input(made, description=f"Order of a list of {things}: a field and a direction.")


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

    async def resolver(
        info: Any, filter: Any = None, order_by: Any = None, include_archived: bool = True, **wanted: Any
    ) -> Rows:
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
        "filter": (_argument(filter_type | None, FILTER), None),
        "order_by": (_argument(order_type | None, ORDER.format(order_type())), None),
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
