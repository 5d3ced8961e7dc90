"""Status as a step function of time, so that it can be stored although it depends on now.

What a goal's status will be at any moment follows from the facts known today: each step says from when
on it holds. A course is stored, `now` picks the step at read (docs/decisions/0003).
"""

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from fractions import Fraction

from service.cycles.pace import Policy


class Status(StrEnum):
    """From best to worst."""

    ACHIEVED = "ACHIEVED"
    NOT_STARTED = "NOT_STARTED"
    PENDING = "PENDING"
    ON_TRACK = "ON_TRACK"
    AT_RISK = "AT_RISK"
    OFF_TRACK = "OFF_TRACK"
    OUTDATED = "OUTDATED"


class StatusReason(StrEnum):
    BEFORE_CYCLE = "BEFORE_CYCLE"
    TOO_EARLY = "TOO_EARLY"
    NO_PROGRESS_YET = "NO_PROGRESS_YET"
    PACE = "PACE"
    TARGET_MET = "TARGET_MET"
    SAID_IN_CHECK_IN = "SAID_IN_CHECK_IN"
    CHECK_IN_OVERDUE = "CHECK_IN_OVERDUE"
    WORST_CONTRIBUTOR = "WORST_CONTRIBUTOR"
    GUARDRAIL_BREACHED = "GUARDRAIL_BREACHED"


@dataclass(frozen=True, slots=True)
class Step:
    """From `since` on, until the next step, the status is this one."""

    since: datetime
    status: Status
    reason: StatusReason


Course = tuple[Step, ...]

BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
GRACE = timedelta(days=3)
EARLY = Fraction(1, 10)
_severity = {status: rank for rank, status in enumerate(Status)}
_instant = timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class Said:
    """The latest check-in: when it was true, and the status it states, if any."""

    at: datetime
    status: str | None = None


def status_at(course: Course, now: datetime) -> Step:
    """The step in force at `now`; the course must not be empty."""
    return course[max(bisect_right(course, now, key=lambda step: step.since) - 1, 0)]


def pace_course(
    progress: float | None,
    starts_at: datetime,
    ends_at: datetime,
    policy: Policy,
    *,
    regressed: bool = False,
    is_control: bool = False,
) -> Course:
    """The status by pace alone (domain.md, section 4).

    A control key result (AT_LEAST, AT_MOST, WITHIN_RANGE) is achieved only at the end.
    """
    before = Step(BEGINNING, Status.NOT_STARTED, StatusReason.BEFORE_CYCLE)
    if progress is None:
        return before, Step(starts_at, Status.PENDING, StatusReason.NO_PROGRESS_YET)
    if progress >= 1 and not is_control:
        return before, Step(starts_at, Status.ACHIEVED, StatusReason.TARGET_MET)
    duration = ends_at - starts_at
    early_until = starts_at if regressed else _share(starts_at, duration, EARLY)
    share = Fraction(progress)
    limits = [
        (early_until, Status.ON_TRACK),
        (_beyond(starts_at, duration, share, policy.on_track), Status.AT_RISK),
        (_beyond(starts_at, duration, share, policy.at_risk), Status.OFF_TRACK),
    ]
    steps = [before, Step(starts_at, Status.PENDING, StatusReason.TOO_EARLY)]
    for since, status in limits:
        # elapsed stays 1 after the end, so a limit that is not crossed by then never is.
        if since <= ends_at:
            steps.append(Step(max(since, early_until), status, StatusReason.PACE))
    if progress >= 1:
        steps.append(Step(ends_at, Status.ACHIEVED, StatusReason.TARGET_MET))
    return _tidy(steps)


