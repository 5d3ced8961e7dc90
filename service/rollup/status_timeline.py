"""The status of a goal as a step function of time (docs/decisions/0003).

The facts known today determine the status, the staleness and the divergence of a goal at every instant. A timeline is
stored. A read takes the change in force now.
"""

from bisect import bisect_right
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from operator import itemgetter
from typing import Any, NamedTuple, cast

from service.cadence.due import Cadence, due_after
from service.values.record import record


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


# The stored columns of a timeline, in the order of the fields of StatusChange.
TIMELINE_COLUMNS = ("status_since", "status_steps", "status_reasons", "staleness_steps", "diverging_steps")
BEGINNING = datetime(1, 1, 1, tzinfo=UTC)
GRACE = timedelta(days=3)


class StatusChange(NamedTuple):
    """The status of a goal from `since` until the next change. `status` is None if the goal is not in force.
    `staleness` is None if no check-in is expected. `diverges` is true while ON_TRACK is stated and pace gives
    OFF_TRACK."""

    since: datetime
    status: Status | None
    reason: StatusReason | None
    staleness: Staleness | None = None
    diverges: bool = False


StatusTimeline = tuple[StatusChange, ...]
NOT_IN_FORCE: StatusTimeline = ()
PLANNED: StatusTimeline = (StatusChange(BEGINNING, Status.NOT_STARTED, StatusReason.BEFORE_CYCLE),)
_NO_STATUS = StatusChange(BEGINNING, None, None)
# Without the checks of `_make`, which take most of its time.
_change_of = cast(Callable[[tuple[Any, ...]], StatusChange], partial(tuple.__new__, StatusChange))
_since = itemgetter(StatusChange._fields.index("since"))
# Stored names; looking them up takes a tenth of the time of calling the enum.
_STATUSES: dict[str | None, Status | None] = {None: None, **{each.value: each for each in Status}}
_REASONS: dict[str | None, StatusReason | None] = {None: None, **{each.value: each for each in StatusReason}}
_STALENESSES: dict[str | None, Staleness | None] = {None: None, **{each.value: each for each in Staleness}}
NO_SEVERITY = -1
_SEVERITY: dict[Status | None, int] = {None: NO_SEVERITY, **{status: rank for rank, status in enumerate(Status)}}
_WORST = {
    rank: StatusChange(BEGINNING, status, StatusReason.WORST_CONTRIBUTOR if status else None)
    for status, rank in _SEVERITY.items()
}


@record
class StatedStatus:
    """The newest check-in that states a status: `at` is the instant it is about."""

    at: datetime
    status: str


@record
class CheckInDue:
    """When the next check-in is due and overdue; None: never. With `is_lasting`, an achieved goal stays achieved and
    needs no check-in."""

    due_at: datetime | None
    overdue_at: datetime | None
    is_lasting: bool = False


def status_at(timeline: StatusTimeline, now: datetime) -> StatusChange:
    """The change in force at `now`. It has no status if the timeline is empty."""
    return timeline[max(bisect_right(timeline, now, key=_since) - 1, 0)] if timeline else _NO_STATUS


def worst_timeline(timelines: Iterable[StatusTimeline]) -> StatusTimeline:
    """The worst status of several timelines at each instant; empty without timelines."""
    several = list(timelines)
    if not several:
        return ()
    # Before its first change, a timeline has the status of that change.
    severities = [_SEVERITY[timeline[0].status] if timeline else NO_SEVERITY for timeline in several]
    changes = [
        (change.since, number, _SEVERITY[change.status])
        for number, timeline in enumerate(several)
        for change in timeline
    ]
    worst = {BEGINNING: max(severities)}
    for since, number, severity in sorted(changes):
        severities[number] = severity
        worst[since] = max(severities)
    return merge_changes(_change_of((since, *_WORST[severity][1:])) for since, severity in worst.items())


def with_stated_status(
    timeline: StatusTimeline, by_pace: StatusTimeline, stated_status: StatedStatus | None, cadence: Cadence
) -> StatusTimeline:
    """A timeline overridden by the stated status while that is valid, and by the worse of both afterwards.

    A stated status is valid until 3 days after the next check-in is due. It does not override ACHIEVED, NOT_STARTED or
    a breached guardrail. It diverges while it is ON_TRACK and `by_pace` is OFF_TRACK.
    """
    if stated_status is None:
        return timeline
    expires_at = expiry_of(stated_status, cadence)
    status = Status(stated_status.status)

    def change_at(moment: datetime) -> StatusChange:
        derived = _change_at(timeline, moment)
        if moment < stated_status.at or _outranks_check_ins(derived):
            return derived
        if moment >= expires_at:
            worst = max(derived.status or status, status, key=_SEVERITY.__getitem__)
            return StatusChange(moment, worst, StatusReason.STATED_STATUS_EXPIRED)
        diverges = status is Status.ON_TRACK and status_at(by_pace, moment).status is Status.OFF_TRACK
        return StatusChange(moment, status, StatusReason.STATED_IN_CHECK_IN, diverges=diverges)

    return _build_timeline({*_moments(timeline), *_moments(by_pace), stated_status.at, expires_at}, change_at)


def expiry_of(stated_status: StatedStatus, cadence: Cadence) -> datetime:
    """The instant from which a stated status is no longer valid."""
    return due_after(stated_status.at, cadence) + GRACE


def check_in_due_after(last: datetime, cadence: Cadence, *, is_lasting: bool = False) -> CheckInDue:
    """When the check-in after the one at `last` is due and overdue."""
    due_at = due_after(last, cadence)
    return CheckInDue(due_at, due_at + GRACE, is_lasting)


