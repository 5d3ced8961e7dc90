"""Reads of the links between KPIs and goals."""

from typing import Any

from sqlalchemy import Select, select, union

from service.key_results.kpi_link_models import KpiLink
from service.key_results.models import KeyResult
from service.key_results.queries import COLUMNS as KEY_RESULT_COLUMNS
from service.kpis.models import Kpi
from service.kpis.queries import COLUMNS
from service.objectives.models import Objective
from service.objectives.queries import COLUMNS as OBJECTIVE_COLUMNS
from service.postgres.tables import columns_of
from service.reading.statements import equals_any, reached, visible

_key_result = columns_of(KeyResult)
_link = columns_of(KpiLink)
_kpi = columns_of(Kpi)
_objective = columns_of(Objective)
_linked = reached(KpiLink) & (_link.key_result_id == _key_result.id)


def _pairs(column: Any, of_link: Any) -> Any:
    """Pairs of a key result and a KPI that it follows or that is linked to it, with `column` among `:ids`."""
    live = (reached(KeyResult), _key_result.archived_at.is_(None))
    ends = (_key_result.id.label("key_result_id"), _key_result.objective_id)
    followed = select(*ends, _key_result.source_kpi_id.label("kpi_id")).where(*live, equals_any(column))
    linked = (
        select(*ends, _link.kpi_id)
        .join(KpiLink, _linked)
        .where(*live, _link.archived_at.is_(None), equals_any(of_link))
    )
    return union(followed.where(_key_result.source_kpi_id.is_not(None)), linked).subquery("pairs")


_by_kpi = _pairs(_key_result.source_kpi_id, _link.kpi_id)
KEY_RESULTS_OF_KPIS = (
    select(*KEY_RESULT_COLUMNS, _by_kpi.c.kpi_id.label("linked_kpi_id"))
    .join(_by_kpi, _key_result.id == _by_kpi.c.key_result_id)
    .where(visible(KeyResult))
    .order_by(_key_result.created_at, _key_result.id)
)
_goals = select(_by_kpi.c.kpi_id, _by_kpi.c.objective_id).distinct().subquery("goals")
OBJECTIVES_OF_KPIS = (
    select(*OBJECTIVE_COLUMNS, _goals.c.kpi_id.label("linked_kpi_id"))
    .join(_goals, _objective.id == _goals.c.objective_id)
    .where(visible(Objective), _objective.archived_at.is_(None))
    .order_by(_objective.position, _objective.id)
)
_by_objective = _pairs(_key_result.objective_id, _key_result.objective_id)
_measures = select(_by_objective.c.objective_id, _by_objective.c.kpi_id).distinct().subquery("measures")
KPIS_OF_OBJECTIVES: Select[Any] = (
    select(*COLUMNS, _measures.c.objective_id.label("linked_objective_id"))
    .join(_measures, _kpi.id == _measures.c.kpi_id)
    .where(visible(Kpi), _kpi.archived_at.is_(None))
    .order_by(_kpi.name, _kpi.id)
)
