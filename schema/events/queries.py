"""The feed of all changes."""

import strawberry

from schema.events import Event
from schema.relay.connections import Connection, OrderDirection
from schema.relay.filters import DateTimeFilter, IDFilter, StringFilter, enum_filter
from schema.relay.root_connections import filter_input, order_input, root_list
from service.events import queries
from service.events.models import Verb

IDS = {"subject_id": "*", "objective_id": "Objective", "actor_id": "Person"}

EventFilter = filter_input(
    "Event",
    "events",
    subject_type=(StringFilter, "Condition on the name of the type of the changed object, such as KeyResult."),
    subject_id=(IDFilter, "Condition on the id of the changed object."),
    objective_id=(IDFilter, "Condition on the id of the objective that the event is about."),
    actor_id=(IDFilter, "Condition on the id of the person who made the change."),
    verb=(enum_filter(Verb, "EventVerb"), "Condition on the kind of change that the event records."),
    recorded_at=(DateTimeFilter, "Condition on the time at which the event was recorded."),
)
EventOrder = order_input(
    "Event",
    "events",
    "RECORDED_AT",
    OrderDirection.DESC,
    "RECORDED_AT",
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
        "Events of the organization: all changes that were made, a page at a time.",
    )