def with_staleness(
    timeline: StatusTimeline, due: CheckInDue | None, starts_at: datetime, ends_at: datetime
) -> StatusTimeline:
    """A timeline with staleness. No check-in is expected before `starts_at`, from `ends_at` on, or if `due` is
    None."""
    if due is None:
        return timeline

    def change_at(moment: datetime) -> StatusChange:
        change = _change_at(timeline, moment)
        if not starts_at <= moment < ends_at or (due.is_lasting and change.status is Status.ACHIEVED):
            return change
        if due.overdue_at is not None and moment >= due.overdue_at:
            return _with_staleness(change, Staleness.OVERDUE)
        is_due = due.due_at is not None and moment >= due.due_at
        return _with_staleness(change, Staleness.DUE if is_due else Staleness.FRESH)

    changes = (due.due_at, due.overdue_at, starts_at, ends_at)
    return _build_timeline({*_moments(timeline), *(each for each in changes if each is not None)}, change_at)


def with_breached_guardrail(timeline: StatusTimeline) -> StatusTimeline:
    """AT_RISK instead of ACHIEVED: a guardrail of the goal is in RED."""
    return _replace_status(timeline, Status.ACHIEVED, Status.AT_RISK, StatusReason.GUARDRAIL_BREACHED)


def with_unknown_guardrail(timeline: StatusTimeline) -> StatusTimeline:
    """ACHIEVED with the reason GUARDRAIL_UNKNOWN: a guardrail of the goal was never measured."""
    return _replace_status(timeline, Status.ACHIEVED, Status.ACHIEVED, StatusReason.GUARDRAIL_UNKNOWN)


def with_start(timeline: StatusTimeline, starts_at: datetime) -> StatusTimeline:
    """NOT_STARTED before the goal's own start, which those of its contributors may come before."""
    if all(change.status is Status.NOT_STARTED for change in timeline if change.since < starts_at):
        return timeline
    before = StatusChange(BEGINNING, Status.NOT_STARTED, StatusReason.BEFORE_CYCLE)
    later = (change for change in timeline if change.since > starts_at)
    return merge_changes([before, _change_at(timeline, starts_at), *later])


def with_missing_contributors(timeline: StatusTimeline) -> StatusTimeline:
    """ON_TRACK instead of ACHIEVED: contributors of the objective have no data."""
    return _replace_status(timeline, Status.ACHIEVED, Status.ON_TRACK, StatusReason.CONTRIBUTORS_WITHOUT_DATA)


def closed_timeline(timeline: StatusTimeline, ends_at: datetime) -> StatusTimeline:
    """The timeline of a goal in a closed cycle: its status at the end, without staleness."""
    return (StatusChange(BEGINNING, status_at(timeline, ends_at).status, StatusReason.CYCLE_CLOSED),)


def merge_changes(changes: Iterable[StatusChange]) -> StatusTimeline:
    """The changes in the order of time. Of several at one instant the last one stays. Repeated values are dropped."""
    merged: list[StatusChange] = []
    for change in sorted(changes, key=_since):
        if merged and merged[-1].since == change.since:
            merged.pop()
        if not merged or merged[-1][1:] != change[1:]:
            merged.append(change)
    return tuple(merged)


def to_columns(timeline: StatusTimeline) -> tuple[list[Any], ...]:
    """The columns that store a timeline: instants, statuses, reasons, staleness and divergence."""
    return tuple(map(list, zip(*timeline, strict=True))) if timeline else tuple([] for _ in StatusChange._fields)


def step_at(
    timeline: StatusTimeline, now: datetime
) -> tuple[datetime | None, datetime | None, str | None, str | None, str | None]:
    """The columns that store the step in force at `now`: from when (None: always), until when (None: for ever), its
    status, its staleness and the reason of the status."""
    number = max(bisect_right(timeline, now, key=_since) - 1, 0)
    step = timeline[number] if timeline else _NO_STATUS
    until = timeline[number + 1].since if number + 1 < len(timeline) else None
    return step.since if number else None, until, step.status, step.staleness, step.reason


def from_columns(
    since: Iterable[datetime],
    statuses: Iterable[str | None],
    reasons: Iterable[str | None],
    staleness: Iterable[str | None],
    diverging: Iterable[bool],
) -> StatusTimeline:
    """The timeline that is stored in these columns."""
    columns = (
        since,
        map(_STATUSES.__getitem__, statuses),
        map(_REASONS.__getitem__, reasons),
        map(_STALENESSES.__getitem__, staleness),
        diverging,
    )
    return tuple(map(_change_of, zip(*columns, strict=True)))


def _change_at(timeline: StatusTimeline, moment: datetime) -> StatusChange:
    """The change in force at `moment`, with `moment` as its `since`."""
    return _change_of((moment, *status_at(timeline, moment)[1:]))


def _with_staleness(change: StatusChange, staleness: Staleness) -> StatusChange:
    return _change_of((change.since, change.status, change.reason, staleness, change.diverges))


def _outranks_check_ins(change: StatusChange) -> bool:
    """Whether a change is not overridden by a stated status."""
    decided = (Status.ACHIEVED, Status.NOT_STARTED)
    return change.status in decided or change.reason is StatusReason.GUARDRAIL_BREACHED


def _replace_status(timeline: StatusTimeline, status: Status, instead: Status, reason: StatusReason) -> StatusTimeline:
    return merge_changes(
        change._replace(status=instead, reason=reason) if change.status is status else change for change in timeline
    )


def _moments(timeline: StatusTimeline) -> Sequence[datetime]:
    return [change.since for change in timeline]


def _build_timeline(moments: Iterable[datetime], change_at: Callable[[datetime], StatusChange]) -> StatusTimeline:
    """The timeline of `change_at` at the given instants and at the beginning."""
    return merge_changes(change_at(moment) for moment in {BEGINNING, *moments})
