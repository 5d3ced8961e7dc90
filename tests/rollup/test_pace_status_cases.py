"""Status by pace, case by case, down to the microsecond (domain.md, section 4)."""

from datetime import UTC, datetime, timedelta

import pytest

from service.cycles.pace import Policy
from service.rollup.course import pace_course, status_at

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 11, tzinfo=UTC)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
DEFAULT = Policy()


def after(days: float, microseconds: int = 0) -> datetime:
    """An instant of a cycle of a hundred days, in which a day is a hundredth."""
    return START + days * DAY + microseconds * INSTANT


@pytest.mark.parametrize(
    ("progress", "now", "status", "reason"),
    [
        *((p, after(0, -1), "NOT_STARTED", "BEFORE_CYCLE") for p in (None, 0.0, 0.5, 1.0)),
        *((p, after(-9999), "NOT_STARTED", "BEFORE_CYCLE") for p in (None, 0.0, 1.0)),
        *((p, after(0), "PENDING", "TOO_EARLY") for p in (0.0, 0.5, 0.99)),
        *((p, after(10, -1), "PENDING", "TOO_EARLY") for p in (0.0, 0.5, 0.99)),
        *((None, now, "PENDING", "NO_PROGRESS_YET") for now in (after(0), after(50), after(100), after(999))),
        (0.0, after(10), "OFF_TRACK", "PACE"),
        # A boundary belongs to the better side: 0.09 of 0.1 is a pace of 0.9.
        (0.09, after(10), "ON_TRACK", "PACE"),
        (0.09, after(10, 1), "AT_RISK", "PACE"),
        (0.07, after(10), "AT_RISK", "PACE"),
        (0.07, after(10, 1), "OFF_TRACK", "PACE"),
        (0.45, after(50), "ON_TRACK", "PACE"),
        (0.45, after(50, 1), "AT_RISK", "PACE"),
        (0.35, after(50), "AT_RISK", "PACE"),
        (0.35, after(50, 1), "OFF_TRACK", "PACE"),
        (0.27, after(30), "ON_TRACK", "PACE"),
        (0.63, after(70), "ON_TRACK", "PACE"),
        (0.63, after(70, 1), "AT_RISK", "PACE"),
        (0.63, after(90), "AT_RISK", "PACE"),
        (0.63, after(90, 1), "OFF_TRACK", "PACE"),
        *((0.9, now, "ON_TRACK", "PACE") for now in (after(99), after(100), after(999))),
        *((0.7, now, "AT_RISK", "PACE") for now in (after(100), after(999))),
        *((0.69, now, "OFF_TRACK", "PACE") for now in (after(99), after(100), after(999))),
        *((1.0, now, "ACHIEVED", "TARGET_MET") for now in (after(10), after(50), after(100), after(999))),
    ],
)
def test_pace_of_a_goal(progress: float | None, now: datetime, status: str, reason: str) -> None:
    found = status_at(pace_course(progress, START, END, DEFAULT), now)
    assert (found.status, found.reason) == (status, reason)


@pytest.mark.parametrize("now", [after(0, 1), after(1), after(9.9), after(10), after(100)])
def test_who_has_regressed_is_not_pending(now: datetime) -> None:
    assert status_at(pace_course(0.0, START, END, DEFAULT, regressed=True), now).status == "OFF_TRACK"


@pytest.mark.parametrize(
    ("progress", "now", "status"),
    [
        (1.0, after(0, -1), "NOT_STARTED"),
        (1.0, after(10, -1), "PENDING"),
        (1.0, after(10), "ON_TRACK"),
        (1.0, after(100, -1), "ON_TRACK"),
        (1.0, after(100), "ACHIEVED"),
        (1.0, after(999), "ACHIEVED"),
        (0.99, after(100), "ON_TRACK"),
        (0.0, after(100), "OFF_TRACK"),
        (None, after(100), "PENDING"),
    ],
)
def test_what_has_to_be_held_is_achieved_only_at_the_end(progress: float | None, now: datetime, status: str) -> None:
    assert status_at(pace_course(progress, START, END, DEFAULT, is_control=True), now).status == status


@pytest.mark.parametrize(
    ("policy", "progress", "now", "status"),
    [
        (Policy(0.3, 0.1), 0.03, after(10), "ON_TRACK"),
        (Policy(0.3, 0.1), 0.03, after(10, 1), "AT_RISK"),
        (Policy(0.3, 0.1), 0.03, after(30), "AT_RISK"),
        (Policy(0.3, 0.1), 0.03, after(30, 1), "OFF_TRACK"),
        (Policy(0.8, 0.8), 0.4, after(50), "ON_TRACK"),
        (Policy(0.8, 0.8), 0.4, after(50, 1), "OFF_TRACK"),
        (Policy(0.0, 0.0), 0.0, after(100), "ON_TRACK"),
        (Policy(0.5, 0.0), 0.0, after(100), "AT_RISK"),
        (Policy(1.5, 1.0), 0.5, after(40), "AT_RISK"),
    ],
)
def test_the_thresholds_are_data(policy: Policy, progress: float, now: datetime, status: str) -> None:
    assert status_at(pace_course(progress, START, END, policy), now).status == status
