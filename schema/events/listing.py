"""The feed of all changes."""

from enum import StrEnum
from typing import Annotated, Any

import strawberry

from schema.connections import After, Before, Connection, First, Last, OrderDirection
from schema.context import Context
from schema.events import Event
from schema.filters import AND, OR, DateTimeFilter, IDFilter, StringFilter, comparator, enum_filter
from schema.inputs import described
from schema.lists import filtered
from service.events import queries
from service.events.models import Verb

EventVerbFilter: Any = enum_filter(Verb, "EventVerb")

TYPES = {"subject_id": "*", "objective_id": "Objective", "actor_id": "Person"}


@strawberry.input(description="Which events to list; all comparisons hold together.")
class EventFilter:
    subject_type: StringFilter | None = comparator("By the name of the type that was changed.")
    subject_id: IDFilter | None = comparator("By what was changed.")
    objective_id: IDFilter | None = comparator("By the objective it is about.")
    actor_id: IDFilter | None = comparator("By who did it.")
    verb: EventVerbFilter | None = comparator("By what happened.")
    recorded_at: DateTimeFilter | None = comparator("By when it was recorded.")
    and_: list["EventFilter"] | None = comparator(AND, "and")
    or_: list["EventFilter"] | None = comparator(OR, "or")


class EventOrderField(StrEnum):
    RECORDED = "RECORDED"


described(
    EventOrderField,
    "What events can be sorted by.",
    RECORDED="When they were recorded.",
)


@strawberry.input(description="How to sort events.")
class EventOrder:
    field: EventOrderField = strawberry.field(default=EventOrderField.RECORDED, description="What to sort by.")
    direction: OrderDirection = strawberry.field(default=OrderDirection.DESC, description="Which way.")


@strawberry.type
class EventQueries:
    """Fields of Query."""

    @strawberry.field(description="All events of the organization, a page at a time.")
    async def events(
        self,
        info: strawberry.Info[Context, Any],
        filter: Annotated[EventFilter | None, strawberry.argument(description="Which ones.")] = None,
        order_by: Annotated[EventOrder | None, strawberry.argument(description="How sorted.")] = None,
        first: First = None,
        after: After = None,
        last: Last = None,
        before: Before = None,
    ) -> Connection[Event]:
        return await filtered(  # type: ignore[return-value]
            info,
            queries.ALL_EVENTS,
            queries.FILTERS,
            TYPES,
            filter=filter,
            order_by=order_by or EventOrder(),
            first=first,
            after=after,
            last=last,
            before=before,
        )
