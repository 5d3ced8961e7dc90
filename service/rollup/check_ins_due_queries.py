"""Lists of the check-ins that are due: on which goals, since when, and who owes them."""

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, func, literal_column, select, union_all

from service.key_results.models import KeyResult, ValueSource
from service.key_results.queries import STATUS_COLUMNS as OF_KEY_RESULT
from service.objectives.models import Objective
from service.objectives.queries import STATUS_COLUMNS as OF_OBJECTIVE
from service.people.queries import team_and_below
from service.postgres.tables import columns_of
from service.reading.keyset import Listing
from service.reading.reader import NOW
from service.reading.statements import constant, in_rows, reached, visible
from service.rollup.status_timeline import Staleness

_objective = columns_of(Objective)
_key_result = columns_of(KeyResult)
_person_id, _cycle_id = (bindparam(name, type_=Uuid) for name in ("person_id", "cycle_id"))
Conditions = Sequence[ColumnElement[bool]]


@lru_cache(maxsize=8)
def check_ins_due(*, of_person: bool, of_team: bool, of_cycle: bool) -> Listing:
    """The goals whose check-in is DUE or OVERDUE at `:now`, and who owes it; what was due first comes first.

    `:person_id` owes the check-ins on goals that the person owns, and on key results without an owner of objectives
    that the person owns. `:team_id` has those on its objectives, on those of teams below it, and on their key results.
    """
    conditions: list[ColumnElement[bool]] = []
    if of_team:
        conditions.append(in_rows(_objective.team_id, team_and_below().c.id))
    if of_cycle:
        conditions.append(_objective.cycle_id == _cycle_id)
    parts = [_objectives(conditions), _key_results(conditions)]
    if of_person:
        owned, by_objective = _objective.owner_id == _person_id, _key_result.owner_id.is_(None)
        # Key results with and without an owner are apart, so that an index finds each of them.
        parts = [
            _objectives([*conditions, owned]),
            _key_results([*conditions, _key_result.owner_id == _person_id]),
            _key_results([*conditions, owned, by_objective]),
        ]
    due = union_all(*parts).subquery("due")
    columns = tuple(column for column in due.c if column.name != "organization_id")
    return Listing(columns, due, (), {"DUE_AT": due.c.due_at}, due.c.id, depends_on_now=True)


def _objectives(conditions: Conditions) -> Select[Any]:
    staleness = OF_OBJECTIVE[2].element
    return select(
        *(_objective.organization_id, _objective.id, _objective.id.label("objective_id")),
        literal_column("NULL::uuid", Uuid()).label("key_result_id"),
        _objective.owner_id,
        _objective.check_in_due_at.label("due_at"),
        staleness.label("staleness"),
    ).where(visible(Objective), *_is_due(_objective, staleness), *conditions)


def _key_results(conditions: Conditions) -> Select[Any]:
    """Without those that follow a KPI: what is due of them is the measurement."""
    staleness = OF_KEY_RESULT[2].element
    return (
        select(
            *(_key_result.organization_id, _key_result.id, _key_result.objective_id),
            _key_result.id.label("key_result_id"),
            func.coalesce(_key_result.owner_id, _objective.owner_id, type_=Uuid).label("owner_id"),
            _key_result.check_in_due_at.label("due_at"),
            staleness.label("staleness"),
        )
        .join(Objective, and_(reached(Objective), _objective.id == _key_result.objective_id))
        .where(
            visible(KeyResult),
            *_is_due(_key_result, staleness),
            _key_result.value_source != constant(ValueSource.KPI),
            *conditions,
        )
    )


def _is_due(goal: Any, staleness: Any) -> Conditions:
    """The conditions for a goal whose check-in is due; an index finds by the first one what may be."""
    states = (constant(each) for each in (Staleness.DUE, Staleness.OVERDUE))
    return goal.check_in_due_at <= NOW, staleness.in_(states)
