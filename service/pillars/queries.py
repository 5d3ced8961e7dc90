"""Reads of pillars."""

from service.pillars.models import Pillar
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.statements import columns, select_by, visible

_pillar = columns_of(Pillar)

PILLARS = select_by(Pillar)
BY_EXTERNAL_ID = select_by(Pillar, "external_id")
ORDERS = {"CREATED_AT": _pillar.created_at, "UPDATED_AT": _pillar.updated_at, "NAME": _pillar.name}
ALL_PILLARS = Listing(tuple(columns(Pillar)), table_of(Pillar), (visible(Pillar),), ORDERS, _pillar.id)
