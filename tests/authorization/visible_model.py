"""What a person sees of an organization, said in Python from the drawn facts alone."""

from collections import Counter
from fractions import Fraction
from typing import Any

from tests.authorization.built import Built, ids_of_goals
from tests.authorization.drawn import Access, Organization, teams_with_below

DIGITS = 24
# Weight and progress of each contributor.
Terms = list[tuple[Fraction, Fraction]]


def sees(drawn: Organization, person: int | None, access: Access) -> bool:
    """Whether a person sees a goal; None is an administrator."""
    if person is None or access.visibility == "ORGANIZATION":
        return True
    people, teams = len(drawn.people), len(drawn.teams)
    own = {each % teams for each in drawn.people[person][1]}
    if access.owner is not None and access.owner % people == person:
        return True
    if person in {each % people for each in access.people} or own & {each % teams for each in access.teams}:
        return True
    return (
        access.visibility == "TEAM" and access.team is not None and access.team % teams in teams_with_below(drawn, own)
    )


class Model:
    """What one person sees. `state` is what the owner of the organization reads of each goal, by its id."""

    def __init__(
        self, built: Built, person: int | None, state: dict[str, Any], progress: dict[str, str | None]
    ) -> None:
        self.built, self.state, self.progress = built, state, progress
        seen = {id for id, access in ids_of_goals(built).items() if sees(built.drawn, person, access)}
        self.seen = seen
        self.archived = {
            id for id, each in zip(built.objectives, built.drawn.objectives, strict=True) if each.is_archived
        }
        self.objectives = [id for id in built.objectives if id in seen and id not in self.archived]
        self.key_results = [id for each in built.objectives if each in seen for id in built.key_results[each]]
        self.kpis = [id for id in built.kpis if id in seen]

    def belongs_to_seen(self, id: str) -> bool:
        """Whether all goals that something belongs to are seen."""
        return self.built.belongs.get(id, set()) <= self.seen

    def children(self, parent: str) -> list[str]:
        return [child for child, above, *_ in self._live_edges() if above == parent]

    def parents(self, child: str) -> list[str]:
        edges = [each for each in self.built.edges.values() if each[0] == child]
        edges.sort(key=lambda each: not each[4])
        return [each[1] for each in edges if each[1] in self.seen - self.archived]

    def ancestors(self, id: str) -> list[str]:
        """The chain of primary parents, hidden and archived ones left out."""
        above = {child: parent for child, parent, *_, is_primary, _ in self.built.edges.values() if is_primary}
        chain: list[str] = []
        while (id := above.get(id, "")) != "":
            chain.insert(0, id)
        return [each for each in chain if each in self.seen - self.archived]

    def descendants(self, id: str) -> list[str]:
        """The tree of primary edges, which ends at what is hidden."""
        below = [child for child, parent, *_, is_primary, _ in self._live_edges() if is_primary and parent == id]
        return [each for child in below for each in (child, *self.descendants(child))]

    def overdue_below(self, id: str) -> int:
        """The visible overdue goals below, also those below hidden ones."""
        below, pending = {id}, [id]
        while pending:
            above = pending.pop()
            for child, parent, *_ in self.built.edges.values():
                if parent == above and child not in self.archived | below:
                    below.add(child)
                    pending.append(child)
        goals = [each for each in below - {id} if each in self.seen]
        goals += [own for each in below if each in self.seen for own in self.built.key_results[each]]
        return sum(self.state[each]["staleness"] == "OVERDUE" for each in goals)

    def report(self, ids: list[str]) -> dict[str, Any]:
        """The counts of goals by status."""
        counted = [self.state[id] for id in ids if self.state[id]["status"] is not None]
        overdue = Counter(each["status"] for each in counted if each["staleness"] == "OVERDUE")
        counts = Counter(each["status"] for each in counted)
        return {
            "total": len(counted),
            "overdueCount": sum(overdue.values()),
            "counts": {status: (count, overdue[status]) for status, count in counts.items()},
        }

    def contributions(self, parent: str) -> tuple[Terms, Terms]:
        """Weight and progress of what counts toward an objective: what is seen, and what is hidden."""
        source = self.built.drawn.objectives[self.built.objectives.index(parent)].source
        seen, hidden = self._aligned(parent, to_key_result=False) if source != "KEY_RESULTS" else ([], [])
        own = self.built.drawn.objectives[self.built.objectives.index(parent)].key_results
        for id, (weight, *_) in zip(self.built.key_results[parent], own, strict=True):
            if source != "ALIGNED_OBJECTIVES" and self.progress[id] is not None:
                seen.append((exact(weight), exact(self.progress[id])))
        return seen, hidden

    def contributions_to_key_result(self, id: str) -> tuple[Terms, Terms]:
        """As `contributions`, of a key result that aligned objectives measure."""
        [parent] = self.built.belongs[id]
        is_first = self.built.key_results[parent][0] == id
        return self._aligned(parent, to_key_result=True) if is_first else ([], [])

    def _aligned(self, parent: str, *, to_key_result: bool) -> tuple[Terms, Terms]:
        """Weight and progress of the objectives that contribute to an objective itself or to its first key result."""
        seen: Terms = []
        hidden: Terms = []
        for child, above, weight, kind, _, by_key_result in self.built.edges.values():
            counts = above == parent and kind == "CONTRIBUTES" and by_key_result == to_key_result
            if counts and child not in self.archived and self.progress[child] is not None:
                (seen if child in self.seen else hidden).append((exact(weight), exact(self.progress[child])))
        return seen, hidden

    def _live_edges(self) -> list[tuple[str, str, float, str, bool, bool]]:
        return [each for each in self.built.edges.values() if each[0] in self.seen - self.archived]


def exact(number: float | str | None) -> Fraction:
    """The number that was written, exactly."""
    return Fraction(str(number))


def part_of(terms: Terms, all_terms: Terms) -> Fraction | None:
    """The part of the mean that some terms make up; None if all weights are 0."""
    total = sum((weight for weight, _ in all_terms), Fraction(0))
    return sum((weight * progress for weight, progress in terms), Fraction(0)) / total if total else None


def stored(value: Fraction) -> Fraction:
    """A fraction as progress is stored: with 24 digits, half to even."""
    # Python rounds fractions half to even.
    return Fraction(round(value * 10**DIGITS), 10**DIGITS)
