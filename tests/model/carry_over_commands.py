"""Carries objectives over into another cycle, and compares what comes of it with the model."""

from decimal import Decimal
from fractions import Fraction
from typing import Any

from tests.model.carrying import (
    Decision,
    KeyResultDecision,
    Parent,
    Successor,
    former,
    is_forbidden,
    outcomes,
    served,
    successor,
)
from tests.model.drawn_values import numbers
from tests.model.exact import fraction, shown_decimal
from tests.model.facts import Alignment, CarryOver
from tests.model.history import COLUMNS, NUMBERS, History
from tests.model.key_result_progress import target_of

RESULTS = """applied created abandoned unchanged refused results { outcome alignments
    successor { id cycle { id } outgoingAlignments { id kind weight parent { id } parentKeyResult { id } } }
    keyResults { decision baseline target keyResult { id } successor { id milestones { id weight doneAt } } } }"""
# Decision, whether the last value becomes the baseline, changed facts, and decisions about key results: place,
# decision, two numbers and the weight.
DrawnKeyResult = tuple[int, str, Decimal, Decimal, float]
Drawn = tuple[str, bool, dict[str, Any], list[DrawnKeyResult]]


class CarryOverCommands(History):
    """Carries objectives over."""

    async def carry_over(self, places: tuple[int, int], start: int, drawn: list[Drawn], dry_run: bool) -> None:
        """Carries one objective after the other, from a start on: the same twice if there are fewer."""
        cycles = [self.pick(self.world.cycles, place) or "" for place in places]
        own = [id for id, each in self.world.objectives.items() if each.cycle == cycles[0]]
        pairs = [self.decide(own[place % len(own)], each) for place, each in enumerate(drawn, start)] if own else []
        decisions = [decision for decision, _ in pairs]
        input = {"id": cycles[0], "toCycleId": cycles[1], "items": [item for _, item in pairs], "dryRun": dry_run}
        payload = await self.client.change("cycleCarryOver", input, RESULTS)
        codes = {each["code"] for each in payload["userErrors"]}
        if cycles[0] == cycles[1]:
            assert codes == {"CARRY_OVER_INTO_ITSELF"}, codes
            return
        expected = outcomes(self.world, decisions, cycles[1], self.now)
        forbidden = is_forbidden(self.world, decisions, cycles[0], cycles[1], self.now)
        assert ("CYCLE_STATE_FORBIDS" in codes) == forbidden, (codes, forbidden, expected)
        assert bool(codes) == (forbidden or "REFUSED" in expected), (codes, expected, decisions)
        assert payload["applied"] == (not codes and not dry_run), payload
        self.accepted, self.refused = self.accepted + (not codes), self.refused + bool(codes)
        if not forbidden:
            counts = {name: payload[name.lower()] for name in ("CREATED", "ABANDONED", "UNCHANGED", "REFUSED")}
            assert counts == {name: expected.count(name) for name in counts}, (counts, expected)
            assert [each["outcome"] for each in payload["results"]] == expected, (payload["results"], expected)
            self.compare(decisions, expected, payload["results"], cycles, payload["applied"])

    def decide(self, objective: str, drawn: Drawn) -> tuple[Decision, dict[str, Any]]:
        """A decision about an objective as the model has it, and as the item of a request."""
        decision, takes_last_value, changes, drawn_key_results = drawn
        if decision != "MODIFY":
            changes, drawn_key_results = {}, []
        changes = self.owned(changes)
        made = Decision(objective, decision, takes_last_value, columns(changes))
        item = {"objectiveId": objective, "decision": decision, "baseline": baseline_of(made), **changes}
        own = [id for id, each in self.world.key_results.items() if each.objective == objective]
        for place, about, a, b, weight in drawn_key_results if own else []:
            if (id := own[place % len(own)]) in made.key_results:
                continue
            input = {"keyResultId": id, "decision": about}
            if about == "MODIFY":
                input |= numbers(self.world.key_results[id].kind or "", a, b) | {"weight": weight}
            facts = {name: value for name, value in input.items() if name not in ("keyResultId", "decision")}
            made.key_results[id] = KeyResultDecision(about, columns(facts))
            given = {name: str(value) if isinstance(value, Decimal) else value for name, value in input.items()}
            item.setdefault("keyResults", []).append(given)
        return made, item

    def compare(
        self, decisions: list[Decision], expected: list[str], results: Any, cycles: list[str], applied: bool
    ) -> None:
        """Compares what came of decisions with the model, which takes over what was created."""
        made = {
            place: successor(self.world, decision, cycles[1], self.now)
            for place, decision in enumerate(decisions)
            if expected[place] == "CREATED"
        }
        for place, new in made.items():
            compare_key_results(decisions[place], new, results[place]["keyResults"])
        for place, result in enumerate(results):
            before = former(self.world, decisions[place].objective, cycles[1])
            if expected[place] == "UNCHANGED":
                assert (result["successor"] or {}).get("id") == (before.successor if before else None), result
            elif expected[place] in ("REFUSED", "ABANDONED") or not applied:
                assert result["successor"] is None, result
        if not applied:
            return
        for place, decision in enumerate(decisions):
            if expected[place] == "ABANDONED":
                self.world.carry_overs.append(CarryOver(decision.objective, cycles[1], "ABANDON"))
        for place, new in made.items():
            self.take_over(decisions[place], new, results[place])
        for place in made:
            self.align_successor(decisions[place].objective, results[place], cycles)

    def take_over(self, decision: Decision, new: Successor, result: Any) -> None:
        """Tells the model the ids of a successor and of what belongs to it."""
        id, cycle = result["successor"]["id"], new.objective.cycle
        assert result["successor"]["cycle"]["id"] == cycle
        if before := former(self.world, decision.objective, cycle):
            before.decision, before.successor = decision.decision, id
        else:
            self.world.carry_overs.append(CarryOver(decision.objective, cycle, decision.decision, id))
        self.world.objectives[id] = new.objective
        for each in result["keyResults"]:
            key_result = new.key_results[each["keyResult"]["id"]]
            key = each["successor"] and each["successor"]["id"]
            self.world.carry_overs.append(CarryOver(each["keyResult"]["id"], cycle, each["decision"], key))
            assert (key is None) == (key_result is None), each
            if key_result:
                key_result.objective = id
                # Milestones go on in their order, each with its weight.
                stages, answers = list(key_result.milestones.values()), each["successor"]["milestones"]
                told = [(fraction(stage["weight"]), stage["doneAt"]) for stage in answers]
                assert told == [(stage.weight, None) for stage in stages], (told, stages)
                key_result.milestones = {one["id"]: stage for one, stage in zip(answers, stages, strict=True)}
                self.world.key_results[key] = key_result

    def align_successor(self, objective: str, result: Any, cycles: list[str]) -> None:
        """Compares what a successor serves, and tells the model the ids of its alignments."""
        expected = served(self.world, objective, cycles[0], cycles[1], self.now)
        edges = {parent_of(each): each for each in result["successor"]["outgoingAlignments"]}
        assert edges.keys() == expected.keys(), (edges, expected)
        assert len(edges) == result["alignments"], result
        for (parent, measured), each in edges.items():
            edge = Alignment(
                result["successor"]["id"],
                None if measured else parent,
                measured,
                each["kind"],
                fraction(each["weight"]) or Fraction(0),
            )
            # Where several lead to one parent, nothing says which of them goes on.
            facts = [(own.kind, own.weight) for own in expected[parent, measured]]
            assert (edge.kind, edge.weight) in facts, (edge, facts)
            self.world.alignments[each["id"]] = edge


