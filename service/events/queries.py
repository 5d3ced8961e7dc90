"""Reads of events."""

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from service.events.models import Event
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.statements import columns, equals_any, select_by, visible

_event = columns_of(Event)

EVENTS = select_by(Event)
# What the first event of each of `:ids` was about; an event has none about itself.
TYPES_OF_SUBJECTS = (
    select(_event.subject_id.label("id"), _event.subject_type)
    .ext(distinct_on(_event.subject_id))
    .where(visible(Event), equals_any(_event.subject_id))
    .order_by(_event.subject_id, _event.id)
)
ORDERS = {"RECORDED_AT": _event.id}
_columns = tuple(columns(Event))
ALL_EVENTS = Listing(_columns, table_of(Event), (visible(Event),), ORDERS, _event.id)
OF_OBJECTIVES = Listing(_columns, table_of(Event), (visible(Event),), ORDERS, _event.id, _event.objective_id)
