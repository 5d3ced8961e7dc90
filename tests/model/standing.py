"""Status, pace and staleness of goals (docs/numbers.md, 7 to 11)."""

from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction

from tests.model.facts import CONTROL_KINDS, DAY, CheckIn, KeyResult, Objective
from tests.model.goals import Moment
from tests.model.key_result_progress import expected_adherence

GRACE_DAYS = 3
BEST_TO_WORST = ("ACHIEVED", "NOT_STARTED", "PENDING", "ON_TRACK", "AT_RISK", "OFF_TRACK")
SETTLED_KINDS = ("MILESTONE", "BINARY", "BASELINE", "REACH")
FRESHNESS_TO_STALENESS = {"FRESH": "FRESH", "DUE": "DUE", "LATE": "OVERDUE", "MISSING": "OVERDUE"}


@dataclass(frozen=True)
class Standing:
    """How a goal stands: its status with a reason, and whether people and pace disagree."""

    status: str | None
    reason: str | None = None
    diverges: bool = False


class Standings:
    """How all goals stand at an instant, by the facts of a moment: that of the moment, unless another one is given."""

    def __init__(self, moment: Moment, instant: datetime | None = None) -> None:
        self.moment, self.now = moment, instant or moment.now
        self._found: dict[str, Standing] = {}
        self._others = {self.now: self}

    def at(self, instant: datetime) -> "Standings":
        """How they stand at another instant: what is known now, progress too, holds for all of them."""
        if instant not in self._others:
            self._others[instant] = Standings(self.moment, instant)
            self._others[instant]._others = self._others
        return self._others[instant]

    def of(self, id: str) -> Standing:
        """The standing of a key result or an objective: the first rule that matches."""
        if id not in self._found:
            self._found[id] = self._standing(id)
        return self._found[id]

    def pace(self, id: str) -> Fraction | None:
        """Progress / elapsed; null before the start and without progress."""
        progress, elapsed = self.moment.progress(id).progress, self.moment.span(id).elapsed(self.now)
        return None if progress is None or not elapsed else progress / elapsed

    def staleness(self, id: str) -> str | None:
        """FRESH, DUE or OVERDUE, or null where no check-in is expected."""
        if not self._expects_check_ins(id):
            return None
        key_result = self.moment.world.key_results.get(id)
        if key_result and key_result.value_source == "KPI":
            assert key_result.followed
            return FRESHNESS_TO_STALENESS[key_result.followed.freshness]
        due = self.next_due(id)
        assert due
        return "FRESH" if self.now < due else "DUE" if self.now < due + GRACE_DAYS * DAY else "OVERDUE"

    def next_due(self, id: str) -> datetime | None:
        """When the next check-in is due, or the next measurement of the KPI that is followed."""
        if not self._expects_check_ins(id):
            return None
        goal = self._goal(id)
        if isinstance(goal, KeyResult) and goal.followed and goal.value_source == "KPI":
            return goal.followed.next_measurement_due_at
        newest = goal.newest_check_in
        if newest is None or newest.at < self.moment.cycle(id).starts:
            return self.moment.cadence(id).after(self._active_since(id))
        return self.moment.cadence(id).after(max(newest.at, self.moment.span(id).starts))

    def past_due(self, id: str) -> bool:
        """Whether the goal should have been reached by now."""
        goal = self._goal(id)
        in_force = goal.lifecycle == "ACTIVE" and not goal.archived and self.moment.cycle(id).state != "CLOSED"
        return in_force and self.moment.span(id).ends <= self.now and self.of(id).status != "ACHIEVED"

    def overdue_below(self, id: str) -> int:
        """How many goals below an objective are OVERDUE."""
        return sum(self.staleness(each) == "OVERDUE" for each in self.moment.below(id))

    def breached(self, id: str) -> bool:
        """Whether a guardrail in RED blocks the goal or what counts toward it."""
        if id in self.moment.world.key_results and self.moment.world.key_results[id].guardrail_red:
            return True
        return any(self.breached(each.id) for each in self.moment.contributors(id) if each.counts and each.weight)

    def _goal(self, id: str) -> KeyResult | Objective:
        return self.moment.world.goal(id)

    def _active_since(self, id: str) -> datetime:
        goal = self._goal(id)
        assert goal.active_since
        since = max(goal.active_since, self.moment.span(id).starts)
        since = max(since, self.moment.cycle(id).activated or since)
        if isinstance(goal, KeyResult):
            above = self.moment.world.objectives[goal.objective].active_since
            assert above
            since = max(since, above)
        return since

    def _expects_check_ins(self, id: str) -> bool:
        goal, counted = self._goal(id), self.moment.counted(id)
        cycle = self.moment.cycle(id)
        if cycle.state == "CLOSED" or cycle.waits:
            return False
        if goal.archived or goal.lifecycle != "ACTIVE" or not counted.starts <= self.now < counted.ends:
            return False
        if isinstance(goal, Objective):
            return goal.progress_source == "MANUAL"
        objective = self.moment.world.objectives[goal.objective]
        if objective.archived or objective.lifecycle != "ACTIVE" or goal.value_source == "ALIGNED_OBJECTIVES":
            return False
        return not (goal.kind in SETTLED_KINDS and self.of(id).status == "ACHIEVED")

    def _standing(self, id: str) -> Standing:
        goal, cycle = self._goal(id), self.moment.cycle(id)
        if goal.lifecycle != "ACTIVE":
            return Standing(None)
        if cycle.state == "CLOSED":
            return Standing(self.at(cycle.ends)._computed(id).status, "CYCLE_CLOSED")
        computed = self._computed(id)
        if computed.status == "NOT_STARTED" or computed.reason in ("TARGET_MET", "GUARDRAIL_BREACHED"):
            return computed
        stated: CheckIn | None = goal.latest("status")
        # What was said before the start, in an earlier cycle, says nothing about this one.
        if stated is None or not cycle.starts <= stated.at <= self.now:
            return computed
        assert stated.status
        assert computed.status
        if self.now < self.moment.cadence(id).after(stated.at) + GRACE_DAYS * DAY:
            diverges = stated.status == "ON_TRACK" and self._by_progress(id).status == "OFF_TRACK"
            return Standing(stated.status, "STATED", diverges)
        return Standing(max(stated.status, computed.status, key=BEST_TO_WORST.index), "STATED_STATUS_EXPIRED")

    def _computed(self, id: str) -> Standing:
        """The standing as if nobody had stated one."""
        goal = self._goal(id)
        if self.now < self.moment.span(id).starts or self.moment.cycle(id).waits:
            return Standing("NOT_STARTED", "BEFORE_CYCLE")
        by_worst = isinstance(goal, Objective) and (
            goal.status_source == "WORST_CONTRIBUTOR" and goal.progress_source != "MANUAL"
        )
        if by_worst:
            return self._worst(id)
        return self._by_progress(id)

    def _by_progress(self, id: str) -> Standing:
        """Rules 4, 6 and 7, by the progress of the goal itself."""
        return self._met(id) or self._pending(id) or self._by_pace(id)

    def _worst(self, id: str) -> Standing:
        counted = [each for each in self.moment.contributors(id) if each.counts and each.weight]
        statuses = [status for each in counted if (status := self.of(each.id).status)]
        if not statuses:
            return Standing("PENDING")
        worst = max(statuses, key=BEST_TO_WORST.index)
        if worst != "ACHIEVED":
            return Standing(worst, "WORST_CONTRIBUTOR")
        return self._achieved(id)

    def _met(self, id: str) -> Standing | None:
        """Rule 4: the target is met, of a control kind at the end only."""
        progress = self.moment.progress(id).progress
        if progress is None or progress < 1:
            return None
        if self._is_control(id) and self.now < self.moment.span(id).ends:
            return None
        return self._achieved(id)

    def _achieved(self, id: str) -> Standing:
        if self.breached(id):
            return Standing("AT_RISK", "GUARDRAIL_BREACHED")
        coverage = self.moment.coverage(id)
        if coverage is not None and coverage < 1:
            return Standing("ON_TRACK", "CONTRIBUTORS_WITHOUT_DATA")
        return Standing("ACHIEVED", "TARGET_MET")

    def _pending(self, id: str) -> Standing | None:
        """Rule 6: it is too early, all or nothing and not due, or without progress."""
        goal, span, progress = self._goal(id), self.moment.span(id), self.moment.progress(id)
        early = span.elapsed(self.now) < Fraction(1, 10) and not progress.regressed
        whole = isinstance(goal, KeyResult) and (
            goal.kind in ("BINARY", "BASELINE") or (goal.kind == "MILESTONE" and len(goal.stages) == 1)
        )
        if early or (whole and self.now < span.ends) or progress.raw is None:
            return Standing("PENDING")
        return None

    def _by_pace(self, id: str) -> Standing:
        """Rule 7: pace; of a control kind progress itself, of ADHERENCE what was expected so far."""
        goal, measure, policy = self._goal(id), self.pace(id), self.moment.policy(id)
        if self._is_control(id):
            measure = self.moment.progress(id).progress
            if isinstance(goal, KeyResult) and goal.mode == "ADHERENCE":
                measure = expected_adherence(goal, self.moment.counted(id), self.moment.cadence(id).days, self.now)
        if measure is None:
            return Standing("PENDING")
        on_track, at_risk = measure >= policy.on_track, measure >= policy.at_risk
        return Standing("ON_TRACK" if on_track else "AT_RISK" if at_risk else "OFF_TRACK", "PACE")

    def _is_control(self, id: str) -> bool:
        goal = self._goal(id)
        return isinstance(goal, KeyResult) and goal.kind in CONTROL_KINDS
