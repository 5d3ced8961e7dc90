"""Reads of objectives."""

from typing import Any

from service.objectives.models import Objective
from service.paging import Listing
from service.reader import of_tenant
from service.reading import by, columns

_objective: Any = Objective

OBJECTIVES = by(Objective)
BY_EXTERNAL_ID = by(Objective, "external_id")
ORDERS = {
    "POSITION": _objective.position,
    "CREATED_AT": _objective.created_at,
    "UPDATED_AT": _objective.updated_at,
    "TITLE": _objective.title,
}
COLUMNS = tuple(columns(Objective))


def listing(key: str | None = None) -> Listing:
    """All objectives, or those that have a parent's id in the column `key`."""
    where = (of_tenant(Objective),)
    return Listing(
        COLUMNS, _objective.__table__, where, ORDERS, _objective.id, getattr(_objective, key) if key else None
    )


ALL_OBJECTIVES = listing()
OF_CYCLES = listing("cycle_id").narrowed(_objective.archived_at.is_(None))
OF_OWNERS = listing("owner_id").narrowed(_objective.archived_at.is_(None))
OF_TEAMS = listing("team_id").narrowed(_objective.archived_at.is_(None))
OF_PILLARS = listing("pillar_id").narrowed(_objective.archived_at.is_(None))
FILTERS = {
    name: getattr(_objective, name)
    for name in (
        *("id", "external_id", "title", "level", "kind", "lifecycle", "visibility", "perspective"),
        *("cycle_id", "owner_id", "team_id", "pillar_id", "progress", "created_at", "updated_at"),
    )
}
