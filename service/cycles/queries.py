"""Reads of cycles."""

from service.cycles.models import Cycle
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.statements import columns, select_active_by, select_by, visible

_cycle = columns_of(Cycle)

CYCLES = select_by(Cycle)
BY_EXTERNAL_ID = select_by(Cycle, "external_id")
PARTS = select_active_by(Cycle, "parent_id", "starts_on")
ORDERS = {"STARTS_ON": _cycle.starts_on, "CREATED_AT": _cycle.created_at, "UPDATED_AT": _cycle.updated_at}
ALL_CYCLES = Listing(tuple(columns(Cycle)), table_of(Cycle), (visible(Cycle),), ORDERS, _cycle.id)
