"""The statements of the report on a cycle: the cells that are counted, and pages of what a count counts."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import (
    ColumnElement,
    FromClause,
    Numeric,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    null,
    select,
)

from service.alignment.condition_queries import ALIGNMENT_STATE
from service.cycles.scores import EXPECTED_SCORES, GREEN_FROM, YELLOW_FROM, ScoreBand
from service.key_results.models import KeyResult
from service.key_results.queries import ALL_KEY_RESULTS
from service.key_results.queries import STATUS_COLUMNS as OF_KEY_RESULT
from service.objectives.models import Lifecycle, Objective
from service.objectives.queries import ALL_OBJECTIVES
from service.objectives.queries import STATUS_COLUMNS as OF_OBJECTIVE
from service.postgres.tables import columns_of, table_of
from service.reading.buckets import select_page_of_buckets
from service.reading.keyset import Listing, Page
from service.reading.statements import constant, reached, visible
from service.rollup.cycle_report import (
    HIGH_FROM,
    MEDIUM_FROM,
    THIRDS,
    ConfidenceLevel,
    ReportDimension,
    ReportFacet,
)
from service.rollup.status_timeline import Staleness

_objective = columns_of(Objective)
_key_result = columns_of(KeyResult)


def _score_band(score: Any) -> ColumnElement[Any]:
    """The band of a score, as `band_of` has it."""
    return case(
        (score >= literal_column(str(GREEN_FROM)), constant(ScoreBand.GREEN)),
        (score >= literal_column(str(YELLOW_FROM)), constant(ScoreBand.YELLOW)),
        (score.is_not(None), constant(ScoreBand.RED)),
    )


def _confidence_level(confidence: Any) -> ColumnElement[Any]:
    """The third that confidence is in, as `confidence_level` has it."""
    thirds = confidence * literal_column(str(THIRDS))
    return case(
        (confidence.is_(None), constant(ConfidenceLevel.NONE)),
        (thirds < literal_column(str(MEDIUM_FROM)), constant(ConfidenceLevel.LOW)),
        (thirds < literal_column(str(HIGH_FROM)), constant(ConfidenceLevel.MEDIUM)),
        else_=constant(ConfidenceLevel.HIGH),
    )


def _in_force(goal: Any) -> tuple[ColumnElement[bool], ...]:
    return goal.archived_at.is_(None), goal.lifecycle == constant(Lifecycle.ACTIVE)


def _overdue(status: Any, staleness: Any) -> ColumnElement[Any]:
    return case((staleness == constant(Staleness.OVERDUE), status))


@dataclass(frozen=True, eq=False)
class CountedGoals:
    """What a report counts: the goals in force of `source` that meet `where`, with the values of each facet."""

    listing: Listing
    source: FromClause
    where: tuple[ColumnElement[bool], ...]
    facets: Mapping[ReportFacet, ColumnElement[Any]]
    score: Any
    confidence: Any
    owner_id: ColumnElement[Any]

    def key(self, by: ReportDimension | None) -> ColumnElement[Any]:
        """The group of a goal, as text. A key result is in the groups of its objective, but for its own owner."""
        columns = {
            ReportDimension.TEAM: _objective.team_id,
            ReportDimension.LEVEL: _objective.level,
            ReportDimension.PILLAR: _objective.pillar_id,
            ReportDimension.KIND: _objective.kind,
            ReportDimension.OWNER: self.owner_id,
        }
        return cast(null(), Text) if by is None else cast(columns[by], Text)


_of_cycle = (
    visible(Objective),
    _objective.cycle_id == bindparam("cycle_id", type_=_objective.cycle_id.type),
    *_in_force(_objective),
)
_none = cast(null(), Text)
OBJECTIVES = CountedGoals(
    ALL_OBJECTIVES,
    table_of(Objective),
    _of_cycle,
    {
        ReportFacet.ALL: constant(""),
        ReportFacet.STATUS: OF_OBJECTIVE[0].element,
        ReportFacet.OVERDUE: _overdue(OF_OBJECTIVE[0].element, OF_OBJECTIVE[2].element),
        ReportFacet.STALENESS: OF_OBJECTIVE[2].element,
        ReportFacet.SCORE_BAND: _score_band(_objective.score),
        ReportFacet.CONFIDENCE: _confidence_level(_objective.confidence),
        ReportFacet.KIND: cast(_objective.kind, Text),
        # As `needs_postmortem` has it.
        ReportFacet.POSTMORTEM: case(
            (
                and_(
                    _objective.kind == constant("COMMITTED"),
                    _objective.score < literal_column(str(EXPECTED_SCORES["COMMITTED"])),
                ),
                constant("COMMITTED"),
            )
        ),
        ReportFacet.ALIGNMENT: ALIGNMENT_STATE.expression,
    },
    _objective.score,
    _objective.confidence,
    _objective.owner_id,
)
KEY_RESULTS = CountedGoals(
    ALL_KEY_RESULTS,
    table_of(KeyResult).join(table_of(Objective), _objective.id == _key_result.objective_id),
    (*_of_cycle, reached(KeyResult), *_in_force(_key_result)),
    {
        ReportFacet.ALL: constant(""),
        ReportFacet.STATUS: OF_KEY_RESULT[0].element,
        ReportFacet.OVERDUE: _overdue(OF_KEY_RESULT[0].element, OF_KEY_RESULT[2].element),
        ReportFacet.STALENESS: OF_KEY_RESULT[2].element,
        ReportFacet.SCORE_BAND: _score_band(_key_result.final_score),
        ReportFacet.CONFIDENCE: _confidence_level(_key_result.confidence),
        ReportFacet.KIND: _none,
        ReportFacet.POSTMORTEM: _none,
        ReportFacet.ALIGNMENT: _none,
    },
    _key_result.final_score,
    _key_result.confidence,
    func.coalesce(_key_result.owner_id, _objective.owner_id),
)


class Counting(NamedTuple):
    """What is counted, the groups, and the condition on the objectives."""

    goals: CountedGoals
    by: ReportDimension | None
    condition: ColumnElement[bool]

    @property
    def where(self) -> tuple[ColumnElement[bool], ...]:
        return (*self.goals.where, self.condition)


def select_cells(counting: Counting) -> Select[Any]:
    """The cells of the goals in `:cycle_id`."""
    goals, by, _ = counting
    facets = [
        expression.label(facet.value) for facet, expression in goals.facets.items() if facet is not ReportFacet.ALL
    ]
    each = (
        select(
            goals.key(by).label("key"),
            *facets,
            goals.score.label("score"),
            # As people wrote it: 0.7, and not the nearest binary fraction.
            cast(goals.confidence, Numeric).label("confidence"),
        )
        .select_from(goals.source)
        .where(*counting.where)
        .subquery("goals")
    )
    keys = [each.c["key"], *(each.c[facet.name] for facet in facets)]
    return select(
        *keys,
        func.count().label("count"),
        func.sum(each.c.score).label("score_sum"),
        func.sum(each.c.confidence).label("confidence_sum"),
    ).group_by(*keys)


def bucket(key: str | None, value: str | None) -> str:
    """The name of what a count counts: a group, and a value of a facet."""
    return f"{key or ''}/{value or ''}"


def select_page_of_counts(counting: Counting, facet: ReportFacet, listing: Listing, page: Page) -> Select[Any]:
    """A page of the goals of each of `:buckets`; `listing` has the columns."""
    goals, by, _ = counting
    name = func.concat(goals.key(by), constant("/"), goals.facets[facet])
    return select_page_of_buckets(goals.source, counting.where, name, listing, page)
