"""Fields of Query that find initiatives."""

import strawberry

from schema.initiatives import Initiative
from schema.initiatives.check_ins import InitiativeCheckIn
from schema.relay.connections import Connection
from schema.relay.lookup import lookup, lookup_many
from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import filter_input, order_input, root_list
from service.initiatives.check_ins.entity import INITIATIVE_CHECK_IN
from service.initiatives.entity import INITIATIVE

InitiativeFilter = filter_input(INITIATIVE, "initiatives")
InitiativeOrder = order_input(INITIATIVE, "initiatives", "TITLE", OrderDirection.ASC)


@strawberry.type
class InitiativeQueries:
    """Fields of Query."""

    initiative: Initiative | None = lookup(INITIATIVE, "Initiative")
    initiatives_by_external_ids: list[Initiative | None] | None = lookup_many(INITIATIVE, "Initiatives")
    initiative_check_in: InitiativeCheckIn | None = lookup(INITIATIVE_CHECK_IN, "Check-in on an initiative")
    initiative_check_ins_by_external_ids: list[InitiativeCheckIn | None] | None = lookup_many(
        INITIATIVE_CHECK_IN, "Check-ins on initiatives"
    )
    initiatives: Connection[Initiative] | None = root_list(
        INITIATIVE, InitiativeFilter, InitiativeOrder, "Initiatives of the organization, a page at a time."
    )
