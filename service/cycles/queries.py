"""Reads of cycles."""

from typing import Any

from sqlalchemy import ColumnElement, String, Text, and_, bindparam, case, cast, func, literal_column, select, tuple_

from service.cycles.models import Cycle
from service.people.models import StatusPolicy
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.reader import NOW
from service.reading.statements import columns, equals_any, reached, select_active_by, select_by, visible

_cycle = columns_of(Cycle)
_policy = columns_of(StatusPolicy)

# The state of a cycle at `:now`, as `effective_state` has it.
STATE = case(
    (
        and_(
            _cycle.state == literal_column("'PLANNING'", String()),
            _cycle.activation == literal_column("'AT_START'", String()),
            _cycle.starts_at <= NOW,
        ),
        literal_column("'ACTIVE'", String()),
    ),
    else_=_cycle.state,
).label("state")
CYCLES = select_by(Cycle)
BY_EXTERNAL_ID = select_by(Cycle, "external_id")
# What the state of cycles follows from.
STATES = select(_cycle.id, _cycle.state, _cycle.activation, _cycle.starts_at).where(
    visible(Cycle), equals_any(_cycle.id)
)
PARTS = select_active_by(Cycle, "parent_id", "starts_on")
ORDERS = {"STARTS_ON": _cycle.starts_on, "CREATED_AT": _cycle.created_at, "UPDATED_AT": _cycle.updated_at}
ALL_CYCLES = Listing(tuple(columns(Cycle)), table_of(Cycle), (visible(Cycle),), ORDERS, _cycle.id)
# The version of the status policy that judges the goals of a cycle: the one in force at its close, else the newest one.
NEWEST_POLICY_ID = (
    select(_policy.id)
    .where(reached(StatusPolicy))
    .order_by(_policy.number.desc())
    .limit(literal_column("1"))
    .scalar_subquery()
)
JUDGES = and_(reached(StatusPolicy), _policy.id == func.coalesce(_cycle.status_policy_id, NEWEST_POLICY_ID))
STATUS_POLICIES = (
    select(*columns(StatusPolicy), _cycle.id.label("cycle_id"))
    .select_from(table_of(Cycle).join(table_of(StatusPolicy), JUDGES))
    .where(visible(Cycle), equals_any(_cycle.id))
)


def _goes_on(cycle: Any) -> ColumnElement[bool]:
    return and_(cycle.archived_at.is_(None), cycle.starts_at <= NOW, cycle.ends_at > NOW)


_other = table_of(Cycle).alias("other_cycle").c
# The one of its kind that goes on: of several the one that starts last, then the shortest.
IS_CURRENT = and_(
    _goes_on(_cycle),
    ~select(_other.id)
    .where(
        *(visible(_other), _goes_on(_other), _other.kind == _cycle.kind),
        tuple_(_cycle.starts_on, _other.ends_on, _other.id) < tuple_(_other.starts_on, _cycle.ends_on, _cycle.id),
    )
    .exists(),
)
CURRENT = select(*columns(Cycle)).where(
    visible(Cycle), cast(_cycle.kind, Text) == bindparam("kind", type_=Text()), IS_CURRENT
)
