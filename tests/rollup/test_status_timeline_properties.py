"""A course says at any instant what docs/numbers.md, 7 to 11, says of that instant, computed naively."""

from datetime import UTC, datetime, timedelta
from fractions import Fraction
from itertools import pairwise

from hypothesis import assume, given, settings
from hypothesis import strategies as st

from service.cadence.due import Cadence
from service.cycles.pace import Policy
from service.rollup.pace_status import StatusRules, pace_timeline
from service.rollup.status_timeline import (
    BEGINNING,
    StatedStatus,
    Status,
    StatusTimeline,
    check_in_due_after,
    from_columns,
    status_at,
    to_columns,
    with_staleness,
    with_stated_status,
    worst_timeline,
)
from tests.kit.examples import examples

INSTANT, DAY = timedelta(microseconds=1), timedelta(days=1)
quick = settings(deadline=None, max_examples=examples(60, 200))

starts = st.datetimes(datetime(1990, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC))
spans = st.integers(1, 30) | st.integers(1, 400 * 86_400 * 10**6) | st.just(365 * 86_400 * 10**6)
shares = st.builds(Fraction, st.integers(0, 150), st.sampled_from([1, 7, 30, 100]))
percents = st.tuples(st.integers(0, 150), st.integers(0, 150)).map(sorted)
moments = st.tuples(st.booleans(), st.integers(-100, 1100), st.integers(0, 6), st.integers(-1, 1))
words = st.sampled_from(["ON_TRACK", "AT_RISK", "OFF_TRACK"])


class Case:
    """A goal in a cycle, what was said of it, and an instant: any, or one beside which something changes."""

    def __init__(self, draw: st.DrawFn) -> None:
        self.start = draw(starts)
        self.end = self.start + draw(spans) * INSTANT
        self.at_risk, self.on_track = (Fraction(percent, 100) for percent in draw(percents))
        self.policy = Policy(float(self.on_track), float(self.at_risk))
        self.own = Cadence(draw(st.integers(1, 366)))
        self.progress = draw(st.none() | shares.map(lambda share: min(share, Fraction(1))))
        self.regressed = draw(st.booleans()) and self.progress == 0
        self.is_control, self.is_whole = draw(st.sampled_from([(False, False), (True, False), (False, True)]))
        self.cadence = timedelta(days=self.own.days)
        self.valid_for = self.cadence + 3 * DAY
        self.stated_status = None
        self.stated_status = draw(st.none() | st.builds(StatedStatus, moments.map(self._instant), words))
        self.now = self._instant(draw(moments))

    def _instant(self, moment: tuple[bool, int, int, int]) -> datetime:
        is_any, part, mark, beside = moment
        length = self.end - self.start
        if is_any:
            return self.start + length * part / 1000
        last = self.stated_status.at if self.stated_status else self.start
        marks = [self.start, self.end, last, last + self.cadence, last + self.valid_for, self._passed(Fraction(1, 10))]
        if self.progress is not None:
            marks += [self._passed(self.progress / limit) for limit in (self.on_track, self.at_risk) if limit]
        return marks[mark % len(marks)] + beside * INSTANT

    def _passed(self, share: Fraction) -> datetime:
        return self.start + int(min(share, Fraction(2)) * ((self.end - self.start) // INSTANT)) * INSTANT

    @property
    def timeline(self) -> StatusTimeline:
        rules = StatusRules(self.is_control, self.is_whole)
        limits = (self.start, self.end, self.policy)
        return pace_timeline(self.progress, *limits, regressed=self.regressed, rules=rules)

    @property
    def timeline_with_check_ins(self) -> StatusTimeline:
        timeline = with_stated_status(self.timeline, self.timeline, self.stated_status, self.own)
        last = self.stated_status.at if self.stated_status else self.start
        return with_staleness(timeline, check_in_due_after(last, self.own), self.start, self.end)

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
        if self.is_whole and self.now < self.end:
            return "PENDING"
        # Nothing of no time is no pace.
        assume(elapsed > 0)
        pace = self.progress if self.is_control else self.progress / elapsed
        return "ON_TRACK" if pace >= self.on_track else "AT_RISK" if pace >= self.at_risk else "OFF_TRACK"


cases = st.composite(Case)()


def well_formed(timeline: StatusTimeline) -> bool:
    sinces = [step.since for step in timeline]
    changes = all(a[1:] != b[1:] for a, b in pairwise(timeline))
    return sinces == sorted(set(sinces)) and sinces[0] == BEGINNING and changes


@settings(deadline=None, max_examples=examples(80, 300))
@given(cases)
def test_pace(case: Case) -> None:
    assert status_at(case.timeline, case.now).status == case.by_pace
    assert well_formed(case.timeline)


@settings(deadline=None, max_examples=examples(80, 300))
@given(cases)
def test_a_statement_overrules_while_it_is_valid_and_is_never_improved_on(case: Case) -> None:
    by_pace, stated = case.by_pace, case.stated_status
    expected, diverges = by_pace, False
    if stated and case.now >= stated.at and by_pace not in ("ACHIEVED", "NOT_STARTED"):
        is_valid = case.now < stated.at + case.valid_for
        expected = stated.status if is_valid else max(by_pace, stated.status, key=list[str](Status).index)
        diverges = is_valid and (stated.status, by_pace) == ("ON_TRACK", "OFF_TRACK")
    step = status_at(case.timeline_with_check_ins, case.now)
    assert (step.status, step.diverges) == (expected, diverges)
    assert well_formed(case.timeline_with_check_ins)


@settings(deadline=None, max_examples=examples(80, 300))
@given(cases)
def test_staleness_goes_by_the_age_of_the_last_check_in(case: Case) -> None:
    age = case.now - (case.stated_status.at if case.stated_status else case.start)
    expected = "FRESH" if age < case.cadence else "DUE" if age < case.valid_for else "OVERDUE"
    is_expected = case.start <= case.now < case.end
    assert status_at(case.timeline_with_check_ins, case.now).staleness == (expected if is_expected else None)


@settings(deadline=None, max_examples=100)
@given(st.lists(cases, min_size=1, max_size=3), st.integers(0), st.integers(-1, 1))
def test_the_worst_is_the_worst_at_every_moment(several: list[Case], which: int, beside: int) -> None:
    timelines = [case.timeline_with_check_ins for case in several]
    changes = sorted({step.since for timeline in timelines for step in timeline})
    now = max(changes[which % len(changes)], BEGINNING + DAY) + beside * INSTANT
    order: list[Status | None] = [*Status]
    expected = max((status_at(timeline, now).status for timeline in timelines), key=order.index)
    assert status_at(worst_timeline(timelines), now).status == expected
    assert worst_timeline(reversed(timelines)) == worst_timeline(timelines)
    assert well_formed(worst_timeline(timelines))


@quick
@given(cases)
def test_a_course_that_was_stored_is_the_same(case: Case) -> None:
    timeline = case.timeline_with_check_ins
    assert from_columns(*to_columns(timeline)) == timeline
    assert worst_timeline([timeline, timeline]) == worst_timeline([timeline])
