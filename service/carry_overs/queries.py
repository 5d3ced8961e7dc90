"""Reads of carry-overs, and along them from a goal to those before and after it."""

from typing import Any

from sqlalchemy import Select, select

from service.carry_overs.models import CarryOver
from service.key_results.models import KeyResult
from service.key_results.queries import COLUMNS as KEY_RESULT_COLUMNS
from service.objectives.models import Objective
from service.objectives.queries import COLUMNS as OBJECTIVE_COLUMNS
from service.postgres.tables import columns_of
from service.reading.statements import columns, equals_any, reached, select_by, visible

_carry_over = columns_of(CarryOver)
_objective = columns_of(Objective)
_key_result = columns_of(KeyResult)

CARRY_OVERS = select_by(CarryOver)


def _of_goals(column: Any, *where: Any) -> Select[Any]:
    """What was decided about the goals of `:ids`, by time."""
    return (
        select(*columns(CarryOver))
        .where(reached(CarryOver), equals_any(column), *where)
        .order_by(_carry_over.decided_at, _carry_over.id)
    )


OF_OBJECTIVES = _of_goals(_carry_over.objective_id, _carry_over.key_result_id.is_(None))
OF_KEY_RESULTS = _of_goals(_carry_over.key_result_id)


def _objectives(end: Any, start: Any) -> Select[Any]:
    """The objectives at the `end` of carry-overs whose `start` is among `:ids`, with the start as `linked_id`."""
    return (
        select(*OBJECTIVE_COLUMNS, start.label("linked_id"))
        .join(CarryOver, reached(CarryOver) & (end == _objective.id))
        .where(visible(Objective), equals_any(start), _carry_over.key_result_id.is_(None))
        .order_by(_carry_over.decided_at, _carry_over.id)
    )


def _key_results(end: Any, start: Any) -> Select[Any]:
    """As `_objectives`, of key results."""
    return (
        select(*KEY_RESULT_COLUMNS, start.label("linked_id"))
        .join(CarryOver, reached(CarryOver) & (end == _key_result.id))
        .where(visible(KeyResult), equals_any(start))
        .order_by(_carry_over.decided_at, _carry_over.id)
    )


SOURCES_OF_OBJECTIVES = _objectives(_carry_over.objective_id, _carry_over.successor_id)
SUCCESSORS_OF_OBJECTIVES = _objectives(_carry_over.successor_id, _carry_over.objective_id).where(
    _objective.archived_at.is_(None)
)
SOURCES_OF_KEY_RESULTS = _key_results(_carry_over.key_result_id, _carry_over.successor_key_result_id)
SUCCESSORS_OF_KEY_RESULTS = _key_results(_carry_over.successor_key_result_id, _carry_over.key_result_id).where(
    _key_result.archived_at.is_(None)
)
