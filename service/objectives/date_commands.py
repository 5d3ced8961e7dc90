"""Completes the dates that goals have of their own, which needs a look at their cycles."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import text

from service.cycles.dated_goal_commands import IS_OUTSIDE, goals_outside
from service.errors import Refusal
from service.objectives.goal_dates import (
    DATES,
    SIDES,
    Timeframe,
    check_dates,
    check_granularities,
    completed_dates,
    is_dated,
)
from service.objectives.models import Objective
from service.writing.refusals import NotFound
from service.writing.transaction import Transaction

_COLUMNS = """y.starts_on, y.ends_on, y.allows_dates_outside, g.time_zone, g.fiscal_year_start_month
    FROM organizations g"""
OF_CYCLES = text(f"""
    SELECT y.id, {_COLUMNS} JOIN cycles y ON y.organization_id = :organization_id AND y.id = ANY(CAST(:ids AS uuid[]))
    WHERE g.id = :organization_id""")
OF_OBJECTIVES = text(f"""
    SELECT o.id, {_COLUMNS}
    JOIN objectives o ON o.organization_id = :organization_id AND o.id = ANY(CAST(:ids AS uuid[]))
    JOIN cycles y ON y.organization_id = :organization_id AND y.id = o.cycle_id
    WHERE g.id = :organization_id""")
# With the titles of the key results of an objective whose dates do not fit the cycle.
OF_MOVE = text(f"""
    SELECT y.id, ARRAY(
        SELECT g.title FROM key_results g
        WHERE g.organization_id = :organization_id AND g.objective_id = :objective_id AND {IS_OUTSIDE}
        ORDER BY g.title, g.id
    ) AS outside, {_COLUMNS} JOIN cycles y ON y.organization_id = :organization_id AND y.id = :cycle_id
    WHERE g.id = :organization_id""")


async def complete_objectives(tx: Transaction, objectives: Sequence[Objective]) -> dict[UUID, list[Refusal]]:
    """Completes the dates of new objectives; what is wrong with them, by id. No statement without dates."""
    return await _complete(tx, objectives, OF_CYCLES, "cycle_id")


async def complete_key_results(tx: Transaction, key_results: Sequence[Any]) -> dict[UUID, list[Refusal]]:
    """The same for new key results of stored objectives."""
    return await _complete(tx, key_results, OF_OBJECTIVES, "objective_id")


async def _complete(tx: Transaction, goals: Sequence[Any], statement: Any, key: str) -> dict[UUID, list[Refusal]]:
    dated = [goal for goal in goals if is_dated(goal.__dict__)]
    if not dated:
        return {}
    timeframes = await _load(tx, statement, ids=list({getattr(goal, key) for goal in dated}))
    refusals = {goal.id: list(_complete_one(goal, timeframes, key)) for goal in dated}
    return {id: each for id, each in refusals.items() if each}


def _complete_one(goal: Any, timeframes: Mapping[UUID, Timeframe], key: str) -> Sequence[Refusal]:
    timeframe = timeframes.get(getattr(goal, key))
    if timeframe is None:
        thing = key.removesuffix("_id")
        return [NotFound((f"{thing}Id",), thing=thing)]
    values = {name: getattr(goal, name) for name in DATES if getattr(goal, name) is not None}
    refusals = list(check_granularities(values, {}))
    for name, value in completed_dates(values, {}, timeframe).items():
        setattr(goal, name, value)
    return [*refusals, *check_dates(goal.starts_on, goal.due_on, timeframe)]


async def with_dates_of_objective(tx: Transaction, objective: Objective, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of a change of an objective, with its dates completed. Notes what is wrong with these, also in another
    cycle. No statement without dates and without another cycle."""
    cycle_id = values.get("cycle_id", objective.cycle_id)
    if not DATES & values.keys() and cycle_id == objective.cycle_id:
        return dict(values)
    rows = await tx.rows(OF_MOVE, cycle_id=cycle_id, objective_id=objective.id)
    if not rows:
        raise NotFound(("cycleId",), thing="cycle")
    [row] = rows
    if row.outside:
        tx.attempt.note([goals_outside("cycleId", list(row.outside), len(row.outside), row)])
    return _completed(tx, objective, values, _timeframe(row))


async def with_dates_of_key_result(tx: Transaction, key_result: Any, values: Mapping[str, Any]) -> dict[str, Any]:
    """The same for a key result, which stays with its objective."""
    if not DATES & values.keys():
        return dict(values)
    timeframes = await _load(tx, OF_OBJECTIVES, ids=[key_result.objective_id])
    return _completed(tx, key_result, values, timeframes[key_result.objective_id])


def _completed(tx: Transaction, goal: Any, values: Mapping[str, Any], timeframe: Timeframe) -> dict[str, Any]:
    current = {name: getattr(goal, name) for name in DATES}
    tx.attempt.note(check_granularities(values, current))
    completed = completed_dates(values, current, timeframe)
    starts_on, due_on = (completed.get(side.day, current[side.day]) for side in SIDES)
    tx.attempt.note(check_dates(starts_on, due_on, timeframe))
    return {**values, **completed}


async def _load(tx: Transaction, statement: Any, **parameters: Any) -> dict[UUID, Timeframe]:
    return {row.id: _timeframe(row) for row in await tx.rows(statement, **parameters)}


def _timeframe(row: Any) -> Timeframe:
    return Timeframe(row.starts_on, row.ends_on, row.allows_dates_outside, row.time_zone, row.fiscal_year_start_month)
