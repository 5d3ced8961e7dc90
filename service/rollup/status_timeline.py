"""The standing of a goal as a step function of time, so that it can be stored although it depends on now.

What status a goal will have at any moment, how stale it will be, and whether what was stated contradicts its pace,
follows from the facts known today: each step says from when on it holds. A course is stored, `now` picks the step at
read (docs/decisions/0003).
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from typing import Any, NamedTuple

from service.cycles.pace import Policy


class Status(StrEnum):
    """From best to worst."""

    ACHIEVED = "ACHIEVED"
    NOT_STARTED = "NOT_STARTED"
    PENDING = "PENDING"
    ON_TRACK = "ON_TRACK"
    AT_RISK = "AT_RISK"
    OFF_TRACK = "OFF_TRACK"


class StatusReason(StrEnum):
    BEFORE_CYCLE = "BEFORE_CYCLE"
    TOO_EARLY = "TOO_EARLY"
    NOT_DUE_YET = "NOT_DUE_YET"
    NO_PROGRESS_YET = "NO_PROGRESS_YET"
    PACE = "PACE"
    TARGET_MET = "TARGET_MET"
    STATED_IN_CHECK_IN = "STATED_IN_CHECK_IN"
    STATED_STATUS_EXPIRED = "STATED_STATUS_EXPIRED"
    WORST_CONTRIBUTOR = "WORST_CONTRIBUTOR"
    CONTRIBUTORS_WITHOUT_DATA = "CONTRIBUTORS_WITHOUT_DATA"
    GUARDRAIL_BREACHED = "GUARDRAIL_BREACHED"
    CYCLE_CLOSED = "CYCLE_CLOSED"
    GUARDRAIL_UNKNOWN = "GUARDRAIL_UNKNOWN"


class Staleness(StrEnum):
    """From fresh to stale."""

    FRESH = "FRESH"
    DUE = "DUE"
    OVERDUE = "OVERDUE"


BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
GRACE = timedelta(days=3)


class Step(NamedTuple):
    """From `since` on, until the next step, this holds. `status` is None of what is not in force, `staleness` where
    no check-in is expected; it `diverges` while ON_TRACK is stated and pace says OFF_TRACK."""

    since: datetime
    status: Status | None
    reason: StatusReason | None
    staleness: Staleness | None = None
    diverges: bool = False


Course = tuple[Step, ...]
NOT_IN_FORCE: Course = ()
_nowhere = Step(BEGINNING, None, None)
_severity = {status: rank for rank, status in enumerate(Status)}


@dataclass(frozen=True, slots=True)
class Stated:
    """The newest check-in that states a status: when it was true, and the status."""

    at: datetime
    status: str


@dataclass(frozen=True, slots=True)
class Due:
    """When the next check-in is `due_at` (None: never), and since when it is `overdue_at`. `lasting`: what is
    achieved stays achieved, so that nobody has to confirm it."""

    due_at: datetime | None
    overdue_at: datetime | None
    lasting: bool = False


def status_at(course: Course, now: datetime) -> Step:
    """The step in force at `now`; one without a status where the course is empty."""
    return course[max(bisect_right(course, now, key=lambda step: step.since) - 1, 0)] if course else _nowhere


def worst(courses: Iterable[Course]) -> Course:
    """At each moment the worst status of several courses; empty when there are none."""
    several = list(courses)
    if not several:
        return ()

    def step(moment: datetime) -> Step:
        statuses = [status for course in several if (status := status_at(course, moment).status) is not None]
        found = max(statuses, key=_severity.__getitem__, default=None)
        return Step(moment, found, StatusReason.WORST_CONTRIBUTOR if found else None)

    return _at_each({step.since for course in several for step in course}, step)


def with_statement(course: Course, by_pace: Course, stated: Stated | None, policy: Policy) -> Course:
    """A course overruled by a stated status while that is valid; afterwards the worse of both counts.

    A statement is valid for the cadence and 3 days. It does not overrule what is achieved, blocked by a guardrail or
    not started. It diverges while it says ON_TRACK and `by_pace` says OFF_TRACK.
    """
    if stated is None:
        return course
    expires_at = expiry_of(stated, policy)
    said = Status(stated.status)

    def step(moment: datetime) -> Step:
        derived = _at(course, moment)
        if moment < stated.at or _decides(derived):
            return derived
        if moment >= expires_at:
            found = max(derived.status or said, said, key=_severity.__getitem__)
            return Step(moment, found, StatusReason.STATED_STATUS_EXPIRED)
        diverges = said is Status.ON_TRACK and status_at(by_pace, moment).status is Status.OFF_TRACK
        return Step(moment, said, StatusReason.STATED_IN_CHECK_IN, diverges=diverges)

    return _at_each({*_moments(course), *_moments(by_pace), stated.at, expires_at}, step)


def expiry_of(stated: Stated, policy: Policy) -> datetime:
    """From when on a stated status is not valid any more."""
    return stated.at + timedelta(days=policy.cadence_days) + GRACE


def due_after(last: datetime, policy: Policy, *, lasting: bool = False) -> Due:
    """When the check-in after the one of `last` is due, and overdue."""
    due_at = last + timedelta(days=policy.cadence_days)
    return Due(due_at, due_at + GRACE, lasting)


def with_staleness(course: Course, due: Due | None, starts_at: datetime, ends_at: datetime) -> Course:
    """A course with the staleness of its goal; no check-in is expected before the start and after the end, nor
    anywhere when `due` is None."""
    if due is None:
        return course

    def step(moment: datetime) -> Step:
        found = _at(course, moment)
        if not starts_at <= moment < ends_at or (due.lasting and found.status is Status.ACHIEVED):
            return found
        if due.overdue_at is not None and moment >= due.overdue_at:
            return found._replace(staleness=Staleness.OVERDUE)
        is_due = due.due_at is not None and moment >= due.due_at
        return found._replace(staleness=Staleness.DUE if is_due else Staleness.FRESH)

    changes = (due.due_at, due.overdue_at, starts_at, ends_at)
    return _at_each({*_moments(course), *(each for each in changes if each is not None)}, step)


def guarded(course: Course) -> Course:
    """A course of a goal one of whose guardrails is in RED: it cannot be achieved like that."""
    return _each(course, Status.ACHIEVED, Status.AT_RISK, StatusReason.GUARDRAIL_BREACHED)


def unguarded(course: Course) -> Course:
    """A course of a goal one of whose guardrails was never measured: it can be achieved, and the reason says so."""
    return _each(course, Status.ACHIEVED, Status.ACHIEVED, StatusReason.GUARDRAIL_UNKNOWN)


def covered(course: Course) -> Course:
    """A course of an objective some of whose contributors have no data: it cannot be achieved like that."""
    return _each(course, Status.ACHIEVED, Status.ON_TRACK, StatusReason.CONTRIBUTORS_WITHOUT_DATA)


def outcome(course: Course, ends_at: datetime) -> Course:
    """What a course comes to once its cycle is closed: its status at the end, and no check-in is expected."""
    return (Step(BEGINNING, status_at(course, ends_at).status, StatusReason.CYCLE_CLOSED),)


def tidy(steps: Iterable[Step]) -> Course:
    """Steps in order; of several at one moment the last given counts, and a step that changes nothing goes."""
    tidied: list[Step] = []
    for step in sorted(steps, key=lambda step: step.since):
        if tidied and tidied[-1].since == step.since:
            tidied.pop()
        if not tidied or tidied[-1][1:] != step[1:]:
            tidied.append(step)
    return tuple(tidied)


def stored(course: Course) -> tuple[list[Any], ...]:
    """A course as it is kept in columns: lists of when, what and why, of staleness and of divergence."""
    return tuple([getattr(step, name) for step in course] for name in Step._fields)


def restored(
    since: Iterable[datetime],
    statuses: Iterable[str | None],
    reasons: Iterable[str | None],
    staleness: Iterable[str | None],
    diverging: Iterable[bool],
) -> Course:
    """The course that `stored` made these lists of."""
    return tuple(
        Step(
            when,
            None if status is None else Status(status),
            None if reason is None else StatusReason(reason),
            None if stale is None else Staleness(stale),
            diverges,
        )
        for when, status, reason, stale, diverges in zip(since, statuses, reasons, staleness, diverging, strict=True)
    )


def _at(course: Course, moment: datetime) -> Step:
    """The step in force at a moment, as one that begins there."""
    return Step(moment, *status_at(course, moment)[1:])


def _decides(step: Step) -> bool:
    """Whether a step comes before what people state."""
    decided = (Status.ACHIEVED, Status.NOT_STARTED)
    return step.status in decided or step.reason is StatusReason.GUARDRAIL_BREACHED


def _each(course: Course, status: Status, instead: Status, reason: StatusReason) -> Course:
    return tidy(step._replace(status=instead, reason=reason) if step.status is status else step for step in course)


def _moments(course: Course) -> Sequence[datetime]:
    return [step.since for step in course]


def _at_each(moments: Iterable[datetime], step: Callable[[datetime], Step]) -> Course:
    """The course of what holds at each of the moments at which anything may change, and from the beginning."""
    return tidy(step(moment) for moment in {BEGINNING, *moments})
