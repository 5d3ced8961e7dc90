"""Loads a part of the goal graph, in a fixed number of statements."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import lru_cache
from operator import itemgetter
from typing import Any, TypeVar
from uuid import UUID

from service.cadence.due import Cadence, Weekday
from service.cycles.pace import Policy
from service.key_results.kpi_evidence import with_kpi_evidence
from service.key_results.progress import Definition, Evidence
from service.reading.row_source import RowSource
from service.rollup.goal_statement import GOALS
from service.rollup.kpi_due_dates import Calendar, calendars_of
from service.rollup.kpi_propagation import load_guardrail_states, read_kpi_evidence
from service.rollup.status_timeline import TIMELINE_COLUMNS, StatedStatus, from_columns
from service.rollup.surroundings import stored_above, stored_surroundings
from service.rollup.tree import Edge, GoalValues, GuardrailState, KeyResultNode, ObjectiveNode, Tree
from service.values.visibility import Visibility

V = TypeVar("V")
NO_EVIDENCE = Evidence()
# Many goals have one policy.
_policy_of = lru_cache(maxsize=256)(Policy)
# Several columns of a row at once take a fifth of the time of its attributes.
_GOAL = itemgetter(
    *("progress", "progress_raw", "progress_reason", "confidence", "guardrail_breached", "check_in_due_at"),
    *("cadence_days", "cadence_weekday"),
    *TIMELINE_COLUMNS,
)
_MEASURED = itemgetter("current", "has_data", "regressed", "measured_baseline", "measured_target")
_STATE = ("weight", "lifecycle", "archived_at")
_SETTLED_KEY_RESULT = itemgetter(
    *("id", "objective_id", "kind", "value_source", *_STATE, "confidence", "final_score", "is_waived")
)
_ALIGNMENT = itemgetter("id", "objective_id", "parent_id", "parent_key_result_id", "kind", *_STATE)


async def load(source: RowSource, ids: Sequence[UUID], changed: Sequence[UUID] | None = None) -> Tree:
    """The tree of these objectives, which come children before parents. It takes one statement, one more if KPIs
    guard their key results, and one more if key results follow KPIs.

    Only the facts of those in `changed` have changed, and perhaps something below the others; None: all of them.
    """
    changed = ids if changed is None else changed
    rows = await source.rows(GOALS, ids=ids, changed=changed, realigned=changed)
    return await tree_of(source, rows, ids)


async def tree_of(source: RowSource, rows: Iterable[Any], ids: Sequence[UUID]) -> Tree:
    """The tree of the rows of `GOALS`."""
    rows = list(rows)
    guardrail_states = await load_guardrail_states(source, guarded_ids(rows))
    return build_tree(rows, ids, guardrail_states, await calendars_of(source, following_ids(rows)))


def guarded_ids(rows: Iterable[Any]) -> list[UUID]:
    """The key results in the rows of `GOALS` to compute that KPIs guard."""
    return [row["id"] for row in rows if row["part"] == "KEY_RESULT" and not row["is_settled"] and row["is_guarded"]]


def following_ids(rows: Iterable[Any]) -> list[UUID]:
    """The key results in the rows of `GOALS` to compute that follow KPIs."""
    return [row["id"] for row in rows if row["part"] == "KEY_RESULT" and not row["is_settled"] and _follows(row)]


def build_tree(
    rows: Iterable[Any],
    ids: Sequence[UUID],
    guardrail_states: Mapping[UUID, GuardrailState],
    calendars: Mapping[UUID, Calendar],
) -> Tree:
    """The tree of the rows of `GOALS`, whose objectives are in the order of `ids`, and of what KPIs tell."""
    parts: dict[str, list[Any]] = {"OBJECTIVE": [], "KEY_RESULT": [], "EDGE": []}
    for row in rows:
        parts[row["part"]].append(row)
    order = {id: number for number, id in enumerate(ids)}
    return Tree(
        [_objective(row) for row in sorted(parts["OBJECTIVE"], key=lambda row: order[row["id"]])],
        _grouped(
            (row["objective_id"], _key_result(row, guardrail_states.get(row["id"]), calendars.get(row["id"])))
            for row in parts["KEY_RESULT"]
        ),
        _grouped((row["parent_id"], _edge(row)) for row in parts["EDGE"]),
    )


def _follows(row: Any) -> bool:
    return row["value_source"] == "KPI" and row["aggregation"] is not None


def _objective(row: Any) -> ObjectiveNode:
    return ObjectiveNode(
        row["id"],
        row["progress_source"],
        row["status_source"],
        row["lifecycle"],
        row["archived_at"] is not None,
        row["cycle_starts_at"],
        row["cycle_ends_at"],
        _stated_status(row),
        row["said_value"],
        row["said_confidence"],
        _goal_values(
            row,
            coverage=row["coverage"],
            starts_at=row["starts_at"],
            due_at=row["due_at"],
            score=row["score"],
            surroundings=stored_surroundings(row["surroundings"]),
        ),
        row["active_since"],
        _checked_in_at(row),
        row["closed"],
        row["is_planned"],
        final_score=row["final_score"],
        is_settled=row["is_settled"],
        own_starts_at=row["own_starts_at"],
        own_due_at=row["own_due_at"],
        policy=_policy_of(row["on_track_pace"], row["at_risk_pace"]),
        cadence=_cadence(row),
        above=None if row["above"] is None else stored_above(row["above"]),
    )


def _key_result(row: Any, guardrail: GuardrailState | None, calendar: Calendar | None) -> KeyResultNode:
    if row["is_settled"]:
        return _settled_key_result(row)
    stages = zip(row["stage_weights"] or (), row["stage_done"] or (), strict=True)
    definition = Definition(
        row["kind"], row["mode"], row["baseline"], row["target"], row["change_by"], row["lower"], row["upper"]
    )
    missing = () if row["mode"] != "ADHERENCE" else calendar.missing(row) if calendar else _ends_of_missing_periods(row)
    evidence = Evidence(row["said_value"], row["adherence"] or (), row["expected"], tuple(stages))
    completed = None
    if _follows(row):
        completed, evidence = with_kpi_evidence(definition, read_kpi_evidence(row))
    return KeyResultNode(
        row["id"],
        row["objective_id"],
        definition,
        replace(evidence, missing=missing),
        row["value_source"],
        row["weight"],
        row["lifecycle"],
        row["archived_at"] is not None,
        _stated_status(row),
        row["said_confidence"],
        _key_result_values(row)._replace(starts_at=row["starts_at"], due_at=row["due_at"]),
        completed,
        guardrail,
        row["active_since"],
        _checked_in_at(row),
        None if calendar is None else calendar.due,
        final_score=row["final_score"],
        is_waived=row["is_waived"],
        own_starts_at=row["own_starts_at"],
        own_due_at=row["own_due_at"],
        cadence=_cadence(row),
    )


def _settled_key_result(row: Any) -> KeyResultNode:
    id, objective_id, kind, value_source, weight, lifecycle, archived_at, confidence, final_score, is_waived = (
        _SETTLED_KEY_RESULT(row)
    )
    return KeyResultNode(
        id,
        objective_id,
        Definition(kind),
        NO_EVIDENCE,
        value_source,
        weight,
        lifecycle,
        archived_at is not None,
        None,
        confidence,
        _key_result_values(row),
        final_score=final_score,
        is_waived=is_waived,
        is_settled=True,
    )


def _key_result_values(row: Any) -> GoalValues:
    current, has_data, regressed, measured_baseline, measured_target = _MEASURED(row)
    return _goal_values(
        row,
        current=current,
        has_data=has_data,
        regressed=regressed,
        measured_baseline=measured_baseline,
        measured_target=measured_target,
    )


def _ends_of_missing_periods(row: Any) -> Sequence[datetime]:
    """When each adherence period without a check-in ends, in order."""
    length, valued = timedelta(days=row["effective_days"]), set(row["adherence_numbers"] or ())
    ends = (min(row["counted_from"] + (number + 1) * length, row["counted_until"]) for number in range(row["expected"]))
    return [end for number, end in enumerate(ends) if number not in valued]


def _edge(row: Any) -> Edge:
    id, objective_id, parent_id, parent_key_result_id, kind, weight, lifecycle, archived_at = _ALIGNMENT(row)
    archived = archived_at is not None
    values = _goal_values(row)
    is_open = row["visibility"] == Visibility.ORGANIZATION
    return Edge(id, objective_id, parent_id, parent_key_result_id, kind, weight, lifecycle, archived, values, is_open)


def _cadence(row: Any) -> Cadence:
    weekday = None if row["effective_weekday"] is None else Weekday(row["effective_weekday"])
    return Cadence(row["effective_days"], weekday, row["time_zone"])


def _stated_status(row: Any) -> StatedStatus | None:
    """The newest stated status; None if it is older than the cycle, as after a move to another cycle."""
    is_valid = row["stated_at"] is not None and row["stated_at"] >= row["cycle_starts_at"]
    return StatedStatus(row["stated_at"], row["stated_status"]) if is_valid else None


def _checked_in_at(row: Any) -> datetime | None:
    """The time of the newest check-in; None if it is older than the cycle, as after a move to another cycle."""
    checked_in_at: datetime | None = row["checked_in_at"]
    return None if checked_in_at is None or checked_in_at < row["cycle_starts_at"] else checked_in_at


def _goal_values(row: Any, **own: Any) -> GoalValues:
    """The stored values that objectives and key results have in common, and the `own` ones of one of them."""
    progress, raw, reason, confidence, guardrail_breached, check_in_due_at, days, weekday, *timeline = _GOAL(row)
    return GoalValues(
        progress,
        raw,
        reason,
        confidence,
        from_columns(*timeline),
        guardrail_breached=guardrail_breached,
        check_in_due_at=check_in_due_at,
        cadence_days=days,
        cadence_weekday=weekday,
        **own,
    )


def _grouped(pairs: Iterable[tuple[UUID, V]]) -> dict[UUID, list[V]]:
    groups: dict[UUID, list[V]] = defaultdict(list)
    for key, value in pairs:
        groups[key].append(value)
    return groups
