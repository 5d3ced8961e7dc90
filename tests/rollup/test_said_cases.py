"""Status by silence and by word, case by case, down to the microsecond (domain.md, section 4)."""

from datetime import UTC, datetime, timedelta

import pytest

from service.cycles.pace import Policy
from service.rollup.course import Said, Status, overruled, pace_course, restored, status_at, stored, with_check_ins

START, END = datetime(2026, 1, 1, tzinfo=UTC), datetime(2026, 4, 11, tzinfo=UTC)
DAY, INSTANT = timedelta(days=1), timedelta(microseconds=1)
DEFAULT = Policy()


def after(days: float, microseconds: int = 0) -> datetime:
    """An instant of a cycle of a hundred days, in which a day is a hundredth."""
    return START + days * DAY + microseconds * INSTANT


SILENT = None
MET, GOOD = 1.0, 0.97
SAID = Said(after(20), "AT_RISK")
MUTE = Said(after(20))


@pytest.mark.parametrize(
    ("said", "progress", "now", "status"),
    [
        # Nobody has checked in since the start: 7 days and 3 of grace, and exactly then not yet.
        (SILENT, GOOD, after(0, -1), "NOT_STARTED"),
        (SILENT, GOOD, after(10), "ON_TRACK"),
        (SILENT, GOOD, after(10, 1), "OUTDATED"),
        (SILENT, MET, after(10, 1), "OUTDATED"),
        (SILENT, None, after(10), "PENDING"),
        (SILENT, None, after(10, 1), "OUTDATED"),
        (SILENT, GOOD, after(100), "OUTDATED"),
        (MUTE, GOOD, after(30), "ON_TRACK"),
        (MUTE, MET, after(30), "ACHIEVED"),
        (MUTE, GOOD, after(30, 1), "OUTDATED"),
        (SAID, GOOD, after(20, -1), "ON_TRACK"),
        (SAID, GOOD, after(20), "AT_RISK"),
        (SAID, MET, after(20), "AT_RISK"),
        (SAID, 0.0, after(30), "AT_RISK"),
        (SAID, GOOD, after(30, 1), "OUTDATED"),
        (Said(after(5), "ON_TRACK"), 0.0, after(5), "ON_TRACK"),
        (Said(after(5), "OFF_TRACK"), GOOD, after(15), "OFF_TRACK"),
        (Said(after(5), "OFF_TRACK"), GOOD, after(15, 1), "OUTDATED"),
        # Said before the start, it is due again as if said at the start.
        (Said(after(-50), "AT_RISK"), GOOD, after(10), "AT_RISK"),
        (Said(after(-50), "AT_RISK"), GOOD, after(10, 1), "OUTDATED"),
        # Due only at the end, it is not due any more.
        (Said(after(90), "AT_RISK"), GOOD, after(100), "AT_RISK"),
        (Said(after(90, -1), "AT_RISK"), GOOD, after(100, -1), "AT_RISK"),
        (Said(after(90, -1), "AT_RISK"), GOOD, after(100), "OUTDATED"),
    ],
)
def test_silence_is_never_green_and_a_fresh_word_wins(
    said: Said | None, progress: float | None, now: datetime, status: str
) -> None:
    by_pace = pace_course(progress, START, END, DEFAULT)
    assert status_at(with_check_ins(by_pace, said, START, END, DEFAULT), now).status == status


@pytest.mark.parametrize(("cadence", "days"), [(1, 4), (7, 10), (30, 33), (90, 93)])
def test_the_cadence_is_data(cadence: int, days: int) -> None:
    course = with_check_ins(pace_course(1.0, START, END, DEFAULT), None, START, END, Policy(cadence_days=cadence))
    found = [status_at(course, moment).status for moment in (after(days), after(days, 1))]
    assert found == ["ACHIEVED", "OUTDATED"]


@pytest.mark.parametrize(
    ("now", "status"),
    [
        (after(20, -1), "ON_TRACK"),
        (after(20), "AT_RISK"),
        (after(30), "AT_RISK"),
        (after(30, 1), "ON_TRACK"),
        (after(50), "ON_TRACK"),
        (after(50, 1), "AT_RISK"),
    ],
)
def test_on_what_others_move_a_word_holds_while_fresh_and_then_gives_way(now: datetime, status: str) -> None:
    course = overruled(pace_course(0.45, START, END, DEFAULT), SAID, DEFAULT)
    assert status_at(course, now).status == status


@pytest.mark.parametrize("said", [None, Said(after(20))])
def test_who_says_no_status_overrules_nothing(said: Said | None) -> None:
    course = pace_course(0.45, START, END, DEFAULT)
    assert overruled(course, said, DEFAULT) == course


def test_a_course_is_stored_as_moments_and_words() -> None:
    course = pace_course(0.45, START, END, DEFAULT)
    since, statuses, reasons = stored(course)
    assert (since[0], reasons[0]) == (datetime(1, 1, 1, tzinfo=UTC), "BEFORE_CYCLE")
    assert statuses == ["NOT_STARTED", "PENDING", "ON_TRACK", "AT_RISK", "OFF_TRACK"]
    assert {type(each) for each in (*statuses, *reasons)} == {str}
    assert restored(since, statuses, reasons) == course
    assert list(Status) == ["ACHIEVED", "NOT_STARTED", "PENDING", "ON_TRACK", "AT_RISK", "OFF_TRACK", "OUTDATED"]
