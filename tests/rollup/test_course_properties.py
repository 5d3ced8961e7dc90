"""A course says at any instant what domain.md, section 4, says of that instant, computed naively."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from service.cycles.pace import Policy
from service.rollup.course import (
    BEGINNING,
    Course,
    Said,
    Status,
    overruled,
    pace_course,
    restored,
    status_at,
    stored,
    with_check_ins,
    worst,
)

INSTANT, DAY = timedelta(microseconds=1), timedelta(days=1)
quick = settings(deadline=None, max_examples=200)

starts = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
spans = st.integers(1, 30) | st.integers(1, 400 * 86_400 * 10**6) | st.just(365 * 86_400 * 10**6)
shares = st.builds(Fraction, st.integers(0, 150), st.sampled_from([1, 7, 30, 100]))
percents = st.tuples(st.integers(0, 150), st.integers(0, 150)).map(sorted)
moments = st.tuples(st.booleans(), st.integers(-100, 1100), st.integers(0, 6), st.integers(-1, 1))
words = st.sampled_from([None, "ON_TRACK", "AT_RISK", "OFF_TRACK"])


class Case:
    """A goal in a cycle, what was said of it, and an instant: any, or one beside which something changes."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.start = draw(starts)
        self.end = self.start + draw(spans) * INSTANT
        self.at_risk, self.on_track = (Fraction(percent, 100) for percent in draw(percents))
        self.policy = Policy(float(self.on_track), float(self.at_risk), draw(st.integers(1, 366)))
        self.progress = draw(st.none() | shares.map(lambda share: min(share, Fraction(1))))
        self.regressed, self.is_control = draw(st.booleans()) and self.progress == 0, draw(st.booleans())
        self.fresh_for = timedelta(days=self.policy.cadence_days) + 3 * DAY
        self.said = None
        self.said = draw(st.none() | st.builds(Said, moments.map(self._instant), words))
        self.now = self._instant(draw(moments))

    def _instant(self, moment: tuple[bool, int, int, int]) -> datetime:
        is_any, part, mark, beside = moment
        length = self.end - self.start
        if is_any:
            return self.start + length * part / 1000
        last = max(self.said.at, self.start) if self.said else self.start
        marks = [self.start, self.end, last, last + self.fresh_for, self._passed(Fraction(1, 10))]
        if self.progress is not None:
            marks += [self._passed(self.progress / limit) for limit in (self.on_track, self.at_risk) if limit]
        return marks[mark % len(marks)] + beside * INSTANT

    def _passed(self, share: Fraction) -> datetime:
        return self.start + int(min(share, 2) * ((self.end - self.start) // INSTANT)) * INSTANT

    @property
    def course(self) -> Course:
        progress = None if self.progress is None else float(self.progress)
        kind = {"regressed": self.regressed, "is_control": self.is_control}
        return pace_course(progress, self.start, self.end, self.policy, **kind)

    @property
    def by_pace(self) -> str:
        if self.now < self.start:
            return "NOT_STARTED"
        if self.progress is None:
            return "PENDING"
        if self.progress >= 1 and (not self.is_control or self.now >= self.end):
            return "ACHIEVED"
        elapsed = min(Fraction((self.now - self.start) // INSTANT, (self.end - self.start) // INSTANT), Fraction(1))
        if elapsed < Fraction(1, 10) and not self.regressed:
            return "PENDING"
        # Nothing of no time is no pace.
        assume(elapsed > 0)
        pace = self.progress / elapsed
        return "ON_TRACK" if pace >= self.on_track else "AT_RISK" if pace >= self.at_risk else "OFF_TRACK"


cases = st.composite(Case)()


def well_formed(course: Course) -> bool:
    sinces = [step.since for step in course]
    changes = all((a.status, a.reason) != (b.status, b.reason) for a, b in pairwise(course))
    return sinces == sorted(set(sinces)) and sinces[0] == BEGINNING and changes


@settings(deadline=None, max_examples=300)
@given(cases)
def test_pace(case: Case) -> None:
    assert status_at(case.course, case.now).status == case.by_pace
    assert well_formed(case.course)


@settings(deadline=None, max_examples=300)
@given(cases)
def test_check_ins_overrule_pace_and_silence_overrules_both(case: Case) -> None:
    course = with_check_ins(case.course, case.said, case.start, case.end, case.policy)
    due = max(case.said.at, case.start) if case.said else case.start
    overdue = due + case.fresh_for
    is_said = case.said and case.said.status and case.now >= case.said.at
    expected = case.said.status if case.said and is_said else case.by_pace
    # After the end nobody is expected to check in.
    if case.now > overdue and overdue < case.end:
        expected = "OUTDATED"
    assert status_at(course, case.now).status == expected
    assert well_formed(course)


@quick
@given(cases)
def test_a_word_on_what_others_move_holds_while_it_is_fresh(case: Case) -> None:
    course = overruled(case.course, case.said, case.policy)
    said = case.said
    holds = said is not None and said.status and said.at <= case.now <= said.at + case.fresh_for
    expected = said.status if said and holds else case.by_pace
    assert status_at(course, case.now).status == expected
    assert well_formed(course)


@settings(deadline=None, max_examples=100)
@given(st.lists(cases, min_size=1, max_size=3), st.integers(0), st.integers(-1, 1))
def test_the_worst_is_the_worst_at_every_moment(several: list[Case], which: int, beside: int) -> None:
    courses = [with_check_ins(case.course, case.said, case.start, case.end, case.policy) for case in several]
    changes = sorted({step.since for course in courses for step in course})
    now = max(changes[which % len(changes)], BEGINNING + DAY) + beside * INSTANT
    order = list(Status)
    expected = max((status_at(course, now).status for course in courses), key=order.index)
    assert status_at(worst(courses), now).status == expected
    assert worst(reversed(courses)) == worst(courses)
    assert well_formed(worst(courses))


@quick
@given(cases)
def test_a_course_that_was_stored_is_the_same(case: Case) -> None:
    course = with_check_ins(case.course, case.said, case.start, case.end, case.policy)
    assert restored(*stored(course)) == course
    assert worst([course, course]) == worst([course])
