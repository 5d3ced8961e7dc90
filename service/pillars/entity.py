"""Declaration of pillars."""

from typing import Literal

from pydantic import Field

from service.entities.entity import Archiving, Entity, Omission, Upsert, filters
from service.entities.export import Export
from service.entities.items import IdentifiedItem, Text
from service.people.permissions import ensure_administrator
from service.pillars import commands, queries
from service.pillars.models import Pillar


class PillarItem(IdentifiedItem):
    """Pillar (strategic theme that objectives serve) to create or update."""

    type: Literal["Pillar"] = "Pillar"
    name: Text = Field(description="Name of the pillar, 1 to 200 characters.")
    description: Text | None = Field(
        None, description="Description of what the pillar is about, at most 20 000 characters."
    )


PILLAR = Entity(
    model=Pillar,
    by_id=queries.PILLARS,
    by_external_id=queries.BY_EXTERNAL_ID,
    listing=queries.ALL_PILLARS,
    filters=filters(Pillar, "id", "external_id", "name", "created_at", "updated_at"),
    item=PillarItem,
    export=Export(),
    upsert=Upsert(create=commands.create, change=commands.change),
    archiving=Archiving(ensure_allowed=ensure_administrator),
    omitted=(Omission((), ("history",), "Events tell how a pillar has changed; nothing is computed from it."),),
)
