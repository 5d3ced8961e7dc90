"""The model of goals gives what the acceptance cases of goals say (docs/numbers.md, 3 to 11)."""

from datetime import UTC, datetime
from fractions import Fraction
from typing import Any

import pytest

from tests.model.exact import fraction, rounded, shown_float, stored
from tests.model.facts import Alignment, CheckIn, Cycle, Followed, KeyResult, Milestone, Objective
from tests.model.goals import Moment, World
from tests.model.key_result_progress import Progress
from tests.model.standing import Standing, Standings

YEAR_START = datetime(2026, 1, 1, tzinfo=UTC)
ENDS = datetime(2026, 4, 1, tzinfo=UTC)


def on(month: int, day: int) -> datetime:
    """Midnight of a day in 2026."""
    return datetime(2026, month, day, tzinfo=UTC)


def world(**key_results: KeyResult) -> World:
    """One objective over key results in a cycle of 90 days."""
    made = World(cycles={"cycle": Cycle(YEAR_START, ENDS)})
    made.objectives["objective"] = Objective(cycle="cycle", active_since=YEAR_START)
    for name, each in key_results.items():
        each.objective, each.active_since = "objective", YEAR_START
        made.key_results[name] = each
    return made


def key_result(kind: str, *values: object, at: datetime = YEAR_START, **facts: Any) -> KeyResult:
    """A key result with check-ins in this order at one moment."""
    numbers = {"baseline", "target", "change_by", "lower", "upper", "weight"}
    facts = {name: fraction(value) if name in numbers else value for name, value in facts.items()}
    check_ins = [CheckIn(at, at, place, value=fraction(value)) for place, value in enumerate(values)]
    return KeyResult(kind=kind, check_ins=check_ins, **facts)


def progress(kind: str, *values: object, **facts: Any) -> Progress:
    """Progress of a key result with these values."""
    return Moment(world(a=key_result(kind, *values, **facts)), on(2, 1)).progress("a")


PROMOTERS = {"baseline": 60, "target": 75}
PERCENT = {"change_by": 20, "baseline": 10}
RESPONSE = {"baseline": 12, "target": 4}
INFLOW = 3_500_000_000


@pytest.mark.parametrize(
    ("kind", "facts", "value", "raw"),
    [
        ("INCREASE", PROMOTERS, 66, "0.4"),
        ("INCREASE", PROMOTERS, 75, "1"),
        ("INCREASE", PROMOTERS, 80, "4/3"),
        ("INCREASE", PROMOTERS, 55, "-1/3"),
        ("DECREASE_BY_PERCENT", PERCENT, 9, "0.5"),
        ("DECREASE_BY_PERCENT", PERCENT, 11, "-0.5"),
        ("AT_LEAST", {"target": "4.5"}, "4.5", "1"),
        ("AT_LEAST", {"target": "4.5"}, "4.49", "0"),
        ("DECREASE", RESPONSE, 8, "0.5"),
        ("DECREASE", RESPONSE, 14, "-0.25"),
        ("DECREASE", RESPONSE, 2, "1.25"),
        ("DECREASE", RESPONSE, 12, "0"),
        ("INCREASE", {"baseline": "7.5", "target": 9}, "8.25", "0.5"),
        ("INCREASE", {"baseline": 80, "target": 95}, 92, "0.8"),
        ("DECREASE_BY_PERCENT", {"change_by": 25, "baseline": 40}, 35, "0.5"),
        ("INCREASE_BY", {"change_by": INFLOW, "baseline": 0}, INFLOW, "1"),
        ("INCREASE_BY", {"change_by": 2_000_000, "baseline": 5_000_000}, 6_000_000, "0.5"),
        ("BINARY", {}, 0, "0"),
        ("BINARY", {}, 1, "1"),
        ("REACH", {"target": 100}, 45, "0.45"),
        ("AT_LEAST", {"target": 100}, "99.9", "0"),
        ("AT_LEAST", {"target": 100, "mode": "DISTANCE"}, "99.9", "0.999"),
        ("AT_MOST", {"target": 10, "mode": "DISTANCE"}, 12, "0.8"),
        ("WITHIN_RANGE", {"lower": 85, "upper": 95}, 95, "1"),
        ("BASELINE", {}, 7, "1"),
        ("INCREASE", {"baseline": 5, "target": 5}, 5, "1"),
    ],
)
def test_progress_of_the_acceptance_cases(kind: str, facts: dict[str, Any], value: object, raw: str) -> None:
    found = progress(kind, value, **facts)
    assert (found.raw, found.regressed) == (Fraction(raw), Fraction(raw) < 0)


def test_progress_without_values() -> None:
    assert progress("DECREASE_BY_PERCENT", change_by=20) == Progress(None, "BASELINE_MISSING")
    assert progress("AT_LEAST", target=3) == Progress(None, "NO_DATA", target=Fraction(3))
    found = progress("INCREASE", baseline=60, target=75)
    assert found == Progress(Fraction(0), "NO_CHECK_IN", Fraction(60), Fraction(60), Fraction(75))
    assert progress("BINARY").raw == progress("BASELINE").raw == 0


