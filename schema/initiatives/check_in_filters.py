"""Which check-ins of an initiative to list, and in which order."""

from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import filter_input, order_input
from service.initiatives.check_ins.entity import INITIATIVE_CHECK_IN
from service.initiatives.check_ins.queries import ORDERS

InitiativeCheckInFilter = filter_input(
    INITIATIVE_CHECK_IN,
    "check-ins on initiatives",
    author_id="Condition on the id of the author of the check-in.",
    at="Condition on the time at which the check-in was true.",
    recorded_at="Condition on the time at which the check-in was made.",
    state="Condition on the state that the check-in states.",
    progress="Condition on the progress that the check-in states.",
)
InitiativeCheckInOrder = order_input(
    INITIATIVE_CHECK_IN, "check-ins on initiatives", "AT", OrderDirection.DESC, orders=ORDERS
)
