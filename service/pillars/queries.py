"""Reads of pillars."""

from typing import Any

from service.pillars.models import Pillar
from service.reading.keyset import Listing
from service.reading.reader import of_tenant
from service.reading.statements import columns, select_by

_pillar: Any = Pillar

PILLARS = select_by(Pillar)
BY_EXTERNAL_ID = select_by(Pillar, "external_id")
ORDERS = {"CREATED_AT": _pillar.created_at, "UPDATED_AT": _pillar.updated_at, "NAME": _pillar.name}
ALL_PILLARS = Listing(tuple(columns(Pillar)), _pillar.__table__, (of_tenant(Pillar),), ORDERS, _pillar.id)