def test_milestones_count_by_weight_or_by_number() -> None:
    stages = {
        "a": Milestone(Fraction(3), on(1, 5)),
        "b": Milestone(Fraction(1)),
        "c": Milestone(Fraction(9), archived=True),
    }
    assert progress("MILESTONE", milestones=stages).raw == Fraction(3, 4)
    stages["a"].weight = stages["b"].weight = Fraction(0)
    assert progress("MILESTONE", milestones=stages).raw == Fraction(1, 2)
    stages["a"].done_at = on(3, 1)
    assert progress("MILESTONE", milestones=stages).raw == 0


def test_adherence_is_periods_met_of_all_periods() -> None:
    held = key_result("AT_MOST", target=10, mode="ADHERENCE")
    for place, (day, value) in enumerate([(2, 9), (3, 11), (9, 10), (16, 10)]):
        held.check_ins.append(CheckIn(on(1, day), on(1, day), place, value=Fraction(value)))
    # 90 days are 12 weeks and 6 days; of the first week the last value counts.
    assert Moment(world(a=held), on(1, 20)).progress("a").raw == Fraction(2, 13)
    assert Standings(Moment(world(a=held), on(1, 20))).of("a").status == "OFF_TRACK"


def test_kpi_source_and_baseline_beyond_target() -> None:
    sales = Followed(Fraction(200_000), Fraction(215_000), "FRESH", None)
    found = progress("INCREASE_BY_PERCENT", change_by=15, value_source="KPI", followed=sales)
    assert (found.raw, found.target) == (Fraction(1, 2), 230_000)
    for current, raw in ((60, 0), (80, 1)):
        fallen = Followed(Fraction(100), Fraction(current), "FRESH", None)
        found = progress("INCREASE", target=80, value_source="KPI", followed=fallen)
        assert (found.raw, found.reason) == (raw, "BASELINE_BEYOND_TARGET")


def test_means_of_a7_a22_and_b8() -> None:
    def mean(*shares: object, weights: tuple[object, ...] = (1, 1, 1), child: object = None) -> Fraction | None:
        parts = {
            f"k{place}": key_result("INCREASE", share, baseline=0, target=1, weight=weight)
            for place, (share, weight) in enumerate(zip(shares, weights, strict=False))
        }
        made = world(**parts)
        if child is not None:
            said = [CheckIn(YEAR_START, YEAR_START, 0, value=fraction(child))]
            made.objectives["child"] = Objective(cycle="cycle", progress_source="MANUAL", check_ins=said)
            made.objectives["objective"].progress_source = "BOTH"
            made.alignments["edge"] = Alignment("child", "objective")
        return Moment(made, on(2, 1)).progress("objective").progress

    assert mean("0.4", "0.5", 1) == stored(Fraction(19, 30))
    assert mean("0.4", "0.5", 1, weights=(2, 1, 1)) == fraction("0.575")
    assert rounded(mean("0.27", "0.18", child="0.73") or Fraction(), 4) == fraction("0.3933")
    assert mean("0.59", "0.3") == fraction("0.445")
    assert shown_float(mean("0.59", "0.3")) == 0.445
    assert mean("0.5", weights=(0,)) is None
    assert Moment(world(), on(2, 1)).progress("objective") == Progress(None, "NO_CONTRIBUTORS")


def test_stated_status_expires_and_diverges() -> None:
    grown = key_result("INCREASE", baseline=0, target=100)
    grown.check_ins = [CheckIn(on(1, 8), on(1, 8), 0, value=Fraction(10), status="ON_TRACK")]
    found = {}
    for day in (13, 15, 19):
        standings = Standings(Moment(world(a=grown), on(1, day)))
        standing = standings.of("a")
        found[day] = (standing.status, standing.reason, standing.diverges, standings.staleness("a"))
        assert standings.next_due("a") == on(1, 15)
    assert found == {
        13: ("ON_TRACK", "STATED", False, "FRESH"),
        15: ("ON_TRACK", "STATED", True, "DUE"),
        19: ("OFF_TRACK", "STATED_STATUS_EXPIRED", False, "OVERDUE"),
    }
    assert standings.pace("a") == Fraction(1, 2)


