"""Fields of Query that find pillars."""

import strawberry

from schema.pillars import Pillar
from schema.relay.connections import Connection
from schema.relay.lookup import lookup, lookup_many
from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import filter_input, order_input, root_list
from service.pillars.entity import PILLAR

PillarFilter = filter_input(PILLAR, "pillars")
PillarOrder = order_input(PILLAR, "pillars", "NAME", OrderDirection.ASC)


@strawberry.type
class PillarQueries:
    """Fields of Query."""

    pillar: Pillar | None = lookup(PILLAR, "Pillar")
    pillars_by_external_ids: list[Pillar | None] | None = lookup_many(PILLAR, "Pillars")
    pillars: Connection[Pillar] | None = root_list(
        PILLAR, PillarFilter, PillarOrder, "Pillars of the organization, a page at a time."
    )
