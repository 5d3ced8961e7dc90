"""Fields of Query that find check-ins."""

import strawberry

from schema.check_ins import CheckIn
from schema.relay.lookup import lookup
from service.check_ins.entity import CHECK_IN


@strawberry.type
class CheckInQueries:
    """Fields of Query."""

    check_in: CheckIn | None = lookup(CHECK_IN, "Check-in")