@pytest.mark.parametrize(
    ("goal", "now", "expected"),
    [
        (key_result("INCREASE", 100, baseline=0, target=100, at=on(1, 8)), on(1, 19), ("ACHIEVED", "OVERDUE")),
        (key_result("BINARY", 1, at=on(1, 8)), on(1, 19), ("ACHIEVED", None)),
        (key_result("INCREASE", 100, baseline=0, target=100), on(4, 5), ("ACHIEVED", None)),
        (key_result("BINARY"), on(2, 15), ("PENDING", "OVERDUE")),
        (key_result("BINARY"), on(4, 2), ("OFF_TRACK", None)),
        (key_result("AT_LEAST", 5, target=5, at=on(2, 10)), on(2, 15), ("ON_TRACK", "FRESH")),
        (key_result("AT_LEAST", 5, target=5, at=on(2, 10)), on(4, 1), ("ACHIEVED", None)),
        (key_result("INCREASE", 1, baseline=0, target=1, guardrail_red=True), on(2, 1), ("AT_RISK", "OVERDUE")),
    ],
)
def test_status_and_staleness(goal: KeyResult, now: datetime, expected: tuple[str, str | None]) -> None:
    standings = Standings(Moment(world(a=goal), now))
    assert (standings.of("a").status, standings.staleness("a")) == expected


def test_objective_without_data_and_with_overdue_goals() -> None:
    made = world(a=key_result("INCREASE", 1, baseline=0, target=1), b=key_result("AT_LEAST", target=3))
    moment = Moment(made, on(2, 1))
    standing = Standings(moment).of("objective")
    assert (moment.progress("objective").raw, moment.coverage("objective")) == (1, Fraction(1, 2))
    assert (standing.status, standing.reason) == ("ON_TRACK", "CONTRIBUTORS_WITHOUT_DATA")

    days = {"a": 30, "b": 30, "c": 2, "d": 3}
    goals = {name: key_result("INCREASE", 1, baseline=0, target=2, at=on(1, day)) for name, day in days.items()}
    standings = Standings(Moment(world(**goals), on(2, 4)))
    assert (standings.of("objective").status, standings.overdue_below("objective")) == ("ON_TRACK", 2)
    assert standings.staleness("objective") is None


def test_a_closed_cycle_has_the_status_at_its_end_without_check_ins() -> None:
    grown = key_result("INCREASE", baseline=0, target=100)
    grown.check_ins = [CheckIn(on(3, 31), on(3, 31), 0, value=Fraction(80), status="OFF_TRACK")]
    made = world(a=grown)
    made.cycles["cycle"].state = "CLOSED"
    # The objective counts one of another cycle, which ON_TRACK is stated of at the end of this one, and not later.
    made.cycles["other"] = Cycle(YEAR_START, on(7, 1))
    said = [CheckIn(on(3, 28), on(3, 28), 0, value=Fraction("0.1"), status="ON_TRACK")]
    made.objectives["child"] = Objective(
        cycle="other", progress_source="MANUAL", check_ins=said, active_since=YEAR_START
    )
    made.objectives["objective"].progress_source = "ALIGNED_OBJECTIVES"
    made.alignments["edge"] = Alignment("child", "objective")
    for now in (on(3, 30), on(5, 1)):
        standings = Standings(Moment(made, now))
        assert standings.of("a") == Standing("AT_RISK", "CYCLE_CLOSED")
        assert standings.of("objective") == Standing("ON_TRACK", "CYCLE_CLOSED")
        assert (standings.staleness("a"), standings.next_due("a"), standings.past_due("a")) == (None, None, False)
    assert standings.of("child").status == "OFF_TRACK"


def test_a_cycle_that_awaits_its_activation() -> None:
    held = key_result("INCREASE", baseline=0, target=100)
    made = world(a=held)
    made.cycles["cycle"].is_manual = True
    standings = Standings(Moment(made, on(2, 1)))
    assert (standings.of("a").status, standings.staleness("a")) == ("NOT_STARTED", None)
    made.cycles["cycle"].state, made.cycles["cycle"].activated = "ACTIVE", on(1, 30)
    standings = Standings(Moment(made, on(2, 1)))
    assert (standings.of("a").status, standings.next_due("a")) == ("OFF_TRACK", on(2, 6))


def test_a_stated_status_does_not_overrule_contributors_that_have_not_started() -> None:
    made = world()
    made.cycles["later"] = Cycle(on(3, 1), on(7, 1))
    made.objectives["child"] = Objective(
        cycle="later",
        progress_source="MANUAL",
        active_since=YEAR_START,
        check_ins=[CheckIn(on(1, 2), on(1, 2), 0, Fraction(0))],
    )
    made.alignments["edge"] = Alignment("child", "objective")
    objective = made.objectives["objective"]
    objective.progress_source = "ALIGNED_OBJECTIVES"
    objective.check_ins = [CheckIn(on(2, 1), on(2, 1), 1, status="OFF_TRACK")]
    assert Standings(Moment(made, on(2, 2))).of("objective") == Standing("NOT_STARTED", "WORST_CONTRIBUTOR")
    # Its own pace is what a stated status diverges from.
    objective.check_ins[0].status = "ON_TRACK"
    made.cycles["later"].starts = on(1, 31)
    standing = Standings(Moment(made, on(2, 2))).of("objective")
    assert (standing.status, standing.diverges) == ("ON_TRACK", True)


def test_of_two_values_in_one_request_the_second_is_current() -> None:
    assert progress("REACH", 1, 2, target=4).current == 2
