"""Reads of key results, their milestones and their links to KPIs."""

from sqlalchemy import func, select
from sqlalchemy.dialects.postgresql import distinct_on

from service.key_results.kpi_link_models import KpiLink
from service.key_results.models import KeyResult, KeyResultRevision, Milestone
from service.objectives.models import Lifecycle
from service.objectives.queries import computed_orders, exact, status_columns, status_filters, stored_step
from service.postgres.tables import columns_of, table_of
from service.reading.keyset import Listing
from service.reading.statements import columns, equals_any, reached, select_active_by, select_by, visible

_key_result = columns_of(KeyResult)
_revision = columns_of(KeyResultRevision)

STATUS_COLUMNS = (*status_columns(KeyResult), exact(KeyResult))
STATUS_FILTERS = status_filters(STATUS_COLUMNS)
# What its KPI says where its own facts leave it open, and how it stands.
SHOWN = (
    func.coalesce(_key_result.baseline, _key_result.measured_baseline).label("shown_baseline"),
    func.coalesce(_key_result.target, _key_result.measured_target).label("shown_target"),
    *STATUS_COLUMNS,
)
COLUMNS = (*columns(KeyResult), *SHOWN)
KEY_RESULTS = select_by(KeyResult, more=SHOWN)
BY_EXTERNAL_ID = select_by(KeyResult, "external_id", more=SHOWN)
OF_OBJECTIVES = select_active_by(KeyResult, "objective_id", "position", more=SHOWN, named_by=reached)
TITLES_OF_OBJECTIVES = OF_OBJECTIVES.with_only_columns(
    _key_result.objective_id, _key_result.title, maintain_column_froms=True
).where(_key_result.lifecycle != Lifecycle.CANCELLED)
# What the proposed scores of objectives follow from.
SCORES_OF_OBJECTIVES = (
    select_active_by(KeyResult, "objective_id", "position", named_by=reached)
    .with_only_columns(
        *(_key_result.objective_id, _key_result.weight, _key_result.progress_reason, exact(KeyResult)),
        _key_result.final_score.label("exact_final_score"),
        maintain_column_froms=True,
    )
    .where(_key_result.lifecycle == Lifecycle.ACTIVE, _key_result.score_waiver.is_(None))
)
# The first target of each key result.
ORIGINAL_TARGETS = (
    select(_revision.subject_id.label("id"), _revision.target)
    .where(reached(KeyResultRevision), equals_any(_revision.subject_id), _revision.target.is_not(None))
    .ext(distinct_on(_revision.subject_id))
    .order_by(_revision.subject_id, _revision.valid_from, _revision.recorded_at, _revision.id)
)
MILESTONES = select_by(Milestone)
MILESTONES_BY_EXTERNAL_ID = select_by(Milestone, "external_id")
MILESTONES_OF_KEY_RESULTS = select_active_by(Milestone, "key_result_id", "position", named_by=reached)
LINKS = select_by(KpiLink)
LINKS_BY_EXTERNAL_ID = select_by(KpiLink, "external_id")
LINKS_OF_KEY_RESULTS = select_active_by(KpiLink, "key_result_id", "created_at")
ORDERS = {
    "POSITION": _key_result.position,
    "CREATED_AT": _key_result.created_at,
    "UPDATED_AT": _key_result.updated_at,
    "CHANGED_AT": _key_result.changed_at,
    "TITLE": _key_result.title,
    "STARTS_AT": _key_result.starts_at,
    "DUE_AT": _key_result.due_at,
    **computed_orders(_key_result),
}
# Those of each objective, whose parent the viewer sees.
LISTS_OF_OBJECTIVES = Listing(
    *(COLUMNS, table_of(KeyResult), (reached(KeyResult),), ORDERS, _key_result.id, _key_result.objective_id)
)
ALL_KEY_RESULTS = Listing(
    *(COLUMNS, table_of(KeyResult), (visible(KeyResult),), ORDERS, _key_result.id),
    step=stored_step(table_of(KeyResult)),
)
