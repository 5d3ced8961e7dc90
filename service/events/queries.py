"""Reads of events."""

from sqlalchemy import text

from service.events.models import Event
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.reader import of_tenant
from service.reading.statements import columns, select_by

_event = columns_of(Event)

EVENTS = select_by(Event)
# What the first event of each of `:ids` was about; an event has none about itself.
TYPES_OF_SUBJECTS = text("""
    SELECT DISTINCT ON (subject_id) subject_id AS id, subject_type FROM events
    WHERE organization_id = :organization_id AND subject_id = ANY(CAST(:ids AS uuid[]))
    ORDER BY subject_id, id
    """).columns(id=_event.id.type, subject_type=_event.subject_type.type)
ORDERS = {"RECORDED_AT": _event.id}
_columns = tuple(columns(Event))
ALL_EVENTS = Listing(_columns, table_of(Event), (of_tenant(Event),), ORDERS, _event.id)
OF_OBJECTIVES = Listing(_columns, table_of(Event), (of_tenant(Event),), ORDERS, _event.id, _event.objective_id)
