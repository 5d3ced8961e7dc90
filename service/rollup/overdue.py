"""The statement that counts the overdue goals below objectives, each once, at any depth."""

from typing import Any

from sqlalchemy import ARRAY, Uuid, bindparam, column, func, literal_column, select, true, union_all

from service.alignment.models import Alignment
from service.key_results.models import KeyResult
from service.key_results.queries import STATUS_COLUMNS as OF_KEY_RESULT
from service.objectives.models import Objective
from service.objectives.queries import STATUS_COLUMNS as OF_OBJECTIVE
from service.postgres.tables import columns_of, table_of
from service.reading.reader import of_tenant
from service.reading.statements import in_rows, visible
from service.rollup.status_timeline import Staleness

_edge = columns_of(Alignment)
_key_result = columns_of(KeyResult)
_objective = columns_of(Objective)
_overdue: Any = literal_column(f"'{Staleness.OVERDUE.value}'")


def _below() -> Any:
    """Rows of `origin`, one of `:ids`, and `id`: that objective and all that serve it, directly or not."""
    ids = func.unnest(bindparam("ids", type_=ARRAY(Uuid)))
    requested = ids.table_valued(column("id", Uuid), name="asked").render_derived()
    below = select(requested.c.id.label("origin"), requested.c.id).cte("below", recursive=True)
    # The sub-select cannot become a join, so each objective is looked up by its key. OFFSET 0: children are looked up
    # by their parent, however many rows the planner expects.
    is_live = select(_objective.archived_at.is_(None)).where(of_tenant(Objective), _objective.id == _edge.objective_id)
    children = (
        select(_edge.objective_id.label("id"))
        .where(
            of_tenant(Alignment),
            _edge.parent_id == below.c.id,
            _edge.archived_at.is_(None),
            is_live.correlate(table_of(Alignment)).scalar_subquery(),
        )
        .offset(literal_column("0"))
        .lateral("children")
    )
    # UNION drops duplicates, so a goal on several paths is counted once.
    return below.union(select(below.c.origin, children.c.id).select_from(below.join(children, true())))


def _statement() -> Any:
    below = _below()
    key_results = (
        select(below.c.origin)
        .join(KeyResult, _key_result.objective_id == below.c.id)
        .where(
            visible(KeyResult),
            in_rows(_key_result.objective_id, below.c.id),
            OF_KEY_RESULT[2].element == _overdue,
        )
    )
    objectives = (
        select(below.c.origin)
        .join(Objective, _objective.id == below.c.id)
        .where(
            visible(Objective),
            in_rows(_objective.id, below.c.id),
            below.c.id != below.c.origin,
            OF_OBJECTIVE[2].element == _overdue,
        )
    )
    goals = union_all(key_results, objectives).subquery("goals")
    return select(goals.c.origin, func.count().label("overdue")).group_by(goals.c.origin)


OVERDUE_BELOW = _statement()
