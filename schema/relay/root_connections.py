"""The lists at the root: what to list, how sorted, archived rows or not, a page at a time."""

import asyncio
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping
from enum import Enum, StrEnum
from functools import partial
from typing import Annotated, Any, NamedTuple

import strawberry
from cachetools import LRUCache

from schema.descriptions.enums import describe_enum
from schema.execution.fields.batched import RequestedColumns, planned_reads, requested_columns
from schema.relay.connections import ConnectionPage, Prepared, listed, prepared
from schema.relay.filters import AND, OR, comparator, enum_filter, filter_class, filter_type_of, read_filter
from schema.relay.involvement import InvolvementFilter
from schema.relay.page_arguments import After, Before, First, Last, OrderDirection, parse_page_arguments
from service.all_entities import reference_types, relations_of
from service.entities.entity import Entity
from service.people.permissions import GoalRole, ensure_administrator
from service.reading.access_paths import with_filter
from service.reading.filters import Shape
from service.reading.keyset import Listing, Page
from service.reading.sortable import ensure_sortable

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
    "starts_at": "the time at which the {object} begins",
    "due_at": "the time at which the {object} is due",
    "due_on": "the day that the {object} is due on",
    "perspective": "the {object}'s Balanced Scorecard perspective",
    "source": "the {object}'s source of measurements",
    "progress": "the {object}'s progress, 0 to 1, with all of its 24 digits after the point",
    "current": "the {object}'s current value",
    "status": "the {object}'s status as it is now; null for a draft and for what was cancelled",
    "staleness": "the {object}'s staleness as it is now; null where no check-in is expected",
    "involving": "people involved in the {object}",
    "status_reason": "the reason of the {object}'s status as it is now",
    "next_check_in_due_at": "the time at which the next check-in on the {object} is due; null where none is expected",
    "confidence": "the {object}'s confidence, 0 to 1, which people stated; null where nobody did",
    "alignment_state": "whether the {object} serves another one, as in a report on its cycle",
    "within": "{object} at the top of a subtree: matches the {object} itself and those below it, directly or not",
    "mine": "the roles in which the caller is involved in the {object}: one of them; an empty list matches nothing",
}
FLAGS = {
    "is_current": "True to match only the current cycle of each kind, as `currentCycle` finds it; false to match only "
    "others.",
    "has_parents": "True to match only objectives that serve at least one objective which the viewer sees; false to "
    "match only others: the roots of the trees.",
    "has_children": "True to match only objectives that at least one objective serves which the viewer sees; false to "
    "match only others.",
    "has_key_results": "True to match only objectives with key results; false to match only those without. Archived "
    "key results do not count.",
    "guardrail_breached": "True to match only {objects} that a KPI in RED guards, directly or through what counts "
    "toward them; false to match only others.",
}
RELATED = "Conditions on the {{object}}'s {}, at the next level of nesting; without one, nothing matches."
SPECIAL: Mapping[str, Any] = {"involving": InvolvementFilter, "mine": list[GoalRole], "within": strawberry.ID}
# What a list is sorted by, of all lists.
SORTED_BY = {
    "CREATED_AT": "Time at which the {object} was created.",
    "UPDATED_AT": "Time of the last change of the {object}'s own fields (`updatedAt`).",
    "CHANGED_AT": "Time of the last change of anything the {object} shows (`changedAt`).",
    "NAME": "Name of the {object}, compared character by character.",
    "TITLE": "Title of the {object}, compared character by character.",
    "POSITION": "Position of the {object}: the order that people gave the {objects}.",
    "STARTS_ON": "First day of the {object}.",
    "STARTS_AT": "Time at which the {object} begins.",
    "DUE_AT": "Time at which the {object} is due.",
    "PROGRESS": "Progress of the {object}. Without one it comes last.",
    "CONFIDENCE": "Confidence that was stated for the {object}. Without one it comes last.",
    "NEXT_CHECK_IN_DUE_AT": "Time at which the next check-in on the {object} is due. Without one it comes last.",
    "PACE": "Pace of the {object}, within one cycle, which `filter` has to name by its id or as the current one of a "
    "kind. Without a pace it comes last.",
    "RECORDED_AT": "Time at which the {object} was recorded.",
    "AT": "Time at which the {object} was true.",
    "ON": "First day of the period that the {object} stands for.",
    "ATTAINMENT": "Attainment of the {object} now, exact; {objects} without one are last, in both directions.",
    "CHANGE": "Change of the {object}'s value, as `changeRatio`; {objects} without one are last, in both directions.",
}


def filter_input(
    entity: Entity,
    objects: str,
    *,
    type_name: str | None = None,
    enums: Mapping[str, type[Enum]] | None = None,
    **descriptions: str,
) -> Any:
    """The input that says which `objects` to list: the comparators of each of the type's filters.

    `descriptions` are of the columns whose names do not say what is compared. `enums` are of the columns that hold
    values of an enum as text. `type_name` is that of the type in the schema, unless it is the entity's.
    """
    input_type: Any = filter_class(type_name or entity.name, entity.name)
    relations = relations_of(entity)
    own: dict[str, Any] = {column: enum_filter(values) for column, values in (enums or {}).items()}
    own |= {**SPECIAL} | {name: filter_class(referred, referred) for name, referred in relations.items()}
    columns = {name: own.get(name) or filter_type_of(compared) for name, compared in entity.filters.items()}
    annotations = {column: comparators | None for column, comparators in columns.items()}
    input_type.__annotations__ = annotations | {"and_": list[input_type] | None, "or_": list[input_type] | None}
    for column in columns:
        text = RELATED.format(_words(column)) if column in relations else _condition(column)
        setattr(input_type, column, comparator(descriptions.get(column) or text))
    input_type.and_, input_type.or_ = comparator(AND, "and"), comparator(OR, "or")
    return strawberry.input(
        input_type,
        description=f"Conditions on {objects}; all of them have to hold. A condition that is null counts as left out.",
    )


