"""The statement that counts goals by status, and the overdue ones among them."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy import func, select

from service.reading.keyset import Listing
from service.rollup.status_timeline import Staleness


def count_statement(listing: Listing, columns: Mapping[str, Any]) -> Any:
    """The statement that counts the rows of a list by `status`, those without one left out."""
    status, staleness = columns["status"], columns["staleness"]
    goals = (
        select(status, staleness)
        .select_from(listing.source)
        .where(*listing.where, status.element.is_not(None))
        .subquery("goals")
    )
    overdue = func.count().filter(goals.c.staleness == Staleness.OVERDUE.value)
    return select(goals.c.status, func.count().label("count"), overdue.label("overdue_count")).group_by(goals.c.status)
