"""The statements of a report on who has checked in during a cycle, and how regularly."""

from typing import Any, NamedTuple

from sqlalchemy import (
    ARRAY,
    CTE,
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    case,
    cast,
    distinct,
    extract,
    func,
    literal_column,
    select,
    union_all,
)

from service.check_ins.models import CheckIn
from service.cycles.models import Cycle
from service.cycles.states import CycleActivation, CycleState
from service.key_results.models import KeyResult, ValueSource
from service.objectives.models import Objective, ProgressSource
from service.people.models import Person
from service.postgres.tables import columns_of
from service.reading.buckets import order_of, rank_within, rows_of_ranked
from service.reading.keyset import Listing, Page
from service.reading.reader import NOW
from service.reading.statements import constant, reached, visible
from service.rollup.cycle_report import ReportDimension
from service.rollup.cycle_report_queries import KEY_RESULTS, OBJECTIVES, Counting

_cycle = columns_of(Cycle)
_check_in = columns_of(CheckIn)
_objective = columns_of(Objective)
_key_result = columns_of(KeyResult)
_person = columns_of(Person)
_true: Any = literal_column("true")
_false: Any = literal_column("false")
_zero: Any = literal_column("0")


def _seconds(interval: Any) -> ColumnElement[Any]:
    return extract("epoch", interval)


def _cadence(goal: Any) -> Any:
    """Seconds between two check-ins that are expected of a goal."""
    return goal.cadence_days * literal_column("86400.0")


class Activity(NamedTuple):
    """The goals of a report, and the check-ins on them that are dated in the cycle, as tables of a statement.

    `number` is that of the cadence period of a goal; periods from 0 to below `expected` have ended.
    """

    goals: CTE
    check_ins: CTE
    authors: CTE


def _activity(by: ReportDimension | None, condition: ColumnElement[bool]) -> Activity:
    cycle = select(*_cycle).where(visible(Cycle), _cycle.id == bindparam("cycle_id", type_=_cycle.id.type)).cte("cycle")
    waits = and_(
        cycle.c.state == constant(CycleState.PLANNING),
        cycle.c.activation == constant(CycleActivation.MANUAL),
    )

    def goals_of(counting: Counting, goal: Any, is_objective: Any, expects: Any) -> Select[Any]:
        begins_at = func.greatest(cycle.c.starts_at, cycle.c.activated_at, goal.created_at, goal.starts_at)
        until = func.least(NOW, cycle.c.ends_at, goal.due_at)
        periods = func.floor(_seconds(until - begins_at) / _cadence(goal))
        expected = case(
            (and_(expects, ~waits), func.greatest(cast(periods, Integer), _zero)),
            else_=_zero,
        )
        return (
            select(
                goal.id,
                is_objective.label("is_objective"),
                func.coalesce(counting.goals.key(by), literal_column("''", Text())).label("key"),
                counting.goals.owner_id.label("owner_id"),
                begins_at.label("begins_at"),
                goal.cadence_days,
                expected.label("expected"),
            )
            .select_from(counting.goals.source.join(cycle, cycle.c.id == _objective.cycle_id))
            .where(*counting.where)
        )

    by_hand = _objective.progress_source == constant(ProgressSource.MANUAL)
    computed = (ValueSource.KPI, ValueSource.ALIGNED_OBJECTIVES)
    is_stated = and_(*(_key_result.value_source != constant(each) for each in computed))
    goals = union_all(
        goals_of(Counting(OBJECTIVES, by, condition), _objective, _true, by_hand),
        goals_of(Counting(KEY_RESULTS, by, condition), _key_result, _false, is_stated),
    ).cte("goals")

    def check_ins_of(is_goal: Any) -> Select[Any]:
        number = func.floor(_seconds(_check_in.at - goals.c.begins_at) / _cadence(goals.c))
        return (
            select(goals.c.id, goals.c.expected, _check_in.author_id, cast(number, Integer).label("number"))
            .select_from(goals.join(CheckIn, is_goal).join(cycle, _true))
            .where(
                reached(CheckIn),
                _check_in.invalid_since.is_(None),
                _check_in.at >= cycle.c.starts_at,
                _check_in.at < cycle.c.ends_at,
            )
        )

    check_ins = union_all(
        check_ins_of(
            and_(goals.c.is_objective, _check_in.objective_id == goals.c.id, _check_in.key_result_id.is_(None))
        ),
        check_ins_of(and_(~goals.c.is_objective, _check_in.key_result_id == goals.c.id)),
    ).cte("counted_check_ins")
    authors = (
        select(check_ins.c.author_id.label("id")).distinct().where(check_ins.c.author_id.is_not(None)).cte("authors")
    )
    return Activity(goals, check_ins, authors)


def _owners(activity: Activity) -> Any:
    """The owners in each group, each once, and whether they have checked in on any goal of the report."""
    owners = (
        select(activity.goals.c["key"], activity.goals.c.owner_id)
        .where(activity.goals.c.owner_id.is_not(None))
        .distinct()
        .subquery("owners")
    )
    return (
        select(owners.c["key"], owners.c.owner_id, activity.authors.c.id.is_not(None).label("has_checked_in"))
        .select_from(owners.outerjoin(activity.authors, activity.authors.c.id == owners.c.owner_id))
        .subquery("each_owner")
    )


def select_activity(by: ReportDimension | None, condition: ColumnElement[bool]) -> Select[Any]:
    """For each group, `key`: its owners, those of them who checked in, and cadence periods, expected and met."""
    activity = _activity(by, condition)
    goals, check_ins = activity.goals, activity.check_ins
    met = (
        select(check_ins.c.id, func.count(distinct(check_ins.c.number)).label("met"))
        .where(check_ins.c.number >= _zero, check_ins.c.number < check_ins.c.expected)
        .group_by(check_ins.c.id)
        .subquery("met")
    )
    owners = _owners(activity)
    parts = union_all(
        select(
            goals.c["key"],
            func.sum(goals.c.expected).label("expected"),
            func.coalesce(func.sum(met.c.met), _zero).label("met"),
            _zero.label("owners"),
            _zero.label("active_owners"),
        )
        .select_from(goals.outerjoin(met, met.c.id == goals.c.id))
        .group_by(goals.c["key"]),
        select(
            owners.c["key"],
            _zero,
            _zero,
            func.count(),
            func.count().filter(owners.c.has_checked_in),
        ).group_by(owners.c["key"]),
    ).subquery("parts")
    sums = [
        cast(func.sum(parts.c[name]), Integer).label(name) for name in ("expected", "met", "owners", "active_owners")
    ]
    return select(parts.c["key"], *sums).group_by(parts.c["key"])


def select_page_of_owners(
    by: ReportDimension | None, condition: ColumnElement[bool], listing: Listing, page: Page, *, active: bool
) -> Select[Any]:
    """A page of the owners in each of `:buckets`, only of those who have checked in if `active`. `listing` has the
    columns of people."""
    owners, order = _owners(_activity(by, condition)), order_of(listing, page)
    name = func.concat(owners.c["key"], literal_column("'/'", Text()))
    ranked = (
        select(*order.labelled, name.label("bucket"), rank_within(name, order))
        .select_from(owners.join(listing.source, _person.id == owners.c.owner_id))
        .where(
            visible(Person),
            *order.after_cursor(order.columns),
            *([owners.c.has_checked_in] if active else []),
            name == any_(bindparam("buckets", type_=ARRAY(Text))),
        )
        .subquery("ranked")
    )
    return rows_of_ranked(ranked, listing, order)
