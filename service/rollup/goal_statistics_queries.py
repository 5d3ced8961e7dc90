"""The statements of statistics of goals: what the goals of each group add up to, and pages of the goals of groups."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Numeric,
    Select,
    Text,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
    type_coerce,
)
from sqlalchemy.dialects.postgresql import array

from service.key_results.entity import KEY_RESULT
from service.key_results.models import KeyResult
from service.key_results.queries import ALL_KEY_RESULTS
from service.objectives.entity import OBJECTIVE
from service.objectives.models import Objective
from service.objectives.queries import ALL_OBJECTIVES
from service.postgres.tables import columns_of, table_of
from service.reading.branches import equals
from service.reading.buckets import select_page_of_buckets
from service.reading.keyset import Listing, Page
from service.reading.statements import constant, reached
from service.rollup.goal_statistics import GoalDimension
from service.rollup.status_timeline import Staleness, Status

MAX_GROUPS = 1_000
# The values that are in the middle of sorted ones. The second one is that after the first if their number is even:
# half of them, and a share of one that is less than one of a billion.
MIDDLES: Any = literal_column("ARRAY[0.5, 0.5 + 1e-9]::float8[]")

_objective = columns_of(Objective)
_key_result = columns_of(KeyResult)


@dataclass(frozen=True, eq=False)
class GroupedGoals:
    """The goals of a type that are counted: rows of `source`, which has a row for each of the list, and the columns
    with what they are grouped by."""

    listing: Listing
    source: FromClause
    where: tuple[ColumnElement[bool], ...]
    filters: Mapping[str, Any]
    dimensions: Mapping[GoalDimension, Any]
    confidence: Any

    def key(self, by: GoalDimension | None) -> ColumnElement[Any]:
        """The group of a goal as text, '' for those that have none."""
        value: Any = null() if by is None else self.dimensions[by]
        return func.coalesce(cast(value, Text), literal_column("''", Text()))


_of_objective = {
    GoalDimension.TEAM: _objective.team_id,
    GoalDimension.LEVEL: _objective.level,
    GoalDimension.CYCLE: _objective.cycle_id,
    GoalDimension.PILLAR: _objective.pillar_id,
    GoalDimension.PERSPECTIVE: _objective.perspective,
}


def _own(model: Any, owner: Any, filters: Mapping[str, Any]) -> dict[GoalDimension, Any]:
    return {
        GoalDimension.OWNER: owner,
        GoalDimension.KIND: model.kind,
        GoalDimension.STATUS: filters["status"].element,
        GoalDimension.STALENESS: filters["staleness"].element,
    }


OBJECTIVES = GroupedGoals(
    ALL_OBJECTIVES,
    ALL_OBJECTIVES.source,
    ALL_OBJECTIVES.where,
    OBJECTIVE.filters,
    {**_of_objective, **_own(_objective, _objective.owner_id, OBJECTIVE.filters)},
    _objective.confidence,
)
KEY_RESULTS = GroupedGoals(
    ALL_KEY_RESULTS,
    ALL_KEY_RESULTS.source.join(table_of(Objective), _objective.id == _key_result.objective_id),
    (*ALL_KEY_RESULTS.where, reached(Objective)),
    KEY_RESULT.filters,
    {
        **_of_objective,
        **_own(_key_result, func.coalesce(_key_result.owner_id, _objective.owner_id), KEY_RESULT.filters),
    },
    _key_result.confidence,
)


class Grouping(NamedTuple):
    """Goals of a type that meet a condition, grouped by a dimension; None: they are one group."""

    goals: GroupedGoals
    by: GoalDimension | None
    condition: ColumnElement[bool]
    include_archived: bool

    @property
    def where(self) -> tuple[ColumnElement[bool], ...]:
        """The conditions on the rows."""
        own = self.goals.listing.source.c
        live = () if self.include_archived else (own.archived_at.is_(None),)
        # Where an organization has most of the rows, a plan would read those of all.
        tenant = equals(own.organization_id, bindparam("organization_id", type_=own.organization_id.type))
        return (*self.goals.where, tenant, *live, self.condition)


def select_sums(grouping: Grouping) -> Select[Any]:
    """What the goals of each group add up to, as `GoalSums` has it; of more than MAX_GROUPS, one more."""
    goals, filters = grouping.goals, grouping.goals.filters
    own = goals.listing.source.c
    status = filters["status"].element
    each = (
        select(
            goals.key(grouping.by).label("key"),
            status.label("status"),
            (filters["staleness"].element == constant(Staleness.OVERDUE)).label("is_overdue"),
            case((status.is_not(None), own.progress)).label("progress"),
            # As people wrote it: 0.7, and not the nearest binary fraction.
            case((status.is_not(None), cast(goals.confidence, Numeric))).label("confidence"),
        )
        .select_from(goals.source)
        .where(*grouping.where)
        # The planner does not look into what has an offset. It would compute the status again for each count.
        .offset(literal_column("0"))
        .subquery("goals")
        .c
    )
    counts = [func.count().filter(each.status == constant(status)) for status in Status]
    overdue = [func.count().filter(each.status == constant(status), each.is_overdue) for status in Status]
    return (
        select(
            each.key,
            func.count().label("count"),
            array(counts).label("status_counts"),
            array(overdue).label("overdue_counts"),
            func.sum(each.progress).label("progress_sum"),
            func.count(each.progress).label("progress_count"),
            type_coerce(func.percentile_disc(MIDDLES).within_group(each.progress), ARRAY(Numeric)).label(
                "middle_progress"
            ),
            func.sum(each.confidence).label("confidence_sum"),
            func.count(each.confidence).label("confidence_count"),
        )
        .group_by(each.key)
        .order_by(each.key)
        .limit(literal_column(str(MAX_GROUPS + 1)))
    )


def select_page_of_groups(grouping: Grouping, listing: Listing, page: Page) -> Select[Any]:
    """A page of the goals of each group in `:buckets`; `listing` has the columns."""
    goals = grouping.goals
    return select_page_of_buckets(goals.source, grouping.where, goals.key(grouping.by), listing, page)
