"""Stated statuses and staleness, case by case, down to the microsecond (docs/numbers.md, 8 and 11)."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest

from service.cycles.pace import Policy
from service.rollup.pace_status import progress_course
from service.rollup.status_timeline import (
    BEGINNING,
    NOT_IN_FORCE,
    Due,
    Staleness,
    Stated,
    Status,
    StatusReason,
    Step,
    covered,
    due_after,
    guarded,
    outcome,
    restored,
    status_at,
    stored,
    with_staleness,
    with_statement,
)

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 11, tzinfo=UTC)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
DEFAULT = Policy()
MET, GOOD = Fraction(1), Fraction(97, 100)


def after(days: float, microseconds: int = 0) -> datetime:
    """An instant of a cycle of a hundred days, in which a day is a hundredth."""
    return START + days * DAY + microseconds * INSTANT


def said(status: str, days: float = 20) -> Stated:
    return Stated(after(days), status)


@pytest.mark.parametrize(
    ("stated", "progress", "now", "status", "reason"),
    [
        (None, GOOD, after(30), "ON_TRACK", "PACE"),
        (said("AT_RISK"), GOOD, after(0, -1), "NOT_STARTED", "BEFORE_CYCLE"),
        (said("AT_RISK"), GOOD, after(20, -1), "ON_TRACK", "PACE"),
        (said("AT_RISK"), GOOD, after(20), "AT_RISK", "STATED_IN_CHECK_IN"),
        (said("AT_RISK"), GOOD, after(30, -1), "AT_RISK", "STATED_IN_CHECK_IN"),
        # Expired, it is the worse of what was stated and of what the pace says.
        (said("AT_RISK"), GOOD, after(30), "AT_RISK", "STATED_STATUS_EXPIRED"),
        (said("ON_TRACK"), GOOD, after(30), "ON_TRACK", "STATED_STATUS_EXPIRED"),
        (said("ON_TRACK"), Fraction(0), after(30), "OFF_TRACK", "STATED_STATUS_EXPIRED"),
        (said("OFF_TRACK"), GOOD, after(99), "OFF_TRACK", "STATED_STATUS_EXPIRED"),
        (said("ON_TRACK"), None, after(20), "ON_TRACK", "STATED_IN_CHECK_IN"),
        (said("ON_TRACK"), None, after(30), "ON_TRACK", "STATED_STATUS_EXPIRED"),
        # What is achieved or has not begun is not overruled.
        (said("AT_RISK"), MET, after(20), "ACHIEVED", "TARGET_MET"),
        (said("AT_RISK"), MET, after(30), "ACHIEVED", "TARGET_MET"),
        # In the first tenth it is too early for the pace, and not for people.
        (said("ON_TRACK", 5), Fraction(0), after(5), "ON_TRACK", "STATED_IN_CHECK_IN"),
    ],
)
def test_a_stated_status_is_valid_for_the_cadence_and_three_days(
    stated: Stated | None, progress: Fraction | None, now: datetime, status: str, reason: str
) -> None:
    by_pace = progress_course(progress, START, END, DEFAULT)
    found = status_at(with_statement(by_pace, by_pace, stated, DEFAULT), now)
    assert (found.status, found.reason) == (status, reason)


@pytest.mark.parametrize(("cadence", "days"), [(1, 4), (7, 10), (30, 33), (90, 93)])
def test_the_cadence_is_data(cadence: int, days: int) -> None:
    policy = Policy(cadence_days=cadence)
    by_pace = progress_course(GOOD, START, END, policy)
    course = with_statement(by_pace, by_pace, said("OFF_TRACK", 0), policy)
    reasons = [status_at(course, moment).reason for moment in (after(days, -1), after(days))]
    assert reasons == ["STATED_IN_CHECK_IN", "STATED_STATUS_EXPIRED"]
    course = with_staleness(by_pace, due_after(START, policy), START, END)
    found = [status_at(course, after(*each)).staleness for each in ((cadence, -1), (cadence,), (days, -1), (days,))]
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
    by_pace = progress_course(Fraction(14, 100), START, END, DEFAULT)
    assert status_at(with_statement(by_pace, by_pace, said(status, 18), DEFAULT), now).diverges == diverges


@pytest.mark.parametrize(
    ("progress", "due", "now", "staleness"),
    [
        (GOOD, due_after(START, DEFAULT), after(0, -1), None),
        (GOOD, due_after(START, DEFAULT), after(0), "FRESH"),
        (GOOD, due_after(START, DEFAULT), after(7, -1), "FRESH"),
        (GOOD, due_after(START, DEFAULT), after(7), "DUE"),
        (GOOD, due_after(START, DEFAULT), after(10, -1), "DUE"),
        (GOOD, due_after(START, DEFAULT), after(10), "OVERDUE"),
        (GOOD, due_after(START, DEFAULT), after(100, -1), "OVERDUE"),
        (GOOD, due_after(START, DEFAULT), after(100), None),
        (None, due_after(START, DEFAULT), after(10), "OVERDUE"),
        # What is achieved can fall back, unless it lasts.
        (MET, due_after(START, DEFAULT), after(10), "OVERDUE"),
        (MET, due_after(START, DEFAULT, lasting=True), after(10), None),
        (GOOD, due_after(START, DEFAULT, lasting=True), after(10), "OVERDUE"),
        # A KPI that is never due, and one that has no measurement at all.
        (GOOD, Due(None, None), after(99), "FRESH"),
        (GOOD, Due(after(50), BEGINNING), after(0), "OVERDUE"),
        (GOOD, None, after(50), None),
    ],
)
def test_staleness(progress: Fraction | None, due: Due | None, now: datetime, staleness: str | None) -> None:
    course = with_staleness(progress_course(progress, START, END, DEFAULT), due, START, END)
    assert status_at(course, now).staleness == staleness


@pytest.mark.parametrize(
    ("change", "status", "reason"),
    [(guarded, "AT_RISK", "GUARDRAIL_BREACHED"), (covered, "ON_TRACK", "CONTRIBUTORS_WITHOUT_DATA")],
)
def test_what_keeps_a_goal_from_being_achieved(change: object, status: str, reason: str) -> None:
    by_pace = progress_course(MET, START, END, DEFAULT)
    found = status_at(change(by_pace), after(50))  # type: ignore[operator]
    assert (found.status, found.reason) == (status, reason)
    assert change(progress_course(GOOD, START, END, DEFAULT)) == progress_course(  # type: ignore[operator]
        GOOD, START, END, DEFAULT
    )


def test_a_breached_guardrail_comes_before_what_people_say() -> None:
    by_pace = progress_course(MET, START, END, DEFAULT)
    course = with_statement(guarded(by_pace), by_pace, said("ON_TRACK"), DEFAULT)
    assert status_at(course, after(25)).reason == "GUARDRAIL_BREACHED"


@pytest.mark.parametrize(
    ("progress", "status"), [(MET, "ACHIEVED"), (GOOD, "ON_TRACK"), (Fraction(8, 10), "AT_RISK"), (None, "PENDING")]
)
def test_a_closed_goal_is_what_it_came_to_at_the_end(progress: Fraction | None, status: str) -> None:
    course = outcome(progress_course(progress, START, END, DEFAULT), END)
    assert course == (Step(BEGINNING, Status(status), StatusReason.CYCLE_CLOSED),)


def test_what_is_not_in_force_has_no_status() -> None:
    assert status_at(NOT_IN_FORCE, after(50)) == Step(BEGINNING, None, None)


def test_a_course_is_stored_as_moments_and_words() -> None:
    by_pace = progress_course(Fraction(45, 100), START, END, DEFAULT)
    course = with_staleness(by_pace, due_after(START, DEFAULT), START, END)
    since, statuses, reasons, staleness, diverging = stored(course)
    assert (since[0], reasons[0]) == (datetime(1, 1, 1, tzinfo=UTC), "BEFORE_CYCLE")
    assert list(dict.fromkeys(statuses)) == ["NOT_STARTED", "PENDING", "ON_TRACK", "AT_RISK", "OFF_TRACK"]
    assert staleness == [None, "FRESH", "DUE", "OVERDUE", "OVERDUE", "OVERDUE", None]
    assert set(diverging) == {False}
    assert restored(since, statuses, reasons, staleness, diverging) == course
    assert list(Status) == ["ACHIEVED", "NOT_STARTED", "PENDING", "ON_TRACK", "AT_RISK", "OFF_TRACK"]
    assert list(Staleness) == ["FRESH", "DUE", "OVERDUE"]
