"""The report on a cycle (docs/numbers.md, 23): what is counted of its goals in force."""

from collections.abc import Callable
from datetime import timedelta
from fractions import Fraction
from typing import Any

from tests.model.closing import in_force, score
from tests.model.exact import shown_float
from tests.model.facts import DAY, KeyResult, Objective
from tests.model.standing import BEST_TO_WORST, Standings

BANDS = ("GREEN", "YELLOW", "RED", None)
STALENESS = ("FRESH", "DUE", "OVERDUE", None)
CONFIDENCE = ("LOW", "MEDIUM", "HIGH", "NONE")
ALIGNMENT = ("ALIGNED", "UNALIGNED", "TOP")
KINDS = ("ASPIRATIONAL", "COMMITTED", "LEARNING")


class Report:
    """What is counted of the goals in force of one cycle; `author` is who has made all check-ins."""

    def __init__(self, standings: Standings, cycle: str, author: str) -> None:
        self.standings, self.moment, self.world = standings, standings.moment, standings.moment.world
        self.id, self.cycle, self.author = cycle, self.world.cycles[cycle], author
        self.objectives = [id for id, each in self.world.objectives.items() if each.cycle == cycle and in_force(each)]
        self.key_results = [
            id for id, each in self.world.key_results.items() if each.objective in self.objectives and in_force(each)
        ]

    def total(self) -> dict[str, Any]:
        """All goals."""
        return self._counts(self.objectives, self.key_results)

    def groups(self, key: Callable[[str], str | None]) -> dict[str | None, dict[str, Any]]:
        """Goals by what `key` says of each, without groups that have none."""
        keys = {key(id) for id in [*self.objectives, *self.key_results]}
        return {
            each: self._counts(
                [id for id in self.objectives if key(id) == each], [id for id in self.key_results if key(id) == each]
            )
            for each in keys
        }

    def level(self, id: str) -> str:
        """The level of an objective, also for its key results."""
        return self._objective(id).level

    def owner(self, id: str) -> str | None:
        """Who is responsible for a goal: for a key result without an owner that of its objective."""
        return self.world.goal(id).owner or self._objective(id).owner

    def _objective(self, id: str) -> Objective:
        key_result = self.world.key_results.get(id)
        return self.world.objectives[key_result.objective if key_result else id]

    def _counts(self, objectives: list[str], key_results: list[str]) -> dict[str, Any]:
        states = [self._alignment(id) for id in objectives]
        aligned, unaligned = states.count("ALIGNED"), states.count("UNALIGNED")
        of_objectives = self._of_goals(objectives) | {
            "alignment": _counted(states, "state", ALIGNMENT),
            "alignmentRate": _share(aligned, aligned + unaligned),
            "kinds": [each for kind in KINDS if (each := self._of_kind(kind, objectives))["count"]],
        }
        return {
            "objectives": of_objectives,
            "keyResults": self._of_goals(key_results),
            "activity": self._activity([*objectives, *key_results]),
        }

    def _of_goals(self, ids: list[str]) -> dict[str, Any]:
        status = {id: self.standings.of(id).status for id in ids}
        staleness = {id: self.standings.staleness(id) for id in ids}
        overdue = [id for id in ids if staleness[id] == "OVERDUE"]
        green = [id for id in ids if status[id] in ("ACHIEVED", "ON_TRACK") and id not in overdue]
        statuses = _counted([*status.values()], "status", BEST_TO_WORST)
        for each in statuses:
            each["overdueCount"] = sum(status[id] == each["status"] for id in overdue)
        said = [self._confidence(id) for id in ids]
        return {
            "count": len(ids),
            "greenShare": _share(len(green), len(ids)),
            "overdueCount": len(overdue),
            "meanConfidence": _mean(said),
            "statuses": statuses,
            "staleness": _counted([*staleness.values()], "staleness", STALENESS),
            "scoreBands": _counted([band(score(self.moment, id)) for id in ids], "band", BANDS),
            "confidence": _counted([third(each) for each in said], "level", CONFIDENCE),
        }

    def _confidence(self, id: str) -> Fraction | None:
        said = self.world.goal(id).latest("confidence")
        return said.confidence if said else None

    def _of_kind(self, kind: str, ids: list[str]) -> dict[str, Any]:
        own = [id for id in ids if self.world.objectives[id].kind == kind]
        scores = [exact for id in own if (exact := score(self.moment, id)) is not None]
        mean = sum(scores, Fraction(0)) / len(scores) if scores else None
        flag = None
        if kind == "ASPIRATIONAL" and mean is not None:
            flag = "SANDBAGGING" if mean > Fraction("0.85") else "OVERREACH" if mean < Fraction("0.4") else None
        return {
            "kind": kind,
            "count": len(own),
            "scoredCount": len(scores),
            "meanScore": shown_float(mean),
            "portfolioFlag": flag,
            "postmortemCount": sum(each < 1 for each in scores) if kind == "COMMITTED" else 0,
        }

    def _alignment(self, id: str) -> str:
        """Whether an objective serves one in force, or a key result of one."""
        if self.world.objectives[id].level == "COMPANY":
            return "TOP"
        edges = [each for each in self.world.alignments.values() if each.objective == id and not each.archived]
        served = [self._objective(each.parent_key_result or each.parent or "") for each in edges]
        return "ALIGNED" if any(map(in_force, served)) else "UNALIGNED"

    def _activity(self, ids: list[str]) -> dict[str, Any]:
        owners = {owner for id in ids if (owner := self.owner(id))}
        said = [each for id in [*self.objectives, *self.key_results] for each in self.world.goal(id).check_ins]
        has_spoken = any(self.cycle.starts <= each.at < self.cycle.ends for each in said)
        active = owners & {self.author} if has_spoken else set()
        periods = [each for id in ids for each in self._periods(id)]
        return {
            "ownerCount": len(owners),
            "activeOwnerCount": len(active),
            "participation": _share(len(active), len(owners)),
            "expectedCount": len(periods),
            "metCount": sum(periods),
            "checkInRate": _share(sum(periods), len(periods)),
        }

    def _periods(self, id: str) -> list[bool]:
        """Of each cadence period that has ended, whether somebody has checked in."""
        goal, span, now = self.world.goal(id), self.moment.span(id), self.moment.now
        if self.cycle.waits or not _is_spoken_for(goal):
            return []
        assert goal.created
        starts = max(self.cycle.starts, span.starts, goal.created, self.cycle.activated or self.cycle.starts)
        until, length = min(now, self.cycle.ends, span.ends), self.moment.cadence(id).days * DAY
        met = {(each.at - starts) // length for each in goal.check_ins if each.at >= starts}
        return [number in met for number in range(max(until - starts, timedelta()) // length)]


def band(score: Fraction | None) -> str | None:
    """The band of a score; a boundary belongs to the better one."""
    if score is None:
        return None
    return "GREEN" if score >= Fraction("0.7") else "YELLOW" if score >= Fraction("0.4") else "RED"


def third(confidence: Fraction | None) -> str:
    """The third that a confidence is in; a boundary belongs to the higher one."""
    if confidence is None:
        return "NONE"
    return "LOW" if 3 * confidence < 1 else "MEDIUM" if 3 * confidence < 2 else "HIGH"


def _is_spoken_for(goal: KeyResult | Objective) -> bool:
    """Whether people say how far a goal is."""
    if isinstance(goal, Objective):
        return goal.progress_source == "MANUAL"
    return goal.value_source in ("MANUAL", "MILESTONES")


def _counted(values: list[Any], name: str, order: tuple[Any, ...]) -> list[dict[str, Any]]:
    """How often each value is there, in this order, without those that are not."""
    assert set(values) <= set(order)
    return [{name: each, "count": values.count(each)} for each in order if each in values]


def _mean(values: list[Fraction | None]) -> float | None:
    given = [each for each in values if each is not None]
    return shown_float(sum(given, Fraction(0)) / len(given)) if given else None


def _share(part: int, total: int) -> float | None:
    return shown_float(Fraction(part, total)) if total else None
