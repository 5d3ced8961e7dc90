"""Status by pace, case by case, down to the microsecond (docs/numbers.md, 7)."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from typing import Any

import pytest

from service.cycles.pace import Policy
from service.rollup.pace_status import Adherence, StatusRules, pace_timeline
from service.rollup.status_timeline import StatusChange, StatusTimeline, status_at
from service.values.decimals import decimal_from_float

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 11, tzinfo=UTC)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
DEFAULT = Policy()


def after(days: float, microseconds: int = 0) -> datetime:
    """An instant of a cycle of a hundred days, in which a day is a hundredth."""
    return START + days * DAY + microseconds * INSTANT


def timeline(progress: float | str | None, policy: Policy = DEFAULT, **more: Any) -> StatusTimeline:
    """The course of a goal that has made so much progress, a decimal number."""
    share = Fraction(progress) if isinstance(progress, str) else None
    if progress is not None and share is None:
        share = Fraction(decimal_from_float(float(progress)))
    return pace_timeline(share, START, END, policy, **more)


def at(progress: float | str | None, now: datetime, **more: Any) -> StatusChange:
    return status_at(timeline(progress, **more), now)


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
    found = at(progress, now)
    assert (found.status, found.reason) == (status, reason)


@pytest.mark.parametrize("now", [after(0, 1), after(1), after(9.9), after(10), after(100)])
def test_who_has_regressed_is_not_pending(now: datetime) -> None:
    assert at(0.0, now, regressed=True).status == "OFF_TRACK"


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
        # Progress itself is compared, whatever the time: a limit is held or it is not.
        *((0.9, now, "ON_TRACK") for now in (after(10), after(100, -1), after(100))),
        *((0.89, now, "AT_RISK") for now in (after(10), after(50), after(100))),
        *((0.7, now, "AT_RISK") for now in (after(10), after(50), after(100))),
        *((0.69, now, "OFF_TRACK") for now in (after(10), after(50), after(100))),
        (0.0, after(10, -1), "PENDING"),
    ],
)
def test_what_has_to_be_held_is_achieved_only_at_the_end(progress: float | None, now: datetime, status: str) -> None:
    assert at(progress, now, rules=StatusRules(is_control=True)).status == status


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (after(10, -1), "PENDING"),
        # Eight of eight that have a value; then nine, ten, eleven and twelve are expected.
        (after(10), "ON_TRACK"),
        (after(20, -1), "ON_TRACK"),
        (after(20), "AT_RISK"),
        (after(40, -1), "AT_RISK"),
        (after(40), "OFF_TRACK"),
        (after(100), "OFF_TRACK"),
    ],
)
def test_adherence_is_what_is_met_of_what_is_expected_so_far(now: datetime, status: str) -> None:
    adherence = Adherence(8, 8, [after(20), after(30), after(35), after(40)])
    assert at("8/12", now, rules=StatusRules(is_control=True, adherence=adherence)).status == status


@pytest.mark.parametrize(
    ("progress", "now", "status", "reason"),
    [
        (0.0, after(0, -1), "NOT_STARTED", "BEFORE_CYCLE"),
        (0.0, after(0), "PENDING", "TOO_EARLY"),
        (0.0, after(10), "PENDING", "NOT_DUE_YET"),
        (0.0, after(100, -1), "PENDING", "NOT_DUE_YET"),
        (0.0, after(100), "OFF_TRACK", "PACE"),
        (1.0, after(50), "ACHIEVED", "TARGET_MET"),
        (1.0, after(100), "ACHIEVED", "TARGET_MET"),
    ],
)
def test_what_is_all_or_nothing_is_pending_until_it_is_due(
    progress: float, now: datetime, status: str, reason: str
) -> None:
    found = at(progress, now, rules=StatusRules(is_all_or_nothing=True))
    assert (found.status, found.reason) == (status, reason)


@pytest.mark.parametrize(
    ("progress", "status"),
    [
        ("99999999999999999999/100000000000000000000", "ON_TRACK"),
        ("100000000000000000000/100000000000000000000", "ACHIEVED"),
        ("89999999999999/100000000000000", "AT_RISK"),
        ("90000000000000/100000000000000", "ON_TRACK"),
        ("69999999999999/100000000000000", "OFF_TRACK"),
    ],
)
def test_the_fraction_decides_and_not_a_float_of_it(progress: str, status: str) -> None:
    assert at(progress, after(100)).status == status


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
    assert at(progress, now, policy=policy).status == status
