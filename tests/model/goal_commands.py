"""Commands on goals: objectives, key results, milestones, alignments and check-ins."""

from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any
from uuid import UUID

from tests.model.drawn_values import KINDS_BY_MODE, numbers
from tests.model.exact import fraction
from tests.model.facts import DAY, Alignment, CheckIn, KeyResult, Milestone
from tests.model.history import History


class GoalCommands(History):
    """Changes goals."""

    async def key_result(self, place: int, kind: str, a: Decimal, b: Decimal, weight: float, mode: str) -> None:
        objective = self.pick(self.world.objectives, place) or ""
        input = {"objectiveId": objective, "title": kind, "kind": kind, "weight": weight} | numbers(kind, a, b)
        if kind in KINDS_BY_MODE.get(mode, ()):
            input["mode"] = mode
        selection = "keyResult { id lifecycle valueSource mode }"
        if made := await self.send("keyResultCreate", input, selection, "edit", objective):
            active = self.now if made["lifecycle"] == "ACTIVE" else None
            self.world.key_results[made["id"]] = KeyResult(objective=objective, created=self.now, active_since=active)
            self.apply(self.world.key_results[made["id"]], input | made)

    async def edit_key_result(self, place: int, changes: dict[str, Any]) -> None:
        if id := self.pick(self.world.key_results, place):
            changes = self.owned(changes)
            selection, row = "keyResult { id lifecycle valueSource mode }", self.world.key_results[id]
            input = {"id": id, "reason": "Drawn", **changes}
            if made := await self.send("keyResultUpdate", input, selection, "edit", *self.bound(row, id, changes)):
                self.apply(row, changes | made)
                self.keep_dates(id, changes)

    async def edit_objective(self, place: int, changes: dict[str, Any]) -> None:
        id, changes = self.pick(self.world.objectives, place) or "", self.owned(changes)
        row, input = self.world.objectives[id], {"id": id, **changes}
        if await self.send("objectiveUpdate", input, "objective { id }", "edit", *self.bound(row, id, changes)):
            self.apply(row, changes)
            self.keep_dates(id, changes)

    async def move_objective(self, place: int, cycle: int) -> None:
        id, to = self.pick(self.world.objectives, place) or "", list(self.world.cycles)[cycle]
        goals = (id, to) if self.world.objectives[id].cycle != to else ()
        if await self.send("objectiveUpdate", {"id": id, "cycleId": to}, "objective { id }", "edit", *goals):
            self.world.objectives[id].cycle = to

    async def check_in(self, place: int, said: list[tuple[Decimal | None, str | None, float | None, int]]) -> None:
        """Several check-ins on one key result in one request, under ids of random order."""
        if not (id := self.pick(self.world.key_results, place)):
            return
        goal, inputs = self.world.key_results[id], list[dict[str, Any]]()
        for value, status, confidence, days_ago in said:
            if value is not None and goal.kind == "BINARY":
                value = Decimal(value > 50)
            given = {"value": None if value is None else str(value), "status": status, "confidence": confidence}
            at = (self.now - days_ago * DAY).isoformat()
            uuid = UUID(int=self.random.getrandbits(128), version=4)
            inputs.append(given | {"keyResultId": id, "id": str(uuid), "at": at})
        names = range(len(inputs))
        declared = ", ".join(f"$i{n}: KeyResultCheckInInput!" for n in names)
        fields = " ".join(f"a{n}: keyResultCheckIn(input: $i{n}) {{ userErrors {{ code }} }}" for n in names)
        variables = {f"i{n}": inputs[n] for n in names}
        data = await self.client.data(f"mutation({declared}) {{ {fields} }}", **variables)
        for n in names:
            self.compare_state(data[f"a{n}"]["userErrors"], "check in", id)
            if data[f"a{n}"]["userErrors"] == []:
                self.note(id, inputs[n], inputs[n]["id"])

    async def check_in_objective(
        self, place: int, value: Decimal | None, status: str | None, confidence: float | None, days_ago: int
    ) -> None:
        id = self.pick(self.world.objectives, place) or ""
        at = (self.now - days_ago * DAY).isoformat()
        input = {"objectiveId": id, "value": value, "status": status, "confidence": confidence, "at": at}
        if made := await self.send("objectiveCheckIn", input, "checkIn { id }", "check in", id):
            self.note(id, input, made["id"])

    async def replace(self, place: int, changes: dict[str, Any] | None) -> None:
        """A correction of a check-in that was ever made, or its withdrawal without changes."""
        if not self.said:
            return
        goal, id = self.said[place % len(self.said)]
        mutation: str = "checkInWithdraw"
        input: dict[str, Any] = {"replacesId": id}
        if changes is not None:
            facts = {name: value for name, value in changes.items() if name != "daysAgo"}
            at = {"at": (self.now - changes["daysAgo"] * DAY).isoformat()} if "daysAgo" in changes else {}
            mutation, input = "checkInCorrect", {**input, **facts, **at}
        if made := await self.send(mutation, input, "checkIn { id }", "check in", goal):
            said = self.world.goal(goal).check_ins
            [replaced] = [each for each in said if each.id == id]
            said.remove(replaced)
            if changes is None:
                self.said.append((goal, made["id"]))
            else:
                former = {name: getattr(replaced, name) for name in ("value", "status", "confidence")}
                self.note(goal, {"at": replaced.at.isoformat(), **former, **input}, made["id"])

    def note(self, goal: str, said: dict[str, Any], id: str) -> None:
        """A check-in that was accepted."""
        self.check_ins += 1
        at = datetime.fromisoformat(said["at"])
        value, confidence = fraction(said.get("value")), fraction(said.get("confidence"))
        check_in = CheckIn(at, self.now, self.check_ins, value, said.get("status"), confidence, id)
        self.world.goal(goal).check_ins.append(check_in)
        self.said.append((goal, id))

    async def align(self, place: int, parent: int, kind: str, weight: float, to_key_result: bool) -> None:
        objective = self.pick(self.world.objectives, place) or ""
        input = {"objectiveId": objective, "kind": kind, "weight": weight}
        ends = {"parentId": self.pick(self.world.objectives, parent)}
        if to_key_result and self.world.key_results:
            ends = {"parentKeyResultId": self.pick(self.world.key_results, parent)}
        if made := await self.send(
            "objectiveAlign", input | ends, "alignment { id }", "edit", objective, *ends.values()
        ):
            edge = Alignment(objective, ends.get("parentId"), ends.get("parentKeyResultId"))
            self.world.alignments[made["id"]] = self.apply(edge, {"kind": kind, "weight": weight})

    async def edit_alignment(self, place: int, kind: str, weight: float) -> None:
        if id := self.pick(self.world.alignments, place):
            changes, edge = {"kind": kind, "weight": weight}, self.world.alignments[id]
            ends = self.ends_of(id) if self.bound(edge, id, changes) else ()
            if await self.send("alignmentUpdate", {"id": id, **changes}, "alignment { id }", "edit", *ends):
                self.apply(edge, changes)

    async def unalign(self, place: int) -> None:
        if id := self.pick(self.world.alignments, place):
            ends = () if self.world.alignments[id].archived else self.ends_of(id)
            if await self.send("objectiveUnalign", {"id": id}, "alignment { id }", "edit", *ends):
                self.world.alignments[id].archived = True

    async def archive(self, what: str, place: int, archived: bool) -> None:
        """Archives or restores a key result or an objective."""
        things: dict[str, Any] = self.world.key_results if what == "keyResult" else self.world.objectives
        if id := self.pick(things, place):
            mutation = f"{what}{'Archive' if archived else 'Restore'}"
            goals = () if things[id].archived == archived else (id,)
            if await self.send(mutation, {"id": id}, f"{what} {{ id }}", "edit", *goals):
                if things[id].archived and not archived:
                    things[id].active_since = self.now
                things[id].archived = archived

    async def milestone(self, place: int, weight: float, done_days_ago: int | None) -> None:
        staged = [id for id, each in self.world.key_results.items() if each.kind == "MILESTONE"]
        if id := self.pick(staged, place):
            done = None if done_days_ago is None else self.now - done_days_ago * DAY
            input = {"keyResultId": id, "title": "Stage", "weight": weight, "doneAt": done and done.isoformat()}
            if made := await self.send("milestoneCreate", input, "milestone { id }", "edit", id):
                self.world.key_results[id].milestones[made["id"]] = Milestone(fraction(weight) or Fraction(0), done)

    async def edit_milestone(self, place: int, changes: dict[str, Any]) -> None:
        stages = {key: each for goal in self.world.key_results.values() for key, each in goal.milestones.items()}
        if id := self.pick(stages, place):
            given = changes | ({"doneAt": self.now.isoformat()} if changes.get("doneAt") else {})
            action = "check in" if changes.keys() == {"doneAt"} else "edit"
            done = self.now if changes.get("doneAt") else None
            same = stages[id].done_at == done if "doneAt" in changes else not self.bound(stages[id], id, changes)
            goals = () if same else (self.owner_of(id),)
            if await self.send("milestoneUpdate", {"id": id, **given}, "milestone { id }", action, *goals):
                stages[id].done_at = self.now if changes.get("doneAt") else stages[id].done_at
                if "doneAt" in changes and changes["doneAt"] is None:
                    stages[id].done_at = None
                stages[id].weight = fraction(changes.get("weight", stages[id].weight)) or Fraction(0)

    async def archive_milestone(self, place: int, archived: bool) -> None:
        stages = {key: each for goal in self.world.key_results.values() for key, each in goal.milestones.items()}
        if id := self.pick(stages, place):
            mutation = "milestoneArchive" if archived else "milestoneRestore"
            goals = () if stages[id].archived == archived else (self.owner_of(id),)
            if await self.send(mutation, {"id": id}, "milestone { id }", "edit", *goals):
                stages[id].archived = archived

    def ends_of(self, alignment: str) -> tuple[str | None, ...]:
        """The goals at both ends of an alignment."""
        edge = self.world.alignments[alignment]
        return edge.objective, edge.parent_key_result or edge.parent

    def owner_of(self, milestone: str) -> str:
        """The key result of a milestone."""
        return next(id for id, each in self.world.key_results.items() if milestone in each.milestones)