def _words(column: str) -> str:
    return column.replace("_", " ").replace("kpi", "KPI")


def _condition(column: str) -> str:
    words = _words(column)
    if column in FLAGS:
        return FLAGS[column]
    if column in CONDITIONS:
        words = CONDITIONS[column]
    elif column.endswith("_id") and column != "external_id":
        words = f"the id of the {{object}}'s {words.removesuffix(' id')}"
    else:
        words = f"the {{object}}'s {words}"
    return f"Condition on {words}."


def order_input(
    entity: Entity,
    objects: str,
    default: str,
    direction: OrderDirection,
    *,
    orders: Iterable[str] | None = None,
    type_name: str | None = None,
) -> Any:
    """The input that says by which of the type's orders `objects` are sorted; `orders` if they have no list at the
    root. `type_name` is that of the type in the schema, unless it is the entity's."""
    type_name = type_name or entity.name
    texts = {field: SORTED_BY[field] for field in sorted(orders or listing_of(entity).orders)}
    values: Any = StrEnum(f"{type_name}OrderField", {field: field for field in texts})
    describe_enum(values, f"Fields that a list of {objects} can be sorted by.", **texts)
    input_type: Any = type(f"{type_name}Order", (), {"__module__": __name__})
    input_type.__annotations__ = {"field": values, "direction": OrderDirection}
    input_type.field = strawberry.field(default=values(default), description=f"Field that the {objects} are sorted by.")
    input_type.direction = strawberry.field(
        default=direction, description=f"Direction in which the {objects} are sorted."
    )
    return strawberry.input(input_type, description=f"Order of a list of {objects}: a field and a direction.")


def listing_of(entity: Entity) -> Listing:
    """The rows of a type. Raises TypeError if it has no lists."""
    if entity.listing is None:
        raise TypeError(f"{entity.name} has no listing.")
    return entity.listing


class ComputedPages(NamedTuple):
    """How a list is read by what its rows do not contain: the argument with conditions on that, and a function. It
    returns None for a list that needs nothing of it."""

    name: str
    annotation: Any
    read: Callable[..., Awaitable[ConnectionPage | None]]


def root_list(
    entity: Entity, filter_type: Any, order_type: Any, description: str, computed: ComputedPages | None = None
) -> Any:
    """A field of Query with a page of all objects of a type."""
    listing, columns, types = listing_of(entity), entity.filters, reference_types(entity.name)
    can_be_archived = "archived_at" in listing.source.c

    def prepare(
        shape: Shape, include_archived: bool, page: Page, requested: RequestedColumns | None, is_one_off: bool
    ) -> Prepared:
        rows = with_filter(
            listing, columns, shape, page.order, include_archived=include_archived, is_one_off=is_one_off
        )
        return prepared(rows, page, requested)

    cache: LRUCache[Any, Prepared] = LRUCache(512)

    # Refused before anything is read, so that an error says nothing of what there is.
    ensure_allowed = ensure_administrator if entity.is_for_administrators else None

    async def resolver(
        info: Any, filter: Any = None, order_by: Any = None, include_archived: bool = True, **page_arguments: Any
    ) -> ConnectionPage:
        if ensure_allowed is not None:
            ensure_allowed(info.context.viewer)
        order = order_by or order_type()
        if computed is not None:
            compared = page_arguments.pop(computed.name, None)
            computed_page = await computed.read(info, filter, order, include_archived, compared, page_arguments)
            if computed_page is not None:
                return computed_page
        shape, values, is_one_off, search = read_filter(info.context, filter, types)
        search()
        ensure_sortable(listing, order.field, shape)
        page = parse_page_arguments(order.field, descending=order.direction == OrderDirection.DESC, **page_arguments)
        requested = requested_columns(info)
        key = (shape, include_archived, page.statement_key, requested)
        prepared_list = cache.get(key)
        if prepared_list is None:
            async with info.context.making:
                # Twenty new filters at once would hold up everybody else.
                await asyncio.sleep(0)
                prepared_list = prepare(shape, include_archived, page, requested, is_one_off)
            if not is_one_off:
                cache[key] = prepared_list
        follow_ups = partial(planned_reads, info, is_many=True)
        return await listed(info.context.reader, prepared_list, page, values, info.context.now, search, follow_ups)

    arguments = {
        "filter": (argument(filter_type | None, FILTER), None),
        "order_by": (argument(order_type | None, ORDER.format(order_type())), None),
        **({computed.name: (computed.annotation, None)} if computed else {}),
        "include_archived": (argument(bool, ARCHIVED), False),
        "first": (First, None),
        "after": (After, None),
        "last": (Last, None),
        "before": (Before, None),
    }
    if not can_be_archived:
        del arguments["include_archived"]
    keyword = inspect.Parameter.KEYWORD_ONLY
    parameters = [inspect.Parameter("info", keyword, annotation=strawberry.Info)]
    for name, (annotation, default) in arguments.items():
        parameters.append(inspect.Parameter(name, keyword, annotation=annotation, default=default))
    # Strawberry reads the arguments off the signature.
    resolver.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    resolver.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    return strawberry.field(resolver=resolver, description=description)


def argument(annotation: Any, description: str) -> Any:
    """An argument of a field with its description."""
    return Annotated[annotation, strawberry.argument(description=description)]
