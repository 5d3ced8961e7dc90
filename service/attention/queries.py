"""The goals that may need attention, and the KPIs that are judged whether they do."""

from collections.abc import Sequence
from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, Select, Uuid, and_, bindparam, func, literal_column, or_, select, union_all

from service.cycles.models import Cycle
from service.cycles.states import CycleState
from service.key_results.models import KeyResult
from service.key_results.queries import STATUS_COLUMNS as OF_KEY_RESULT
from service.kpis.models import Kpi
from service.kpis.queries import COLUMNS as KPI_COLUMNS
from service.objectives.models import Objective
from service.objectives.queries import STATUS_COLUMNS as OF_OBJECTIVE
from service.people.queries import team_and_below
from service.postgres.tables import columns_of
from service.reading.statements import constant, in_rows, reached, visible
from service.rollup.status_timeline import Staleness, Status

MAX_ATTENTION = 1_000

_objective, _key_result, _kpi, _cycle = (columns_of(model) for model in (Objective, KeyResult, Kpi, Cycle))
_person_id, _cycle_id = (bindparam(name, type_=Uuid) for name in ("person_id", "cycle_id"))


@cache
def goals_that_need_attention(*, of_person: bool, of_team: bool, of_cycle: bool) -> Select[Any]:
    """The objectives and key results that need attention at `:now`; one more than MAX_ATTENTION if there are more.

    A key result without an owner is its objective's owner's. Without `:cycle_id`, those of closed cycles are left out.
    """
    owner = func.coalesce(_key_result.owner_id, _objective.owner_id, type_=Uuid)
    conditions: list[ColumnElement[bool]] = []
    if of_team:
        conditions.append(in_rows(_objective.team_id, team_and_below().c.id))
    conditions.append(_objective.cycle_id == _cycle_id if of_cycle else _cycle.state != constant(CycleState.CLOSED))
    objectives, key_results = list(conditions), list(conditions)
    if of_person:
        objectives.append(_objective.owner_id == _person_id)
        key_results.append(owner == _person_id)
    in_cycle = and_(reached(Cycle), _cycle.id == _objective.cycle_id)
    of_objective = and_(reached(Objective), _objective.id == _key_result.objective_id)
    parts = [
        _goal("Objective", _objective, OF_OBJECTIVE, _objective.owner_id)
        .join(Cycle, in_cycle)
        .where(visible(Objective), *objectives),
        _goal("KeyResult", _key_result, OF_KEY_RESULT, owner)
        .join(Objective, of_objective)
        .join(Cycle, in_cycle)
        .where(visible(KeyResult), _objective.archived_at.is_(None), *key_results),
    ]
    goals = union_all(*parts).subquery("goals")
    return select(goals).limit(literal_column(str(MAX_ATTENTION + 1)))


def _goal(type_name: str, goal: Any, columns: Sequence[Any], owner: Any) -> Select[Any]:
    """What reasons follow from, of goals that have one; neither drafts nor cancelled goals have a status."""
    status, _, staleness, diverges, *_ = (each.element for each in columns)
    return select(
        constant(type_name).label("subject_type"),
        *(goal.id, goal.due_at, goal.guardrail_breached),
        *(status.label("status"), staleness.label("staleness"), diverges.label("status_diverges")),
        owner.is_not(None).label("has_owner"),
    ).where(
        *(goal.archived_at.is_(None), status.is_not(None)),
        or_(
            goal.guardrail_breached,
            status == constant(Status.OFF_TRACK),
            staleness == constant(Staleness.OVERDUE),
            diverges,
            owner.is_(None),
        ),
    )


@cache
def kpis_to_judge(*, of_person: bool, of_team: bool) -> Select[Any]:
    """The KPIs that are not archived; one more than MAX_ATTENTION if there are more."""
    conditions: list[ColumnElement[bool]] = [_kpi.archived_at.is_(None)]
    if of_person:
        conditions.append(_kpi.owner_id == _person_id)
    if of_team:
        conditions.append(in_rows(_kpi.team_id, team_and_below().c.id))
    limit: Any = literal_column(str(MAX_ATTENTION + 1))
    return select(*KPI_COLUMNS).where(visible(Kpi), *conditions).order_by(_kpi.id).limit(limit)
