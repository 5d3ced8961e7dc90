"""Roll-up and coverage (docs/numbers.md, 6), and what a whole organization of goals looks like at one moment."""

from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from functools import cached_property

from tests.model.exact import stored
from tests.model.facts import Alignment, Cadence, CarryOver, Cycle, KeyResult, Objective, Policy
from tests.model.key_result_progress import Progress, key_result_progress


@dataclass
class World:
    """All facts about goals of one organization, by id."""

    policy: Policy = field(default_factory=Policy)
    cycles: dict[str, Cycle] = field(default_factory=dict)
    objectives: dict[str, Objective] = field(default_factory=dict)
    key_results: dict[str, KeyResult] = field(default_factory=dict)
    alignments: dict[str, Alignment] = field(default_factory=dict)
    carry_overs: list[CarryOver] = field(default_factory=list)
    team_cadences: dict[str, Cadence | None] = field(default_factory=dict)

    def goal(self, id: str) -> KeyResult | Objective:
        """A key result or an objective."""
        return self.key_results.get(id) or self.objectives[id]


@dataclass(frozen=True)
class Contributor:
    """What may count toward a goal: its id, weight, and whether it is active and has progress."""

    id: str
    weight: Fraction
    active: bool
    progress: Fraction | None
    raw: Fraction | None

    @property
    def counts(self) -> bool:
        return self.active and self.progress is not None


class Moment:
    """A world as it is at one moment; every answer is computed from the facts."""

    def __init__(self, world: World, now: datetime) -> None:
        self.world, self.now = world, now
        self._progress: dict[str, Progress] = {}

    @cached_property
    def _edges(self) -> list[Alignment]:
        return [edge for edge in self.world.alignments.values() if not edge.archived]

    def cycle(self, id: str) -> Cycle:
        """The cycle of a goal."""
        objective = self.world.key_results[id].objective if id in self.world.key_results else id
        return self.world.cycles[self.world.objectives[objective].cycle]

    def policy(self, id: str) -> Policy:
        """The status policy that judges a goal."""
        return self.cycle(id).policy or self.world.policy

    def span(self, id: str) -> Cycle:
        """From when to when a goal goes on: by its own dates, or its cycle's."""
        goal, cycle = self.world.goal(id), self.cycle(id)
        return Cycle(goal.starts or cycle.starts, goal.due or cycle.ends)

    def counted(self, id: str) -> Cycle:
        """The part of that in which check-ins are taken."""
        return self.span(id).within(self.cycle(id))

    def cadence(self, id: str) -> Cadence:
        """How often check-ins on a goal are expected: by the first of those that have something to say."""
        goal, cycle = self.world.goal(id), self.cycle(id)
        if cycle.state == "CLOSED" and goal.kept_cadence:
            return goal.kept_cadence
        objective = self.world.objectives[goal.objective if isinstance(goal, KeyResult) else id]
        team = self.world.team_cadences.get(objective.team or "")
        return goal.cadence or objective.cadence or cycle.cadence or team or self.world.policy.cadence

    def progress(self, id: str) -> Progress:
        """What a key result or an objective has come to, exactly."""
        if id not in self._progress:
            self._progress[id] = self._of_key_result(id) if id in self.world.key_results else self._of_objective(id)
        return self._progress[id]

    def contributors(self, id: str) -> list[Contributor]:
        """All that may count toward an objective, or toward a key result that objectives serve."""
        source, pairs = self._source(id), []
        if source in ("KEY_RESULTS", "BOTH"):
            owned = self.world.key_results.items()
            pairs += [(key, each.weight) for key, each in owned if each.objective == id]
        if source in ("ALIGNED_OBJECTIVES", "BOTH"):
            edges = [edge for edge in self._edges if id == (edge.parent_key_result or edge.parent)]
            pairs += [(edge.objective, edge.weight) for edge in edges if edge.kind == "CONTRIBUTES"]
        found = [self._contributor(key, weight) for key, weight in pairs]
        return [each for each in found if each.active]

    def coverage(self, id: str) -> Fraction | None:
        """Weight of the contributors with progress / weight of the active ones; null where there is no weight."""
        everybody = self.contributors(id)
        total = sum((each.weight for each in everybody), Fraction(0))
        return sum((each.weight for each in everybody if each.counts), Fraction(0)) / total if total else None

    def below(self, id: str) -> set[str]:
        """All goals below an objective: its key results, and what serves it or them."""
        found: set[str] = set()
        open_ids = [id]
        while open_ids:
            here = open_ids.pop()
            own = {key for key, each in self.world.key_results.items() if each.objective == here}
            under = {key for key in own if not self.world.key_results[key].archived}
            # What serves an archived key result stays where it is in the tree.
            served = own | {here}
            for edge in self._edges:
                if (edge.parent_key_result or edge.parent) in served:
                    under.add(edge.objective)
            for each in under - found:
                goal = self.world.objectives.get(each)
                if goal is None or not goal.archived:
                    found.add(each)
                    open_ids += [each] if goal else []
        return found

    def _source(self, id: str) -> str:
        if id in self.world.key_results:
            return self.world.key_results[id].value_source
        return self.world.objectives[id].progress_source

    def _contributor(self, id: str, weight: Fraction) -> Contributor:
        goal = self.world.goal(id)
        active = not goal.archived and goal.lifecycle == "ACTIVE"
        exact = self.progress(id)
        return Contributor(id, weight, active, stored_or_null(exact.progress), stored_or_null(exact.raw))

    def _of_key_result(self, id: str) -> Progress:
        key_result = self.world.key_results[id]
        if key_result.value_source == "ALIGNED_OBJECTIVES":
            return self._mean(id)
        return key_result_progress(key_result, self.counted(id), self.cadence(id).days, self.now)

    def _of_objective(self, id: str) -> Progress:
        objective = self.world.objectives[id]
        if objective.progress_source != "MANUAL":
            return self._mean(id)
        latest = objective.latest("value")
        return Progress(latest.value, "COMPUTED") if latest else Progress(None, "NO_DATA")

    def _mean(self, id: str) -> Progress:
        counted = [each for each in self.contributors(id) if each.counts]
        if not counted:
            return Progress(None, "NO_CONTRIBUTORS")
        total = sum(each.weight for each in counted)
        if not total:
            return Progress(None, "ALL_WEIGHTS_ZERO")
        mean = sum((each.weight * (each.progress or 0) for each in counted), Fraction(0)) / total
        raw = sum((each.weight * (each.raw or 0) for each in counted), Fraction(0)) / total
        return Progress(stored(raw), "REGRESSED" if raw < 0 else "COMPUTED", has_data=True, mean=stored(mean))


def stored_or_null(exact: Fraction | None) -> Fraction | None:
    """Progress as it enters a mean."""
    return None if exact is None else stored(exact)
