"""The status of a goal by its progress and the time that has passed (docs/numbers.md, 7, rules 3, 4, 6 and 7)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache

from service.cycles.pace import INSTANT, Policy
from service.rollup.status_timeline import BEGINNING, Course, Status, StatusReason, Step, tidy
from service.values.decimals import decimal_of

EARLY = Fraction(1, 10)
NEVER = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Adherence:
    """How many periods are `met` and how many have a value; when each period without one ends, in order."""

    met: int
    valued: int
    missing: Sequence[datetime] = ()


@dataclass(frozen=True, slots=True)
class Nature:
    """What a goal is judged by. A control kind holds a limit and is achieved only at the end; of an all-or-nothing
    kind nothing can be told before it is due."""

    is_control: bool = False
    is_all_or_nothing: bool = False
    adherence: Adherence | None = None


ORDINARY = Nature()


def progress_course(
    progress: Fraction | None,
    starts_at: datetime,
    ends_at: datetime,
    policy: Policy,
    *,
    regressed: bool = False,
    nature: Nature = ORDINARY,
) -> Course:
    """The course of a goal that nobody has stated a status of; `progress` is exact, 0..1."""
    before = Step(BEGINNING, Status.NOT_STARTED, StatusReason.BEFORE_CYCLE)
    if progress is None:
        return before, Step(starts_at, Status.PENDING, StatusReason.NO_PROGRESS_YET)
    if progress >= 1 and not nature.is_control:
        return before, Step(starts_at, Status.ACHIEVED, StatusReason.TARGET_MET)
    early_until = starts_at if regressed else _passed(starts_at, ends_at, EARLY)
    if nature.is_control:
        later = _by_limit(progress, early_until, nature.adherence, policy)
        if progress >= 1:
            later.append(Step(ends_at, Status.ACHIEVED, StatusReason.TARGET_MET))
    elif nature.is_all_or_nothing:
        due = Step(ends_at, _judged(progress, policy), StatusReason.PACE)
        later = [Step(early_until, Status.PENDING, StatusReason.NOT_DUE_YET), due]
    else:
        later = _by_pace(progress, early_until, starts_at, ends_at, policy)
    return tidy([before, Step(starts_at, Status.PENDING, StatusReason.TOO_EARLY), *later])


def _by_limit(progress: Fraction, since: datetime, adherence: Adherence | None, policy: Policy) -> list[Step]:
    """What a control kind is held to: its progress itself, or the share of the periods expected so far."""
    if adherence is None or not adherence.valued:
        return [Step(since, _judged(progress, policy), StatusReason.PACE)]
    met, valued = adherence.met, adherence.valued
    steps = [Step(since, _judged(Fraction(met, valued), policy), StatusReason.PACE)]
    for count, ended_at in enumerate(adherence.missing, start=valued + 1):
        steps.append(Step(max(since, ended_at), _judged(Fraction(met, count), policy), StatusReason.PACE))
    return steps


def _by_pace(progress: Fraction, since: datetime, starts_at: datetime, ends_at: datetime, policy: Policy) -> list[Step]:
    limits = [
        (since, Status.ON_TRACK),
        (_beyond(starts_at, ends_at, progress, policy.on_track), Status.AT_RISK),
        (_beyond(starts_at, ends_at, progress, policy.at_risk), Status.OFF_TRACK),
    ]
    # elapsed stays 1 after the end, so a limit that is not crossed by then never is.
    return [Step(max(at, since), status, StatusReason.PACE) for at, status in limits if at <= ends_at]


def _judged(share: Fraction, policy: Policy) -> Status:
    """The status of a share compared with the thresholds; a boundary belongs to the better side."""
    if share >= _threshold(policy.on_track):
        return Status.ON_TRACK
    return Status.AT_RISK if share >= _threshold(policy.at_risk) else Status.OFF_TRACK


@lru_cache(maxsize=256)
def _threshold(value: float) -> Fraction:
    return Fraction(decimal_of(value))


def _passed(starts_at: datetime, ends_at: datetime, share: Fraction) -> datetime:
    """The first instant at which `share` of the span has passed."""
    microseconds = Fraction((ends_at - starts_at) // INSTANT) * share
    return starts_at + timedelta(microseconds=-(-microseconds.numerator // microseconds.denominator))


def _beyond(starts_at: datetime, ends_at: datetime, progress: Fraction, threshold: float) -> datetime:
    """The first instant at which progress / elapsed is below the threshold; the boundary is the better side."""
    limit = _threshold(threshold)
    if limit == 0 or progress / limit >= 2:
        return NEVER
    microseconds = Fraction((ends_at - starts_at) // INSTANT) * progress / limit
    return starts_at + timedelta(microseconds=microseconds.numerator // microseconds.denominator) + INSTANT