def compare_key_results(decision: Decision, new: Successor, results: Any) -> None:
    """Compares which key results go on, and from what baseline to which target."""
    told = {each["keyResult"]["id"]: (each["decision"], each["baseline"], each["target"]) for each in results}
    expected: dict[str, Any] = {}
    for id, each in new.key_results.items():
        own = decision.key_results[id].decision if id in decision.key_results else "KEEP"
        expected[id] = (own, None, None)
        if each:
            target = target_of(each, each.baseline)
            expected[id] = (own, shown_decimal(each.baseline), shown_decimal(target))
    assert {id: (each[0], *map(decimal, each[1:])) for id, each in told.items()} == expected, (told, expected)


def baseline_of(decision: Decision) -> str:
    return "LAST_VALUE" if decision.takes_last_value else "SAME"


def columns(changes: dict[str, Any]) -> dict[str, Any]:
    """Changed facts by the columns of the model."""
    named = {COLUMNS.get(name, name): value for name, value in changes.items()}
    return {name: fraction(value) if name in NUMBERS else value for name, value in named.items()}


def decimal(value: str | None) -> Decimal | None:
    return None if value is None else Decimal(value)


def parent_of(alignment: dict[str, Any]) -> Parent:
    """What an alignment of an answer leads to."""
    measured = alignment["parentKeyResult"]
    return alignment["parent"]["id"], measured and measured["id"]
