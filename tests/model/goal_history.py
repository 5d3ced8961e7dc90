"""An organization whose goals are changed over the API, with every accepted command told to the model as well."""

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from fractions import Fraction
from random import Random
from typing import Any
from uuid import UUID

from tests.kit.client import Client
from tests.model.closing import ALLOWED, STEPS, close, counted, proposed, proposed_score, state
from tests.model.exact import fraction, shown_float
from tests.model.facts import DAY, Alignment, CheckIn, Cycle, KeyResult, Milestone, Objective
from tests.model.goals import Moment, World

BEGINNING = datetime(2026, 1, 2, 9, tzinfo=UTC)
CYCLES = ((date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 1, 15), date(2026, 5, 31)))
COLUMNS = {"changeBy": "change_by", "valueSource": "value_source", "progressSource": "progress_source"}
COLUMNS |= {"statusSource": "status_source"}
NUMBERS = {"baseline", "target", "change_by", "lower", "upper", "weight"}
MONTHS = {"MONTH": 1, "QUARTER": 3, "HALF_YEAR": 6, "YEAR": 12}
KINDS_BY_MODE = {"ADHERENCE": ("AT_LEAST", "AT_MOST", "WITHIN_RANGE"), "DISTANCE": ("AT_LEAST", "AT_MOST")}


