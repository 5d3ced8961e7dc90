"""The status of a goal by its progress and the time that has passed (docs/numbers.md, 7, rules 3, 4, 6 and 7)."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from fractions import Fraction
from functools import lru_cache

from service.cycles.pace import INSTANT, Policy
from service.rollup.status_timeline import BEGINNING, Status, StatusChange, StatusReason, StatusTimeline, merge_changes
from service.values.decimals import decimal_from_float
from service.values.record import record

EARLY_SHARE = Fraction(1, 10)
NEVER = datetime.max.replace(tzinfo=UTC)


@record
class Adherence:
    """How many periods are `met` and how many have a value; `missing` are the ends of those without, in order."""

    met: int
    valued: int
    missing: Sequence[datetime] = ()


@record
class StatusRules:
    """How the status of a goal is computed. A control kind is achieved only at the end. An all-or-nothing kind is
    PENDING until the end of the cycle."""

    is_control: bool = False
    is_all_or_nothing: bool = False
    adherence: Adherence | None = None


DEFAULT_RULES = StatusRules()


def pace_timeline(
    progress: Fraction | None,
    starts_at: datetime,
    ends_at: datetime,
    policy: Policy,
    *,
    regressed: bool = False,
    rules: StatusRules = DEFAULT_RULES,
) -> StatusTimeline:
    """The timeline of a goal without a stated status; `progress` is exact, 0..1."""
    before = StatusChange(BEGINNING, Status.NOT_STARTED, StatusReason.BEFORE_CYCLE)
    if progress is None:
        return before, StatusChange(starts_at, Status.PENDING, StatusReason.NO_PROGRESS_YET)
    if progress >= 1 and not rules.is_control:
        return before, StatusChange(starts_at, Status.ACHIEVED, StatusReason.TARGET_MET)
    early_until = starts_at if regressed else _instant_at_share(starts_at, ends_at, EARLY_SHARE)
    if rules.is_control:
        later = _limit_changes(progress, early_until, rules.adherence, policy)
        if progress >= 1:
            later.append(StatusChange(ends_at, Status.ACHIEVED, StatusReason.TARGET_MET))
    elif rules.is_all_or_nothing:
        due = StatusChange(ends_at, _status_of_share(progress, policy), StatusReason.PACE)
        later = [StatusChange(early_until, Status.PENDING, StatusReason.NOT_DUE_YET), due]
    else:
        later = _pace_changes(progress, early_until, starts_at, ends_at, policy)
    return merge_changes([before, StatusChange(starts_at, Status.PENDING, StatusReason.TOO_EARLY), *later])


def _limit_changes(
    progress: Fraction, since: datetime, adherence: Adherence | None, policy: Policy
) -> list[StatusChange]:
    """The changes of a control kind, by its progress or by the share of the periods expected so far that are met."""
    if adherence is None or not adherence.valued:
        return [StatusChange(since, _status_of_share(progress, policy), StatusReason.PACE)]
    met, valued = adherence.met, adherence.valued
    changes = [StatusChange(since, _status_of_share(Fraction(met, valued), policy), StatusReason.PACE)]
    for count, ended_at in enumerate(adherence.missing, start=valued + 1):
        changes.append(
            StatusChange(max(since, ended_at), _status_of_share(Fraction(met, count), policy), StatusReason.PACE)
        )
    return changes


def _pace_changes(
    progress: Fraction, since: datetime, starts_at: datetime, ends_at: datetime, policy: Policy
) -> list[StatusChange]:
    limits = [
        (since, Status.ON_TRACK),
        (_instant_below_pace(starts_at, ends_at, progress, policy.on_track), Status.AT_RISK),
        (_instant_below_pace(starts_at, ends_at, progress, policy.at_risk), Status.OFF_TRACK),
    ]
    # `elapsed` stays 1 after the end, so a limit that is not crossed by then is never crossed.
    return [StatusChange(max(at, since), status, StatusReason.PACE) for at, status in limits if at <= ends_at]


def _status_of_share(share: Fraction, policy: Policy) -> Status:
    """The status of a share. A share exactly on a threshold has the better status."""
    if share >= _threshold(policy.on_track):
        return Status.ON_TRACK
    return Status.AT_RISK if share >= _threshold(policy.at_risk) else Status.OFF_TRACK


@lru_cache(maxsize=256)
def _threshold(value: float) -> Fraction:
    return Fraction(decimal_from_float(value))


def _instant_at_share(starts_at: datetime, ends_at: datetime, share: Fraction) -> datetime:
    """The first instant at which `share` of the span has passed."""
    microseconds = Fraction((ends_at - starts_at) // INSTANT) * share
    return starts_at + timedelta(microseconds=-(-microseconds.numerator // microseconds.denominator))


def _instant_below_pace(starts_at: datetime, ends_at: datetime, progress: Fraction, threshold: float) -> datetime:
    """The first instant at which progress / elapsed is below the threshold; NEVER if there is none."""
    limit = _threshold(threshold)
    if limit == 0 or progress / limit >= 2:
        return NEVER
    microseconds = Fraction((ends_at - starts_at) // INSTANT) * progress / limit
    return starts_at + timedelta(microseconds=microseconds.numerator // microseconds.denominator) + INSTANT
