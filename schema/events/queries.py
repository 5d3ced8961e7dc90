"""Fields of Query that find events."""

import strawberry

from schema.events import Event
from schema.relay.connections import Connection
from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import filter_input, order_input, root_list
from service.all_entities import EVENT

EventFilter = filter_input(
    EVENT,
    "events",
    subject_type="Condition on the name of the type of the changed object, such as KeyResult.",
    subject_id="Condition on the id of the changed object.",
    objective_id="Condition on the id of the objective that the event is about.",
    actor_id="Condition on the id of the person who made the change, or on whose behalf it was made.",
    service_account_id="Condition on the id of the service account that made the change.",
    verb="Condition on the kind of change that the event records.",
    recorded_at="Condition on the time at which the event was recorded.",
)
EventOrder = order_input(EVENT, "events", "RECORDED_AT", OrderDirection.DESC)


@strawberry.type
class EventQueries:
    """Fields of Query."""

    events: Connection[Event] | None = root_list(
        EVENT, EventFilter, EventOrder, "Events of the organization: all changes that were made, a page at a time."
    )