class GoalHistory:
    """Does steps; a step that is refused changes neither the service nor the model."""

    def __init__(self, client: Client) -> None:
        self.client, self.world, self.random = client, World(), Random(0)
        self.check_ins = self.accepted = self.refused = 0
        # The dates that goals were given, by goal and name: other days of the same month name the same instants.
        self.dates: dict[tuple[str, str], Any] = {}

    @property
    def now(self) -> datetime:
        return self.client.clock.now

    async def begin(self) -> None:
        """Two cycles and four objectives."""
        self.client.clock.now = BEGINNING
        for place, (first, last) in enumerate(CYCLES):
            made = await self.client.cycle(first.isoformat(), last.isoformat(), kind="CUSTOM", name=f"Cycle {place}")
            self.world.cycles[made] = Cycle(midnight(first), midnight(last + DAY))
        for place in range(4):
            cycle = list(self.world.cycles)[place == 3]
            made = await self.client.objective(cycle, f"Objective {place}")
            self.world.objectives[made] = Objective(cycle=cycle, active_since=self.now)

    async def do(self, step: tuple[Any, ...]) -> None:
        """One step by its name."""
        name, *arguments = step
        await getattr(self, name)(*arguments)

    async def send(
        self, mutation: str, input: dict[str, Any], selection: str, action: str = "edit", *goals: str | None
    ) -> Any:
        """What a mutation changes; null when it is refused. The states of the cycles of `goals` bind it."""
        given = {key: str(value) if isinstance(value, Decimal) else value for key, value in input.items()}
        payload = await self.client.change(mutation, given, selection)
        errors = payload.pop("userErrors")
        accepted = errors == []
        self.compare_state(errors, action, *goals)
        self.accepted, self.refused = self.accepted + accepted, self.refused + (not accepted)
        return next(iter(payload.values())) if accepted else None

    def compare_state(self, errors: list[dict[str, Any]], action: str, *goals: str | None) -> None:
        """Compares what was refused because of a state with what the model says; `goals` are goals or cycles."""
        states = [state(self.cycle_of(goal), self.now) for goal in goals if goal]
        is_forbidden = any(action not in ALLOWED[each] for each in states)
        is_refused = any(error["code"] == "CYCLE_STATE_FORBIDS" for error in errors)
        assert is_forbidden or not is_refused, (action, states, errors)
        assert errors or not is_forbidden, (action, states)

    def cycle_of(self, id: str) -> Cycle:
        """The cycle of a goal, or the cycle itself."""
        return self.world.cycles.get(id) or Moment(self.world, self.now).cycle(id)

    def pick(self, things: Iterable[str], place: int) -> str | None:
        """One of these ids, if there are any."""
        found = list(things)
        return found[place % len(found)] if found else None

    async def wait(self, hours: int) -> None:
        self.client.clock.now += timedelta(hours=hours)

    async def key_result(self, place: int, kind: str, a: Decimal, b: Decimal, weight: float, mode: str) -> None:
        objective = self.pick(self.world.objectives, place) or ""
        input = {"objectiveId": objective, "title": kind, "kind": kind, "weight": weight} | numbers(kind, a, b)
        if kind in KINDS_BY_MODE.get(mode, ()):
            input["mode"] = mode
        selection = "keyResult { id lifecycle valueSource mode }"
        if made := await self.send("keyResultCreate", input, selection, "edit", objective):
            active = self.now if made["lifecycle"] == "ACTIVE" else None
            self.world.key_results[made["id"]] = KeyResult(objective=objective, active_since=active)
            self.apply(self.world.key_results[made["id"]], input | made)

    async def edit_key_result(self, place: int, changes: dict[str, Any]) -> None:
        if id := self.pick(self.world.key_results, place):
            selection, row = "keyResult { id lifecycle valueSource mode }", self.world.key_results[id]
            input = {"id": id, "reason": "Drawn", **changes}
            if made := await self.send("keyResultUpdate", input, selection, "edit", *self.bound(row, id, changes)):
                self.apply(row, changes | made)
                self.keep_dates(id, changes)

    async def edit_objective(self, place: int, changes: dict[str, Any]) -> None:
        id = self.pick(self.world.objectives, place) or ""
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
        goal, inputs = self.world.key_results[id], []
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
                self.note(goal, inputs[n])

    async def check_in_objective(self, place: int, value: Decimal | None, status: str | None, days_ago: int) -> None:
        id = self.pick(self.world.objectives, place) or ""
        input = {"objectiveId": id, "value": value, "status": status, "at": (self.now - days_ago * DAY).isoformat()}
        if await self.send("objectiveCheckIn", input, "checkIn { id }", "check in", id):
            self.note(self.world.objectives[id], input)

    def note(self, goal: KeyResult | Objective, said: dict[str, Any]) -> None:
        """A check-in that was accepted."""
        self.check_ins += 1
        at = datetime.fromisoformat(said["at"])
        value, confidence = fraction(said.get("value")), fraction(said.get("confidence"))
        goal.check_ins.append(CheckIn(at, self.now, self.check_ins, value, said.get("status"), confidence))

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

    async def step(self, place: int, step: str) -> None:
        """A step of the state machine, which is taken from the states that allow it and no other."""
        id = self.pick(self.world.cycles, place) or ""
        cycle = self.world.cycles[id]
        before, (origins, to) = state(cycle, self.now), STEPS[step]
        last = (cycle.ends - DAY).date().isoformat()
        more: dict[str, Any] = {"endsOn": last} if step == "Extend" else {}
        if step == "Close":
            more = {"acceptProposals": True, "waiver": "Never measured"}
        made = await self.send(f"cycle{step}", {"id": id, **more}, "cycle { state }")
        assert (made is not None) == (before in origins or before == to), (step, before)
        if made is None:
            return
        assert made == {"state": to}
        if before != to and step == "Close":
            close(Moment(self.world, self.now), id)
        cycle.state = cycle.state if before == to else to

    async def score(self, what: str, place: int, share: float | None, waived: bool) -> None:
        """A final score of a goal: a given one, the proposed one, or a waiver."""
        things: dict[str, Any] = self.world.key_results if what == "keyResult" else self.world.objectives
        if not (id := self.pick(things, place)):
            return
        moment, goal = Moment(self.world, self.now), things[id]
        given = {"scoreWaiver": "Drawn"} if waived else {} if share is None else {"score": share}
        offered = proposed_score(moment, id) if what == "objective" else proposed(moment, id)
        own = counted(moment, id) if what == "objective" else {}
        if await self.send(f"{what}Score", {"id": id, "reason": "Drawn", **given}, f"{what} {{ id }}", "score", id):
            if not given and any(each.weight for each in own.values()):
                for key, each in own.items():
                    each.final_score = proposed(moment, key) if each.final_score is None else each.final_score
                goal.final_score, goal.is_waived = None, False
                return
            is_offered = share is not None and shown_float(offered) == share
            goal.is_waived = waived
            goal.final_score = None if waived else offered if not given or is_offered else fraction(share)

    async def policy(self, on_track: float, at_risk: float, cadence: int) -> None:
        input = {"onTrackPace": on_track, "atRiskPace": at_risk, "checkInCadenceDays": cadence}
        if await self.send("organizationUpdate", input, "organization { id }"):
            policy = self.world.policy
            policy.on_track, policy.at_risk, policy.cadence = fraction(on_track), fraction(at_risk), cadence  # type: ignore[assignment]

    async def cycle_ends(self, place: int, last: date) -> None:
        id = self.pick(self.world.cycles, place) or ""
        if await self.send("cycleUpdate", {"id": id, "endsOn": last.isoformat()}, "cycle { id }", "schedule", id):
            self.world.cycles[id].ends = midnight(last + DAY)

    async def cycle_outside(self, place: int, allowed: bool) -> None:
        """Lets dates of goals be outside a cycle, or no longer."""
        id = self.pick(self.world.cycles, place) or ""
        if await self.send("cycleUpdate", {"id": id, "allowsDatesOutside": allowed}, "cycle { id }"):
            self.world.cycles[id].allows_dates_outside = allowed

    def bound(self, row: Any, id: str, changes: dict[str, Any]) -> tuple[str, ...]:
        """The id of what a change would change, if it does: facts that stay are forbidden by no state."""
        for name, value in changes.items():
            column = COLUMNS.get(name, name)
            now = self.dates.get((id, name)) if name in ("start", "due") else getattr(row, column)
            if now != (fraction(value) if column in NUMBERS else value):
                return (id,)
        return ()

    def keep_dates(self, id: str, changes: dict[str, Any]) -> None:
        self.dates |= {(id, name): value for name, value in changes.items() if name in ("start", "due")}

    def apply(self, row: Any, changes: dict[str, Any]) -> Any:
        """Writes accepted values into a row of the model."""
        was = getattr(row, "lifecycle", None)
        for name, value in changes.items():
            if name in ("start", "due"):
                first, last = stretch(value) if value else (None, None)
                if name == "start":
                    row.starts = first and midnight(first)
                else:
                    row.due = last and midnight(last + DAY)
                continue
            column = COLUMNS.get(name, name)
            if hasattr(row, column) and column != "objective":
                setattr(row, column, fraction(value) if column in NUMBERS else value)
        if was != "ACTIVE" and getattr(row, "lifecycle", None) == "ACTIVE":
            row.active_since = self.now
        return row


