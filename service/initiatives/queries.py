"""Reads of initiatives."""

from dataclasses import replace

from sqlalchemy import select

from service.initiatives.models import Initiative, InitiativeKeyResult
from service.key_results.models import KeyResult
from service.key_results.queries import COLUMNS as KEY_RESULT_COLUMNS
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.statements import columns, equals_any, reached, select_by, visible

_initiative = columns_of(Initiative)
_served = columns_of(InitiativeKeyResult)
_key_result = columns_of(KeyResult)

INITIATIVES = select_by(Initiative)
BY_EXTERNAL_ID = select_by(Initiative, "external_id")
SERVED = select_by(InitiativeKeyResult)
ORDERS = {
    "CREATED_AT": _initiative.created_at,
    "UPDATED_AT": _initiative.updated_at,
    "TITLE": _initiative.title,
}
ALL_INITIATIVES = Listing(
    tuple(columns(Initiative)), table_of(Initiative), (visible(Initiative),), ORDERS, _initiative.id
)
OF_OWNERS, OF_TEAMS = (
    replace(ALL_INITIATIVES, key=_initiative.owner_id),
    replace(ALL_INITIATIVES, key=_initiative.team_id),
)
_live = (reached(InitiativeKeyResult), _served.ended_at.is_(None))
OF_KEY_RESULTS = (
    select(*columns(Initiative), _served.key_result_id.label("linked_key_result_id"))
    .join(InitiativeKeyResult, _served.initiative_id == _initiative.id)
    .where(visible(Initiative), *_live, equals_any(_served.key_result_id), _initiative.archived_at.is_(None))
    .order_by(_initiative.title, _initiative.id)
)
KEY_RESULTS = (
    select(*KEY_RESULT_COLUMNS, _served.initiative_id.label("linked_initiative_id"))
    .join(InitiativeKeyResult, _served.key_result_id == _key_result.id)
    .where(visible(KeyResult), *_live, equals_any(_served.initiative_id), _key_result.archived_at.is_(None))
    .order_by(_key_result.title, _key_result.id)
)
