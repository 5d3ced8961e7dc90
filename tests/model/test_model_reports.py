"""The model of reports and of carry-overs gives what the documents say (docs/numbers.md, 23; docs/cycles.md)."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from tests.model.carrying import Decision, KeyResultDecision, is_forbidden, outcomes, served, successor
from tests.model.exact import fraction
from tests.model.facts import Alignment, CarryOver, CheckIn, Cycle, KeyResult, Objective
from tests.model.goals import Moment, World
from tests.model.reporting import Report, band, third
from tests.model.standing import Standings
from tests.model.test_model_goals import ENDS, YEAR_START, key_result, on, world

NEXT = Cycle(ENDS, datetime(2026, 7, 1, tzinfo=UTC))


def report(made: World, now: datetime = ENDS) -> dict[str, Any]:
    """The report on the one cycle."""
    return Report(Standings(Moment(made, now)), "cycle", "me").total()


@pytest.mark.parametrize(
    ("created", "check_ins", "asked", "expected"),
    [
        (1, [], on(1, 7), (0, 0, None)),
        (1, [2], on(1, 7), (0, 0, None)),
        (1, [2], on(1, 8), (1, 1, 1)),
        (1, [2, 3, 4], on(1, 15), (2, 1, 0.5)),
        (1, [2, 8], on(1, 15), (2, 2, 1)),
        (5, [6, 13], on(1, 26), (3, 2, float(Fraction(2, 3)))),
        (1, [2], on(6, 1), (12, 1, float(Fraction(1, 12)))),
    ],
)
def test_check_in_rate(created: int, check_ins: list[int], asked: datetime, expected: tuple[object, ...]) -> None:
    goal = key_result("INCREASE", baseline=0, target=10, created=on(1, created))
    goal.check_ins = [CheckIn(on(1, day), on(1, day), place) for place, day in enumerate(check_ins)]
    activity = report(world(a=goal), asked)["activity"]
    assert (activity["expectedCount"], activity["metCount"], activity["checkInRate"]) == expected


def test_bands_and_thirds() -> None:
    scores = {"1": "GREEN", "0.7": "GREEN", "0.69": "YELLOW", "0.4": "YELLOW", "0.39": "RED"}
    assert {each: band(fraction(each)) for each in scores} == scores
    said = {"0": "LOW", "0.33": "LOW", "0.34": "MEDIUM", "0.66": "MEDIUM", "0.67": "HIGH", "1": "HIGH"}
    assert {each: third(fraction(each)) for each in said} == said
    assert (band(None), third(None)) == (None, "NONE")


@pytest.mark.parametrize(
    ("kind", "scores", "expected"),
    [
        ("ASPIRATIONAL", ("0.9", "0.8", None), (3, 2, 0.85, None, 0)),
        ("ASPIRATIONAL", ("0.9", "0.81", None), (3, 2, 0.855, "SANDBAGGING", 0)),
        ("ASPIRATIONAL", ("0.7", "0.1"), (2, 2, 0.4, None, 0)),
        ("ASPIRATIONAL", ("0.7", "0"), (2, 2, 0.35, "OVERREACH", 0)),
        ("COMMITTED", ("1", "0.9", None), (3, 2, 0.95, None, 1)),
        ("LEARNING", (None,), (1, 0, None, None, 0)),
    ],
)
def test_scores_by_kind(kind: str, scores: tuple[str | None, ...], expected: tuple[object, ...]) -> None:
    made = World(cycles={"cycle": Cycle(YEAR_START, ENDS)})
    for place, each in enumerate(scores):
        made.objectives[str(place)] = Objective(cycle="cycle", kind=kind, final_score=fraction(each))
    assert [tuple(each.values()) for each in report(made)["objectives"]["kinds"]] == [(kind, *expected)]


def test_counts_of_goals_with_groups() -> None:
    days = {"a": 30, "b": 30, "c": 2, "d": 3}
    goals = {name: key_result("INCREASE", 1, baseline=0, target=2, at=on(1, day)) for name, day in days.items()}
    made = world(**goals, e=key_result("BINARY", owner="me", lifecycle="DRAFT"))
    for each in made.key_results.values():
        each.created = YEAR_START
    made.key_results["a"].owner = "me"
    made.objectives["objective"].owner = "you"
    counted = Report(Standings(Moment(made, on(2, 4))), "cycle", "me")
    found = counted.total()
    assert found["keyResults"]["statuses"] == [{"status": "ON_TRACK", "count": 4, "overdueCount": 2}]
    assert (found["keyResults"]["greenShare"], found["keyResults"]["overdueCount"]) == (0.5, 2)
    assert found["keyResults"]["staleness"] == [
        {"staleness": "FRESH", "count": 2},
        {"staleness": "OVERDUE", "count": 2},
    ]
    assert found["objectives"]["alignment"] == [{"state": "UNALIGNED", "count": 1}]
    assert (found["activity"]["ownerCount"], found["activity"]["activeOwnerCount"]) == (2, 1)
    by_owner = {name: each["keyResults"]["count"] for name, each in counted.groups(counted.owner).items()}
    assert by_owner == {"me": 1, "you": 3}
    assert counted.groups(counted.level).keys() == {"TEAM"}


def carried_world(**key_results: KeyResult) -> World:
    """The world of one objective, with a cycle that comes next."""
    made = world(**key_results)
    made.cycles["next"] = NEXT
    return made


def test_the_last_value_becomes_the_baseline_if_the_target_is_not_met() -> None:
    made = carried_world(
        a=key_result("INCREASE", 30, baseline=0, target=100),
        b=key_result("REACH", 5, target=10),
        c=key_result("DECREASE", baseline=9, target=1),
        d=key_result("BINARY", lifecycle="CANCELLED"),
    )
    decision = Decision("objective", "KEEP", takes_last_value=True)
    new = successor(made, decision, "next", on(2, 1))
    assert {id: each and each.baseline for id, each in new.key_results.items()} == {"a": 30, "b": None, "c": 9}
    assert all(each and not each.check_ins for each in new.key_results.values())
    assert outcomes(made, [decision, decision], "next", on(2, 1)) == ["CREATED", "REFUSED"]
    made.key_results["a"].check_ins[0].value = Fraction(100)
    assert outcomes(made, [decision], "next", on(2, 1)) == ["REFUSED"]
    lower = Decision("objective", "MODIFY", True, {}, {"a": KeyResultDecision("MODIFY", {"target": Fraction(120)})})
    assert outcomes(made, [lower], "next", on(2, 1)) == ["CREATED"]
    named = Decision("objective", "MODIFY", key_results={"d": KeyResultDecision("KEEP")})
    assert [each and each.lifecycle for each in successor(made, named, "next", ENDS).key_results.values()] == [
        "ACTIVE"
    ] * 4


def test_decisions_that_are_sent_again_and_states() -> None:
    made = carried_world()
    keep, abandon = Decision("objective", "KEEP"), Decision("objective", "ABANDON")
    assert is_forbidden(made, [keep], "next", "cycle", on(2, 1))
    assert not is_forbidden(made, [keep], "cycle", "next", on(2, 1))
    made.carry_overs = [CarryOver("objective", "next", "ABANDON")]
    assert [outcomes(made, [each], "next", ENDS) for each in (keep, abandon)] == [["CREATED"], ["UNCHANGED"]]
    made.carry_overs = [CarryOver("objective", "next", "KEEP", "new")]
    assert [outcomes(made, [each], "next", ENDS) for each in (keep, abandon)] == [["UNCHANGED"], ["REFUSED"]]
    made.cycles["cycle"].state = "PLANNING"
    assert not is_forbidden(made, [keep], "cycle", "next", YEAR_START)


def test_what_a_successor_serves() -> None:
    made = carried_world(a=key_result("BINARY"))
    made.cycles["year"] = Cycle(YEAR_START, datetime(2027, 1, 1, tzinfo=UTC))
    made.objectives |= {name: Objective(cycle="cycle") for name in ("child", "left")}
    made.objectives |= {"new": Objective(cycle="next"), "top": Objective(cycle="year")}
    made.alignments = {
        "a": Alignment("child", parent_key_result="a"),
        "b": Alignment("child", "objective", kind="SUPPORTS"),
        "c": Alignment("child", "left"),
        "d": Alignment("child", "top"),
    }
    made.carry_overs = [CarryOver("objective", "next", "MODIFY", "new"), CarryOver("a", "next", "ABANDON")]
    now = on(2, 1)
    edges = list(made.alignments.values())
    # The objective stands in for the key result that does not go on.
    assert served(made, "child", "cycle", "next", now) == {("new", None): edges[:2], ("top", None): edges[3:]}
    made.objectives["new"].archived = True
    made.cycles["year"].state = "CLOSING"
    assert served(made, "child", "cycle", "next", now) == {}
