"""The statement that counts the overdue goals below objectives, each once, at any depth."""

from typing import Any

from sqlalchemy import ARRAY, Uuid, bindparam, column, func, literal_column, select, union_all

from service.alignment.models import Alignment
from service.key_results.models import KeyResult
from service.key_results.queries import STATUS_COLUMNS as OF_KEY_RESULT
from service.objectives.models import Objective
from service.objectives.queries import STATUS_COLUMNS as OF_OBJECTIVE
from service.postgres.tables import columns_of, table_of
from service.reading.reader import of_tenant
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
    edges = table_of(Alignment).join(
        table_of(Objective),
        (_objective.organization_id == _edge.organization_id) & (_objective.id == _edge.objective_id),
    )
    # UNION drops duplicates, so a goal on several paths is counted once.
    return below.union(
        select(below.c.origin, _edge.objective_id)
        .select_from(below.join(edges, _edge.parent_id == below.c.id))
        .where(of_tenant(Alignment), _edge.archived_at.is_(None), _objective.archived_at.is_(None))
    )


def _statement() -> Any:
    below = _below()
    key_results = (
        select(below.c.origin)
        .join(KeyResult, _key_result.objective_id == below.c.id)
        .where(of_tenant(KeyResult), OF_KEY_RESULT[2].element == _overdue)
    )
    objectives = (
        select(below.c.origin)
        .join(Objective, _objective.id == below.c.id)
        .where(of_tenant(Objective), below.c.id != below.c.origin, OF_OBJECTIVE[2].element == _overdue)
    )
    goals = union_all(key_results, objectives).subquery("goals")
    return select(goals.c.origin, func.count().label("overdue")).group_by(goals.c.origin)


OVERDUE_BELOW = _statement()
