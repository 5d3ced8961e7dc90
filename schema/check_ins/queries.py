"""Fields of Query that find check-ins."""

import strawberry

from schema.check_ins import CheckIn
from schema.relay.lookup import lookup, lookup_many
from service.check_ins.entity import CHECK_IN


@strawberry.type
class CheckInQueries:
    """Fields of Query."""

    check_in: CheckIn | None = lookup(CHECK_IN, "Check-in")
    check_ins_by_external_ids: list[CheckIn | None] | None = lookup_many(CHECK_IN, "Check-ins")