def with_check_ins(course: Course, said: Said | None, starts_at: datetime, ends_at: datetime, policy: Policy) -> Course:
    """A course overruled by what was said, for as long as it is fresh; silence is OUTDATED.

    A check-in is overdue `cadence` and 3 days after the last one, or after the start; none is expected
    after the end.
    """
    last = max(said.at, starts_at) if said else starts_at
    overdue_at = last + timedelta(days=policy.cadence_days) + GRACE + _instant
    steps: list[Step] = list(course)
    if said and said.status:
        spoken = Step(said.at, Status(said.status), StatusReason.SAID_IN_CHECK_IN)
        steps = [step for step in steps if step.since < said.at] + [spoken]
    if overdue_at <= ends_at:
        late = Step(overdue_at, Status.OUTDATED, StatusReason.CHECK_IN_OVERDUE)
        steps = [step for step in steps if step.since < overdue_at] + [late]
    return _tidy(steps)


def overruled(course: Course, said: Said | None, policy: Policy) -> Course:
    """A course on which a stated status holds only while it is fresh, and then gives way again."""
    if said is None or said.status is None:
        return course
    until = said.at + timedelta(days=policy.cadence_days) + GRACE + _instant
    after = status_at(course, until)
    return _tidy(
        [
            *(step for step in course if step.since < said.at),
            Step(said.at, Status(said.status), StatusReason.SAID_IN_CHECK_IN),
            Step(until, after.status, after.reason),
            *(step for step in course if step.since > until),
        ]
    )


def guarded(course: Course) -> Course:
    """A course of a goal one of whose guardrails is in RED: it cannot be achieved like that."""
    return _tidy(
        [
            Step(step.since, Status.AT_RISK, StatusReason.GUARDRAIL_BREACHED)
            if step.status is Status.ACHIEVED
            else step
            for step in course
        ]
    )


def worst(courses: Iterable[Course]) -> Course:
    """At each moment the worst of several courses; empty when there are none."""
    several = list(courses)
    if not several:
        return ()
    moments = sorted({step.since for course in several for step in course})
    steps = []
    for moment in moments:
        status = max((status_at(course, moment).status for course in several), key=_severity.__getitem__)
        steps.append(Step(moment, status, StatusReason.WORST_CONTRIBUTOR))
    return _tidy(steps)


def stored(course: Course) -> tuple[list[datetime], list[str], list[str]]:
    """A course as it is kept in columns: lists of when, what and why."""
    return (
        [each.since for each in course],
        [each.status.value for each in course],
        [each.reason.value for each in course],
    )


def restored(since: Iterable[datetime], statuses: Iterable[str], reasons: Iterable[str]) -> Course:
    """The course that `stored` made these lists of."""
    return tuple(
        Step(each, Status(status), StatusReason(reason))
        for each, status, reason in zip(since, statuses, reasons, strict=True)
    )


def _share(starts_at: datetime, duration: timedelta, share: Fraction) -> datetime:
    """The first instant at which `share` of the cycle has passed."""
    microseconds = Fraction(duration // _instant) * share
    return starts_at + timedelta(microseconds=-(-microseconds.numerator // microseconds.denominator))


def _beyond(starts_at: datetime, duration: timedelta, progress: Fraction, threshold: float) -> datetime:
    """The first instant at which progress / elapsed is below the threshold; the boundary is the better side."""
    if threshold == 0:
        return datetime.max.replace(tzinfo=UTC)
    # To their authors 0.9 is nine tenths and 0.3 three tenths, which no binary fraction is.
    share = progress.limit_denominator(10**12) / Fraction(str(threshold))
    if share >= 2:
        return datetime.max.replace(tzinfo=UTC)
    microseconds = Fraction(duration // _instant) * share
    return starts_at + timedelta(microseconds=microseconds.numerator // microseconds.denominator) + _instant


def _tidy(steps: list[Step]) -> Course:
    """Steps in order; of several at one moment the last said counts, and a step that changes nothing goes."""
    tidied: list[Step] = []
    for step in sorted(steps, key=lambda step: step.since):
        if tidied and tidied[-1].since == step.since:
            tidied.pop()
        if not tidied or (tidied[-1].status, tidied[-1].reason) != (step.status, step.reason):
            tidied.append(step)
    return tuple(tidied)
