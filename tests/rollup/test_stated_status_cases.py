"""Stated statuses and staleness, case by case, down to the microsecond (docs/numbers.md, 8 and 11)."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from service.cadence.due import Cadence
from service.cycles.pace import Policy
from service.rollup.pace_status import pace_timeline
from service.rollup.status_timeline import (
    BEGINNING,
    NOT_IN_FORCE,
    CheckInDue,
    Staleness,
    StatedStatus,
    Status,
    StatusChange,
    StatusReason,
    check_in_due_after,
    closed_timeline,
    from_columns,
    status_at,
    to_columns,
    with_breached_guardrail,
    with_missing_contributors,
    with_staleness,
    with_stated_status,
)

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 11, tzinfo=UTC)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
DEFAULT, CADENCE = Policy(), Cadence()
MET, GOOD = Fraction(1), Fraction(97, 100)


def after(days: float, microseconds: int = 0) -> datetime:
    """An instant of a cycle of a hundred days, in which a day is a hundredth."""
    return START + days * DAY + microseconds * INSTANT


def stated_status(status: str, days: float = 20) -> StatedStatus:
    return StatedStatus(after(days), status)


@pytest.mark.parametrize(
    ("stated", "progress", "now", "status", "reason"),
    [
        (None, GOOD, after(30), "ON_TRACK", "PACE"),
        (stated_status("AT_RISK"), GOOD, after(0, -1), "NOT_STARTED", "BEFORE_CYCLE"),
        (stated_status("AT_RISK"), GOOD, after(20, -1), "ON_TRACK", "PACE"),
        (stated_status("AT_RISK"), GOOD, after(20), "AT_RISK", "STATED_IN_CHECK_IN"),
        (stated_status("AT_RISK"), GOOD, after(30, -1), "AT_RISK", "STATED_IN_CHECK_IN"),
        # Expired, it is the worse of what was stated and of what the pace says.
        (stated_status("AT_RISK"), GOOD, after(30), "AT_RISK", "STATED_STATUS_EXPIRED"),
        (stated_status("ON_TRACK"), GOOD, after(30), "ON_TRACK", "STATED_STATUS_EXPIRED"),
        (stated_status("ON_TRACK"), Fraction(0), after(30), "OFF_TRACK", "STATED_STATUS_EXPIRED"),
        (stated_status("OFF_TRACK"), GOOD, after(99), "OFF_TRACK", "STATED_STATUS_EXPIRED"),
        (stated_status("ON_TRACK"), None, after(20), "ON_TRACK", "STATED_IN_CHECK_IN"),
        (stated_status("ON_TRACK"), None, after(30), "ON_TRACK", "STATED_STATUS_EXPIRED"),
        # What is achieved or has not begun is not overruled.
        (stated_status("AT_RISK"), MET, after(20), "ACHIEVED", "TARGET_MET"),
        (stated_status("AT_RISK"), MET, after(30), "ACHIEVED", "TARGET_MET"),
        # In the first tenth it is too early for the pace, and not for people.
        (stated_status("ON_TRACK", 5), Fraction(0), after(5), "ON_TRACK", "STATED_IN_CHECK_IN"),
    ],
)
def test_a_stated_status_is_valid_for_the_cadence_and_three_days(
    stated: StatedStatus | None, progress: Fraction | None, now: datetime, status: str, reason: str
) -> None:
    by_pace = pace_timeline(progress, START, END, DEFAULT)
    found = status_at(with_stated_status(by_pace, by_pace, stated, CADENCE), now)
    assert (found.status, found.reason) == (status, reason)


@pytest.mark.parametrize(("cadence", "days"), [(1, 4), (7, 10), (30, 33), (90, 93)])
def test_the_cadence_is_data(cadence: int, days: int) -> None:
    own = Cadence(cadence)
    by_pace = pace_timeline(GOOD, START, END, DEFAULT)
    timeline = with_stated_status(by_pace, by_pace, stated_status("OFF_TRACK", 0), own)
    reasons = [status_at(timeline, moment).reason for moment in (after(days, -1), after(days))]
    assert reasons == ["STATED_IN_CHECK_IN", "STATED_STATUS_EXPIRED"]
    timeline = with_staleness(by_pace, check_in_due_after(START, own), START, END)
    found = [status_at(timeline, after(*each)).staleness for each in ((cadence, -1), (cadence,), (days, -1), (days,))]
    assert found == ["FRESH", "DUE", "DUE", "OVERDUE"]


@pytest.mark.parametrize(
    ("status", "now", "diverges"),
    [
        # A progress of 0.14 falls below a pace of 0.7 after a fifth.
        ("ON_TRACK", after(20), False),
        ("ON_TRACK", after(20, 1), True),
        ("ON_TRACK", after(28, -1), True),
        ("ON_TRACK", after(28), False),
        ("AT_RISK", after(20, 1), False),
    ],
)
def test_a_statement_diverges_while_the_pace_is_off_track(status: str, now: datetime, diverges: bool) -> None:
    by_pace = pace_timeline(Fraction(14, 100), START, END, DEFAULT)
    assert status_at(with_stated_status(by_pace, by_pace, stated_status(status, 18), CADENCE), now).diverges == diverges


@pytest.mark.parametrize(
    ("progress", "due", "now", "staleness"),
    [
        (GOOD, check_in_due_after(START, CADENCE), after(0, -1), None),
        (GOOD, check_in_due_after(START, CADENCE), after(0), "FRESH"),
        (GOOD, check_in_due_after(START, CADENCE), after(7, -1), "FRESH"),
        (GOOD, check_in_due_after(START, CADENCE), after(7), "DUE"),
        (GOOD, check_in_due_after(START, CADENCE), after(10, -1), "DUE"),
        (GOOD, check_in_due_after(START, CADENCE), after(10), "OVERDUE"),
        (GOOD, check_in_due_after(START, CADENCE), after(100, -1), "OVERDUE"),
        (GOOD, check_in_due_after(START, CADENCE), after(100), None),
        (None, check_in_due_after(START, CADENCE), after(10), "OVERDUE"),
        # What is achieved can fall back, unless it lasts.
        (MET, check_in_due_after(START, CADENCE), after(10), "OVERDUE"),
        (MET, check_in_due_after(START, CADENCE, is_lasting=True), after(10), None),
        (GOOD, check_in_due_after(START, CADENCE, is_lasting=True), after(10), "OVERDUE"),
        # A KPI that is never due, and one that has no measurement at all.
        (GOOD, CheckInDue(None, None), after(99), "FRESH"),
        (GOOD, CheckInDue(after(50), BEGINNING), after(0), "OVERDUE"),
        (GOOD, None, after(50), None),
    ],
)
def test_staleness(progress: Fraction | None, due: CheckInDue | None, now: datetime, staleness: str | None) -> None:
    timeline = with_staleness(pace_timeline(progress, START, END, DEFAULT), due, START, END)
    assert status_at(timeline, now).staleness == staleness


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [
        (with_breached_guardrail, "AT_RISK", "GUARDRAIL_BREACHED"),
        (with_missing_contributors, "ON_TRACK", "CONTRIBUTORS_WITHOUT_DATA"),
    ],
)
def test_what_keeps_a_goal_from_being_achieved(change: object, status: str, reason: str) -> None:
    by_pace = pace_timeline(MET, START, END, DEFAULT)
    found = status_at(change(by_pace), after(50))  # type: ignore[operator]
    assert (found.status, found.reason) == (status, reason)
    assert change(pace_timeline(GOOD, START, END, DEFAULT)) == pace_timeline(  # type: ignore[operator]
        GOOD, START, END, DEFAULT
    )


def test_a_breached_guardrail_comes_before_what_people_say() -> None:
    by_pace = pace_timeline(MET, START, END, DEFAULT)
    timeline = with_stated_status(with_breached_guardrail(by_pace), by_pace, stated_status("ON_TRACK"), CADENCE)
    assert status_at(timeline, after(25)).reason == "GUARDRAIL_BREACHED"


@pytest.mark.parametrize(
    ("progress", "status"), [(MET, "ACHIEVED"), (GOOD, "ON_TRACK"), (Fraction(8, 10), "AT_RISK"), (None, "PENDING")]
)
def test_a_closed_goal_is_what_it_came_to_at_the_end(progress: Fraction | None, status: str) -> None:
    timeline = closed_timeline(pace_timeline(progress, START, END, DEFAULT), END)
    assert timeline == (StatusChange(BEGINNING, Status(status), StatusReason.CYCLE_CLOSED),)


def test_what_is_not_in_force_has_no_status() -> None:
    assert status_at(NOT_IN_FORCE, after(50)) == StatusChange(BEGINNING, None, None)


def test_a_course_is_stored_as_moments_and_words() -> None:
    by_pace = pace_timeline(Fraction(45, 100), START, END, DEFAULT)
    timeline = with_staleness(by_pace, check_in_due_after(START, CADENCE), START, END)
    since, statuses, reasons, staleness, diverging = to_columns(timeline)
    assert (since[0], reasons[0]) == (datetime(1, 1, 1, tzinfo=UTC), "BEFORE_CYCLE")
    assert list(dict.fromkeys(statuses)) == ["NOT_STARTED", "PENDING", "ON_TRACK", "AT_RISK", "OFF_TRACK"]
    assert staleness == [None, "FRESH", "DUE", "OVERDUE", "OVERDUE", "OVERDUE", None]
    assert set(diverging) == {False}
    assert from_columns(since, statuses, reasons, staleness, diverging) == timeline
    assert list(Status) == ["ACHIEVED", "NOT_STARTED", "PENDING", "ON_TRACK", "AT_RISK", "OFF_TRACK"]
    assert list(Staleness) == ["FRESH", "DUE", "OVERDUE"]
