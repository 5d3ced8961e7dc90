"""Which status a goal takes from what counts toward it, and which of its own, case by case."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from service.key_results.progress import Definition, Evidence
from service.rollup.status_timeline import (
    BEGINNING,
    StatedStatus,
    Status,
    StatusChange,
    StatusReason,
    status_at,
    worst_timeline,
)
from service.rollup.tree import Edge, KeyResultNode, ObjectiveNode
from tests.kit.goal_trees import PARENT, START, edge, evaluated, key_result, objective

DAY = timedelta(days=1)
MIDDLE = START + 182 * DAY
NODE = objective(status="WORST_CONTRIBUTOR")


def saying(status: str, days: float = 180) -> StatedStatus:
    return StatedStatus(START + days * DAY, status)


def status(
    *key_results: KeyResultNode, node: ObjectiveNode = NODE, edges: tuple[Edge, ...] = (), now: datetime = MIDDLE
) -> tuple[str | None, str | None]:
    """Status and reason of an objective."""
    found = evaluated(node, key_results=key_results, edges=edges).objectives[PARENT].values
    step = status_at(found.timeline, now)
    return step.status, step.reason


GREEN, YELLOW, RED = (
    key_result(n, 50, stated_status=saying(s)) for n, s in ((11, "ON_TRACK"), (12, "AT_RISK"), (13, "OFF_TRACK"))
)
DONE = key_result(14, 100)
EXPIRED = key_result(15, 60, stated_status=saying("AT_RISK", 100))


@pytest.mark.parametrize(
    ("key_results", "expected"),
    [
        ([GREEN], "ON_TRACK"),
        ([GREEN, YELLOW], "AT_RISK"),
        ([RED, GREEN, YELLOW], "OFF_TRACK"),
        ([DONE, DONE], "ACHIEVED"),
        ([DONE, GREEN], "ON_TRACK"),
        ([DONE, RED], "OFF_TRACK"),
        ([EXPIRED, RED], "OFF_TRACK"),
        ([DONE, EXPIRED], "AT_RISK"),
    ],
)
def test_an_objective_is_as_its_worst_key_result(key_results: list[KeyResultNode], expected: str) -> None:
    renumbered = [replace(each, id=UUID(int=100 + number)) for number, each in enumerate(key_results)]
    assert status(*renumbered) == (expected, "WORST_CONTRIBUTOR")
    assert status(*reversed(renumbered)) == (expected, "WORST_CONTRIBUTOR")


@pytest.mark.parametrize(
    "more",
    [
        {"weight": 0.0},
        {"archived": True},
        {"lifecycle": "DRAFT"},
        {"lifecycle": "CANCELLED"},
        {"definition": Definition("MILESTONE")},
    ],
)
def test_what_does_not_count_makes_nothing_worse(more: dict[str, Any]) -> None:
    assert status(GREEN, replace(RED, **more)) == ("ON_TRACK", "WORST_CONTRIBUTOR")


@pytest.mark.parametrize("kind", ["CONTRIBUTES", "SUPPORTS"])
def test_only_what_contributes_can_make_it_worse(kind: str) -> None:
    late = (StatusChange(BEGINNING, Status.OFF_TRACK, StatusReason.PACE),)
    child = edge(21, 0.9, kind=kind)
    child = replace(child, child=child.child._replace(timeline=late))
    found = status(GREEN, node=replace(NODE, progress_source="BOTH"), edges=(child,))
    assert found[0] == ("OFF_TRACK" if kind == "CONTRIBUTES" else "ON_TRACK")


@pytest.mark.parametrize(("now", "expected"), [(START - DAY, "NOT_STARTED"), (START, "PENDING"), (MIDDLE, "PENDING")])
def test_with_nothing_to_count_it_waits(now: datetime, expected: str) -> None:
    assert status(now=now)[0] == expected
    assert status(replace(RED, weight=0.0), now=now)[0] == expected


def test_by_its_own_pace_it_does_not_ask_its_key_results() -> None:
    by_pace = objective(status="PACE")
    assert status(RED, node=by_pace) == ("ON_TRACK", "PACE")
    assert status(replace(GREEN, evidence=Evidence(Decimal(10))), node=by_pace) == ("OFF_TRACK", "PACE")


@pytest.mark.parametrize("source", ["WORST_CONTRIBUTOR", "PACE"])
def test_what_is_said_of_the_objective_itself_wins_while_fresh(source: str) -> None:
    node = replace(NODE, status_source=source, stated_status=saying("OFF_TRACK"))
    assert status(GREEN, node=node) == ("OFF_TRACK", "STATED_IN_CHECK_IN")
    assert status(GREEN, node=replace(node, stated_status=None))[0] == "ON_TRACK"
    assert status(DONE, node=node)[0] == "ACHIEVED"
    later = replace(node, stated_status=saying("AT_RISK"))
    fresh = replace(GREEN, stated_status=saying("ON_TRACK", 182))
    assert status(fresh, node=later, now=START + 191 * DAY) == ("AT_RISK", "STATED_STATUS_EXPIRED")


@pytest.mark.parametrize(
    ("stated", "value", "expected"),
    [
        (None, None, ("PENDING", "NO_PROGRESS_YET")),
        (None, "0.9", ("ON_TRACK", "PACE")),
        (saying("AT_RISK"), "0.9", ("AT_RISK", "STATED_IN_CHECK_IN")),
        (saying("ON_TRACK", 100), "0.4", ("AT_RISK", "STATED_STATUS_EXPIRED")),
        (None, "1", ("ACHIEVED", "TARGET_MET")),
        (None, "0.1", ("OFF_TRACK", "PACE")),
    ],
)
def test_a_manual_objective_has_to_be_checked_in(
    stated: StatedStatus | None, value: str | None, expected: tuple[str, str]
) -> None:
    stated_progress = None if value is None else Decimal(value)
    node = replace(NODE, progress_source="MANUAL", stated_status=stated, stated_progress=stated_progress)
    assert status(RED, node=node) == expected
    checked = replace(node, checked_in_at=START + 180 * DAY)
    found = [evaluated(each).objectives[PARENT].values.timeline for each in (node, checked)]
    assert [status_at(each, MIDDLE).staleness for each in found] == ["OVERDUE", "FRESH"]
    assert {step.staleness for step in evaluated(NODE, key_results=[GREEN]).objectives[PARENT].values.timeline} == {
        None
    }


@pytest.mark.parametrize(("without", "expected"), [(1.0, 0.5), (3.0, 0.25), (0.0, 1)])
def test_without_data_of_some_it_is_not_achieved(without: float, expected: float) -> None:
    silent = key_result(17, None, without)
    found = evaluated(NODE, key_results=[DONE, silent]).objectives[PARENT].values
    step = status_at(found.timeline, MIDDLE)
    assert (found.progress, float(found.coverage or 0)) == (1, expected)
    is_whole = expected == 1
    assert step.status == ("ACHIEVED" if is_whole else "ON_TRACK")
    assert step.reason == ("WORST_CONTRIBUTOR" if is_whole else "CONTRIBUTORS_WITHOUT_DATA")


@pytest.mark.parametrize(("more", "coverage"), [({"lifecycle": "DRAFT"}, 1), ({"archived": True}, 1)])
def test_what_is_not_in_force_is_no_gap(more: dict[str, Any], coverage: int) -> None:
    found = evaluated(NODE, key_results=[DONE, key_result(17, None, **more)]).objectives[PARENT].values
    assert found.coverage == coverage
    assert status_at(found.timeline, MIDDLE).status == "ACHIEVED"


def test_nothing_in_force_has_no_coverage() -> None:
    assert evaluated(NODE).objectives[PARENT].values.coverage is None
    assert evaluated(NODE, key_results=[replace(DONE, weight=0.0)]).objectives[PARENT].values.coverage is None


@pytest.mark.parametrize("lifecycle", ["DRAFT", "CANCELLED"])
def test_drafts_and_cancelled_goals_have_no_status(lifecycle: str) -> None:
    found = evaluated(replace(NODE, lifecycle=lifecycle), key_results=[replace(GREEN, lifecycle=lifecycle)])
    assert found.objectives[PARENT].values.timeline == found.key_results[GREEN.id].values.timeline == ()


def test_control_kinds_are_achieved_only_at_the_end_and_regress_does_not_wait() -> None:
    limit = Definition("AT_LEAST", target=Decimal(100))
    held = replace(DONE, definition=limit)
    ends = START + 365 * DAY
    assert [status(held, now=now)[0] for now in (START + 364 * DAY, ends)] == ["ON_TRACK", "ACHIEVED"]
    worse = key_result(16, -5)
    assert [status(each, now=START + DAY)[0] for each in (worse, GREEN)] == ["OFF_TRACK", "PENDING"]


def test_the_confidence_is_the_one_said_last() -> None:
    found = evaluated(replace(NODE, confidence=0.3), key_results=[replace(GREEN, confidence=0.8)])
    assert found.objectives[PARENT].values.confidence == 0.3
    assert found.key_results[GREEN.id].values.confidence == 0.8


def test_the_worst_of_nothing_is_nothing() -> None:
    assert worst_timeline([]) == ()