def numbers(kind: str, a: Decimal, b: Decimal) -> dict[str, Any]:
    """The numbers that a kind needs, made of any two."""
    low, high = sorted((a, b))
    if kind == "INCREASE":
        return {"baseline": low, "target": high}
    if kind == "DECREASE":
        return {"baseline": high, "target": low}
    if "_BY" in kind:
        return {"changeBy": abs(b) + 1} | ({"baseline": a} if a > 0 else {})
    if kind == "REACH":
        return {"target": abs(b) + 1}
    if kind in ("AT_LEAST", "AT_MOST"):
        return {"target": b}
    return {"lower": low, "upper": high} if kind == "WITHIN_RANGE" else {}


def stretch(given: dict[str, str]) -> tuple[date, date]:
    """The first and the last day of what a date names; the fiscal year begins in January."""
    day, months = date.fromisoformat(given["on"]), MONTHS.get(given["granularity"])
    if months is None:
        return day, day
    first = day.replace(month=(day.month - 1) // months * months + 1, day=1)
    after = first
    for _ in range(months):
        after = (after + 31 * DAY).replace(day=1)
    return first, after - DAY


def midnight(day: date) -> datetime:
    """The first instant of a day; the organization's time zone is UTC."""
    return datetime.combine(day, time(), UTC)
