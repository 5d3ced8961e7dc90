"""Conditions of lists of objectives on what the viewer sees around them: objectives above and below, key results."""

from typing import Any

from sqlalchemy import ColumnElement, case, select

from service.alignment.models import Alignment
from service.alignment.states import AlignmentState
from service.key_results.models import KeyResult
from service.objectives.models import Level, Lifecycle, Objective
from service.postgres.tables import columns_of, table_of
from service.reading.statements import constant, reached, visible

_objective = columns_of(Objective)


def _aligned(own: str, other: str, *conditions: Any) -> ColumnElement[bool]:
    """Whether an objective is at the end `own` of an edge whose other end is seen, and not archived."""
    edge, seen = table_of(Alignment).alias(f"edge_of_{other}"), table_of(Objective).alias(f"seen_{other}")
    return (
        select(edge.c.id)
        .join_from(edge, seen, seen.c.id == edge.c[other])
        .where(
            *(reached(edge.c), edge.c[own] == _objective.id, edge.c.archived_at.is_(None)),
            *(visible(seen.c), seen.c.archived_at.is_(None)),
            *(seen.c[name] == value for name, value in conditions),
        )
        .exists()
    )


_key_result = table_of(KeyResult).alias("own_key_result")
HAS_PARENTS = _aligned("objective_id", "parent_id")
HAS_CHILDREN = _aligned("parent_id", "objective_id")
HAS_KEY_RESULTS = (
    select(_key_result.c.id)
    .where(reached(_key_result.c), _key_result.c.objective_id == _objective.id, _key_result.c.archived_at.is_(None))
    .exists()
)
# A parent in force is what counts.
_IS_ALIGNED = _aligned("objective_id", "parent_id", ("lifecycle", constant(Lifecycle.ACTIVE)))
ALIGNMENT_STATE: ColumnElement[str] = case(
    (_objective.level == constant(Level.COMPANY), constant(AlignmentState.TOP)),
    (_IS_ALIGNED, constant(AlignmentState.ALIGNED)),
    else_=constant(AlignmentState.UNALIGNED),
)
