"""Reads along the edges of the goal graph."""

from typing import Any

from sqlalchemy import ARRAY, ColumnElement, Integer, Select, Uuid, and_, bindparam, column, literal, or_, select, text

from service.alignment.models import Alignment
from service.objectives.models import Objective
from service.objectives.queries import COLUMNS, ORDERS, stored_step
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.statements import columns, equals_any, in_rows, reached, reached_sql, select_by, visible

_edge = columns_of(Alignment)
_objective = columns_of(Objective)


def _joined(column: Any) -> ColumnElement[bool]:
    return and_(visible(Objective), _objective.id == column)


ALIGNMENTS = select_by(Alignment)
BY_EXTERNAL_ID = select_by(Alignment, "external_id")
_live = (_edge.archived_at.is_(None), _objective.archived_at.is_(None))

OF_OBJECTIVES = (
    select(*columns(Alignment))
    .join(Objective, _joined(_edge.parent_id))
    .where(reached(Alignment), equals_any(_edge.objective_id), *_live)
    .order_by(_edge.is_primary.desc(), _edge.created_at, _edge.id)
)

_earlier = table_of(Alignment).alias("earlier")
# An objective that serves two key results of one parent has two edges, and is one child: by its primary edge, of
# which it has no other, or by the oldest. Most edges are primary, and spare Postgres to look for others.
_once = or_(
    _edge.is_primary,
    ~(
        select(literal(1))
        .where(
            reached(_earlier.c),
            _earlier.c.objective_id == _edge.objective_id,
            _earlier.c.parent_id == _edge.parent_id,
            _earlier.c.archived_at.is_(None),
            or_(_earlier.c.is_primary, _earlier.c.id < _edge.id),
        )
        .exists()
    ),
)

PARENTS = (
    select(*COLUMNS, _edge.objective_id.label("child_id"))
    .select_from(table_of(Alignment).join(table_of(Objective), _joined(_edge.parent_id)))
    .where(reached(Alignment), equals_any(_edge.objective_id), *_live, _once)
    .order_by(_edge.is_primary.desc(), _edge.created_at, _edge.id)
)

# Also archived ones, by the position of their alignments or by their own orders.
CHILDREN = Listing(
    COLUMNS,
    table_of(Alignment).join(table_of(Objective), _joined(_edge.objective_id)),
    (reached(Alignment), _edge.archived_at.is_(None), _once),
    {**ORDERS, "ALIGNMENT": _edge.position},
    _objective.id,
    _edge.parent_id,
    ties=(_edge.id,),
    step=stored_step(table_of(Objective)),
)

_child_edges = table_of(Alignment).join(table_of(Objective), _joined(_edge.objective_id))
CHILD_ALIGNMENTS = Listing(
    tuple(columns(Alignment)),
    _child_edges,
    (reached(Alignment), *_live),
    {"POSITION": _edge.position},
    _edge.id,
    _edge.parent_id,
)
OF_KEY_RESULTS = Listing(
    tuple(columns(Alignment)),
    _child_edges,
    (reached(Alignment), *_live),
    {"POSITION": _edge.position},
    _edge.id,
    _edge.parent_key_result_id,
)


# OFFSET 0: parents are looked up one by one, however many rows the planner expects.
_UP = text(f"""
    WITH RECURSIVE up (origin, id, distance) AS (
        SELECT e.objective_id, e.parent_id, 1 FROM alignments e
        WHERE {reached_sql("e")} AND e.objective_id = ANY(:ids)
          AND e.is_primary AND e.archived_at IS NULL
        UNION ALL
        SELECT up.origin, parent.id, up.distance + 1 FROM up CROSS JOIN LATERAL (
            SELECT e.parent_id AS id FROM alignments e
            WHERE {reached_sql("e")} AND e.objective_id = up.id
              AND e.is_primary AND e.archived_at IS NULL OFFSET 0
        ) parent
    )
    SELECT origin, id, distance FROM up""")


def _ancestors() -> Select[Any]:
    """The primary parents above `:ids`, each with the id it was asked for and its distance."""
    up = (
        _UP.bindparams(bindparam("organization_id", type_=Uuid), bindparam("ids", type_=ARRAY(Uuid)))
        .columns(column("origin", Uuid), column("id", Uuid), column("distance", Integer))
        .cte("above")
    )
    return (
        select(*COLUMNS, up.c.origin, up.c.distance)
        .join(up, _objective.id == up.c.id)
        .where(visible(Objective), in_rows(_objective.id, up.c.id), _objective.archived_at.is_(None))
        .order_by(up.c.origin, up.c.distance.desc())
    )


ANCESTORS = _ancestors()
