"""Commands on cycles and the policy of an organization: states, dates and scores."""

from dataclasses import replace
from datetime import date
from typing import Any

from tests.model.closing import STEPS, close, counted, proposed, proposed_score, state
from tests.model.drawn_values import cadence_of, midnight
from tests.model.exact import fraction, shown_float
from tests.model.facts import DAY
from tests.model.goals import Moment
from tests.model.history import History


class CycleCommands(History):
    """Changes cycles, scores goals, and changes the policy."""

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
        if before != to and step in ("Close", "Reopen"):
            self.keep_cadences(id, step == "Close")
        if before != to:
            cycle.policy = replace(self.world.policy) if step == "Close" else None
            cycle.state, cycle.activated = to, self.now if step == "Activate" else cycle.activated

    def keep_cadences(self, cycle: str, kept: bool) -> None:
        """Goals of a closed cycle keep the cadence that they have then."""
        moment = Moment(self.world, self.now)
        for id in [*self.world.objectives, *self.world.key_results]:
            if moment.cycle(id) is self.world.cycles[cycle]:
                self.world.goal(id).kept_cadence = moment.cadence(id) if kept else None

    async def shut(self, place: int) -> None:
        """Closes a cycle, if that is possible now."""
        await self.step(place, "BeginClosing")
        await self.step(place, "Close")

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

    async def policy(self, on_track: float, at_risk: float, cadence: dict[str, Any]) -> None:
        input = {"onTrackPace": on_track, "atRiskPace": at_risk}
        input |= {"checkInCadenceDays": cadence["days"], "checkInWeekday": cadence["weekday"]}
        if await self.send("organizationUpdate", input, "organization { id }"):
            policy = self.world.policy
            policy.on_track, policy.at_risk = fraction(on_track), fraction(at_risk)  # type: ignore[assignment]
            policy.cadence = cadence_of(cadence) or policy.cadence

    async def team_cadence(self, place: int, cadence: dict[str, Any] | None) -> None:
        id = self.pick(self.world.team_cadences, place) or ""
        if await self.send("teamUpdate", {"id": id, "checkInCadence": cadence}, "team { id }"):
            self.world.team_cadences[id] = cadence_of(cadence)

    async def cycle_cadence(self, place: int, cadence: dict[str, Any] | None) -> None:
        id = self.pick(self.world.cycles, place) or ""
        bound = (id,) if self.world.cycles[id].cadence != cadence_of(cadence) else ()
        if await self.send("cycleUpdate", {"id": id, "checkInCadence": cadence}, "cycle { id }", "schedule", *bound):
            self.world.cycles[id].cadence = cadence_of(cadence)

    async def cycle_ends(self, place: int, last: date) -> None:
        id = self.pick(self.world.cycles, place) or ""
        if await self.send("cycleUpdate", {"id": id, "endsOn": last.isoformat()}, "cycle { id }", "schedule", id):
            self.world.cycles[id].ends = midnight(last + DAY)

    async def cycle_outside(self, place: int, allowed: bool) -> None:
        """Lets dates of goals be outside a cycle, or no longer."""
        id = self.pick(self.world.cycles, place) or ""
        if await self.send("cycleUpdate", {"id": id, "allowsDatesOutside": allowed}, "cycle { id }"):
            self.world.cycles[id].allows_dates_outside = allowed
