"""Reads of key results and their milestones."""

from typing import Any

from service.key_results.link_models import KpiLink
from service.key_results.models import KeyResult, Milestone
from service.paging import Listing
from service.reader import of_tenant
from service.reading import belonging, by, columns

_key_result: Any = KeyResult

KEY_RESULTS = by(KeyResult)
BY_EXTERNAL_ID = by(KeyResult, "external_id")
OF_OBJECTIVES = belonging(KeyResult, "objective_id", "position")
MILESTONES = by(Milestone)
MILESTONES_OF_KEY_RESULTS = belonging(Milestone, "key_result_id", "position")
LINKS = by(KpiLink)
LINKS_OF_KEY_RESULTS = belonging(KpiLink, "key_result_id", "created_at")
ORDERS = {
    "POSITION": _key_result.position,
    "CREATED_AT": _key_result.created_at,
    "UPDATED_AT": _key_result.updated_at,
    "TITLE": _key_result.title,
}
ALL_KEY_RESULTS = Listing(
    tuple(columns(KeyResult)), _key_result.__table__, (of_tenant(KeyResult),), ORDERS, _key_result.id
)
FILTERS = {
    name: getattr(_key_result, name)
    for name in (
        *("id", "external_id", "title", "kind", "lifecycle", "objective_id", "owner_id", "unit"),
        *("progress", "current", "target", "created_at", "updated_at"),
    )
}
