"""The feed of all changes."""

import strawberry

from schema.connections import Connection, OrderDirection
from schema.events import Event
from schema.filters import DateTimeFilter, IDFilter, StringFilter, enum_filter
from schema.lists import filter_input, order_input, root_list
from service.events import queries
from service.events.models import Verb

IDS = {"subject_id": "*", "objective_id": "Objective", "actor_id": "Person"}

EventFilter = filter_input(
    "Event",
    "events",
    subject_type=(StringFilter, "By the name of the type that was changed."),
    subject_id=(IDFilter, "By what was changed."),
    objective_id=(IDFilter, "By the objective it is about."),
    actor_id=(IDFilter, "By who did it."),
    verb=(enum_filter(Verb, "EventVerb"), "By what happened."),
    recorded_at=(DateTimeFilter, "By when it was recorded."),
)
EventOrder = order_input(
    "Event",
    "events",
    "RECORDED",
    OrderDirection.DESC,
    RECORDED="When they were recorded.",
)


@strawberry.type
class EventQueries:
    """Fields of Query."""

    events: Connection[Event] | None = root_list(
        queries.ALL_EVENTS,
        queries.FILTERS,
        IDS,
        EventFilter,
        EventOrder,
        "All events of the organization, a page at a time.",
    )
