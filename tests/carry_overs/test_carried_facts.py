"""Each fact of a goal is carried over, or is named here as left behind: a new column has to be decided about."""

from types import SimpleNamespace
from typing import Any

import pytest

from service.carry_overs.copy_commands import KEY_RESULT_FACTS, LEFT_BEHIND, OBJECTIVE_FACTS
from service.carry_overs.decisions import BaselineSource, successor_baseline
from service.key_results.models import KeyResultFacts
from service.objectives.models import ObjectiveFacts

OF_REVIEWS = {"final_score", "score_reason", "score_waiver", "retrospective"}
OF_DATES = {"starts_on", "start_granularity", "own_starts_at", "due_on", "due_granularity", "own_due_at"}


def test_every_fact_of_a_goal_is_decided_about() -> None:
    assert {"cycle_id", "objective_id", "position", *OF_REVIEWS, *OF_DATES} == LEFT_BEHIND
    assert set(OBJECTIVE_FACTS) == {
        *("title", "description", "level", "kind", "lifecycle", "visibility", "perspective"),
        *("progress_source", "status_source", "owner_id", "team_id", "pillar_id"),
        *("check_in_cadence_days", "check_in_weekday"),
    }
    assert set(KEY_RESULT_FACTS) == {
        *("title", "description", "kind", "mode", "value_source", "source_kpi_id", "lifecycle", "unit"),
        *("unit_kind", "currency", "display_decimals"),
        *("baseline", "target", "change_by", "lower", "upper", "weight", "owner_id"),
        *("check_in_cadence_days", "check_in_weekday"),
    }
    for model, carried in ((ObjectiveFacts, OBJECTIVE_FACTS), (KeyResultFacts, KEY_RESULT_FACTS)):
        assert set(model.model_fields) - set(carried) <= LEFT_BEHIND


def key_result(**facts: Any) -> Any:
    known = {"kind": "INCREASE", "value_source": "MANUAL", "baseline": 1, "current": 5, "has_data": True}
    return SimpleNamespace(**(known | facts))


@pytest.mark.parametrize(
    ("facts", "expected"),
    [
        ({}, 5),
        ({"kind": "DECREASE_BY_PERCENT"}, 5),
        ({"current": 0}, 0),
        ({"has_data": False}, 1),
        ({"value_source": "KPI"}, None),
        ({"value_source": "ALIGNED_OBJECTIVES"}, 1),
        *(({"kind": kind}, 1) for kind in ("AT_LEAST", "AT_MOST", "WITHIN_RANGE", "REACH", "BINARY", "BASELINE", None)),
    ],
)
def test_the_baseline_of_a_successor(facts: dict[str, Any], expected: int | None) -> None:
    assert successor_baseline(key_result(**facts), BaselineSource.LAST_VALUE) == expected
    assert successor_baseline(key_result(**facts), BaselineSource.SAME) == 1
