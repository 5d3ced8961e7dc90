"""Which status a goal takes from what counts toward it, and which of its own, case by case."""

from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest

from service.key_results.progress import Definition, Evidence
from service.rollup.course import BEGINNING, Said, Status, StatusReason, Step, status_at, worst
from service.rollup.tree import Edge, KeyResultNode, ObjectiveNode
from tests.rollup.test_exclusion_cases import PARENT, START, edge, evaluated, key_result, objective

DAY = timedelta(days=1)
MIDDLE = START + 182 * DAY
NODE = objective(status="WORST_CONTRIBUTOR")


def saying(status: str | None, days: float = 180) -> Said:
    return Said(START + days * DAY, status)


def status(
    *key_results: KeyResultNode, node: ObjectiveNode = NODE, edges: tuple[Edge, ...] = (), now: datetime = MIDDLE
) -> tuple[str, str]:
    """Status and reason of an objective."""
    found = evaluated(node, key_results=key_results, edges=edges).objectives[PARENT].values
    step = status_at(found.course, now)
    return step.status, step.reason


GREEN, YELLOW, RED = (
    key_result(n, 50, said=saying(s)) for n, s in ((11, "ON_TRACK"), (12, "AT_RISK"), (13, "OFF_TRACK"))
)
DONE = key_result(14, 100, said=saying(None))
SILENT = key_result(15, 100, said=saying(None, 100))


@pytest.mark.parametrize(
    ("key_results", "expected"),
    [
        ([GREEN], "ON_TRACK"),
        ([GREEN, YELLOW], "AT_RISK"),
        ([RED, GREEN, YELLOW], "OFF_TRACK"),
        ([DONE, DONE], "ACHIEVED"),
        ([DONE, GREEN], "ON_TRACK"),
        ([DONE, RED], "OFF_TRACK"),
        ([SILENT, RED], "OUTDATED"),
        ([DONE, SILENT], "OUTDATED"),
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
    late = (Step(BEGINNING, Status.OUTDATED, StatusReason.CHECK_IN_OVERDUE),)
    child = edge(21, 0.9, kind=kind)
    child = replace(child, child=replace(child.child, course=late))
    found = status(GREEN, node=replace(NODE, progress_source="BOTH"), edges=(child,))
    assert found[0] == ("OUTDATED" if kind == "CONTRIBUTES" else "ON_TRACK")


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
    node = replace(NODE, status_source=source, said=saying("OFF_TRACK"))
    assert status(GREEN, node=node) == ("OFF_TRACK", "SAID_IN_CHECK_IN")
    assert status(GREEN, node=replace(node, said=saying(None)))[0] == "ON_TRACK"
    assert status(replace(GREEN, said=saying("ON_TRACK", 182)), node=node, now=START + 191 * DAY)[0] == "ON_TRACK"


@pytest.mark.parametrize(
    ("said", "value", "expected"),
    [
        (None, None, "OUTDATED"),
        (saying(None), 0.9, "ON_TRACK"),
        (saying("AT_RISK"), 0.9, "AT_RISK"),
        (saying("ON_TRACK", 100), 0.9, "OUTDATED"),
        (saying(None), 1.0, "ACHIEVED"),
        (saying(None), 0.1, "OFF_TRACK"),
    ],
)
def test_a_manual_objective_has_to_be_checked_in(said: Said | None, value: float | None, expected: str) -> None:
    assert status(RED, node=replace(NODE, progress_source="MANUAL", said=said, said_value=value))[0] == expected


def test_control_kinds_are_achieved_only_at_the_end_and_regress_does_not_wait() -> None:
    limit = Definition("AT_LEAST", target=Decimal(100))
    held = replace(DONE, definition=limit, said=Said(START + 360 * DAY))
    ends = START + 365 * DAY
    assert [status(held, now=now)[0] for now in (START + 364 * DAY, ends)] == ["ON_TRACK", "ACHIEVED"]
    worse = key_result(16, -5, said=Said(START))
    assert [status(each, now=START + DAY)[0] for each in (worse, GREEN)] == ["OFF_TRACK", "PENDING"]


def test_the_confidence_is_the_one_said_last() -> None:
    found = evaluated(replace(NODE, confidence=0.3), key_results=[replace(GREEN, confidence=0.8)])
    assert found.objectives[PARENT].values.confidence == 0.3
    assert found.key_results[GREEN.id].values.confidence == 0.8


def test_the_worst_of_nothing_is_nothing() -> None:
    assert worst([]) == ()
