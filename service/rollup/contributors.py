"""The statements that read what counts toward goals, with what is hidden from the viewer marked."""

from typing import Any

from sqlalchemy import ColumnElement, Select, and_, false, select, true, union_all

from service.alignment.models import Alignment, AlignmentKind
from service.key_results.models import KeyResult
from service.objectives.models import Lifecycle, Objective
from service.postgres.tables import columns_of
from service.reading.reader import of_tenant
from service.reading.statements import equals_any, visible

_edge = columns_of(Alignment)
_objective = columns_of(Objective)
_key_result = columns_of(KeyResult)


def _counts(goal: Any) -> Any:
    return and_(goal.archived_at.is_(None), goal.lifecycle == Lifecycle.ACTIVE, goal.progress.is_not(None))


def _aligned(parent: ColumnElement[Any], *conditions: ColumnElement[bool]) -> Select[Any]:
    """The objectives that contribute to the goals of `:ids` by alignments, which name these as `parent`."""
    return (
        select(
            parent.label("goal_id"),
            _edge.weight,
            _objective.progress.label("exact_progress"),
            false().label("is_key_result"),
            # Of an objective without owner the predicate is null rather than false.
            visible(Objective).is_not(true()).label("is_hidden"),
        )
        .join(Objective, and_(of_tenant(Objective), _objective.id == _edge.objective_id))
        .where(
            of_tenant(Alignment),
            equals_any(parent),
            *conditions,
            _edge.kind == AlignmentKind.CONTRIBUTES,
            _edge.archived_at.is_(None),
            _counts(_objective),
        )
    )


_own = select(
    _key_result.objective_id.label("goal_id"),
    _key_result.weight,
    _key_result.progress.label("exact_progress"),
    true().label("is_key_result"),
    false().label("is_hidden"),
).where(of_tenant(KeyResult), equals_any(_key_result.objective_id), _counts(_key_result))
_all = union_all(_aligned(_edge.parent_id, _edge.parent_key_result_id.is_(None)), _own).subquery("contributors")
# What counts toward the objectives of `:ids` by its own: aligned objectives and key results.
CONTRIBUTORS_OF_OBJECTIVES = select(*_all.c)
# What counts toward the key results of `:ids`: aligned objectives.
CONTRIBUTORS_OF_KEY_RESULTS = _aligned(_edge.parent_key_result_id)
