"""Reads of events."""

from typing import Any

from service.events.models import Event
from service.paging import Listing
from service.reader import of_tenant
from service.reading import by, columns

_event: Any = Event

EVENTS = by(Event)
ORDERS = {"RECORDED": _event.id}
_columns = tuple(columns(Event))
ALL_EVENTS = Listing(_columns, _event.__table__, (of_tenant(Event),), ORDERS, _event.id)
OF_OBJECTIVES = Listing(_columns, _event.__table__, (of_tenant(Event),), ORDERS, _event.id, _event.objective_id)
FILTERS = {
    name: getattr(_event, name)
    for name in ("subject_type", "subject_id", "objective_id", "actor_id", "verb", "recorded_at")
}
