"""Which check-ins of a goal to list, and in which order."""

from schema.relay.page_arguments import OrderDirection
from schema.relay.root_connections import filter_input, order_input
from service.check_ins.entity import CHECK_IN
from service.check_ins.queries import ORDERS

CheckInFilter = filter_input(
    CHECK_IN,
    "check-ins",
    author_id="Condition on the id of the author of the check-in.",
    at="Condition on the time at which the check-in was true.",
    recorded_at="Condition on the time at which the check-in was made.",
    status="Condition on the status that the check-in states.",
    confidence="Condition on the confidence that the check-in states.",
    value="Condition on the value that the check-in states.",
)
CheckInOrder = order_input(CHECK_IN, "check-ins", "AT", OrderDirection.DESC, orders=ORDERS)
