"""An organization with cycles and objectives, whose history is drawn step by step."""

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tests.model.carry_over_commands import CarryOverCommands
from tests.model.cycle_commands import CycleCommands
from tests.model.drawn_values import midnight
from tests.model.facts import DAY, Cycle, Objective
from tests.model.goal_commands import GoalCommands

BEGINNING = datetime(2026, 1, 2, 9, tzinfo=UTC)
# The last one awaits its activation by people.
CYCLES = (
    (date(2026, 1, 1), date(2026, 3, 31)),
    (date(2026, 1, 15), date(2026, 5, 31)),
    (date(2026, 2, 1), date(2026, 6, 30)),
)
# What is there at the beginning, so that most steps find something to change.
STEPS_AT_FIRST: tuple[tuple[Any, ...], ...] = (
    ("key_result", 0, "INCREASE", Decimal(0), Decimal(100), 1.0, "LATEST"),
    ("key_result", 1, "MILESTONE", Decimal(0), Decimal(0), 3.0, "LATEST"),
    ("key_result", 2, "DECREASE_BY_PERCENT", Decimal(50), Decimal(20), 0.5, "LATEST"),
    ("key_result", 3, "AT_MOST", Decimal(0), Decimal(10), 1.0, "LATEST"),
    ("key_result", 4, "INCREASE_BY", Decimal(10), Decimal(40), 1.0, "LATEST"),
    ("milestone", 0, 1.0, None),
    ("milestone", 0, 3.0, 1),
    ("align", 1, 0, "CONTRIBUTES", 1.0, False),
    ("align", 2, 0, "CONTRIBUTES", 0.5, True),
    ("align", 2, 3, "SUPPORTS", 1.0, False),
    # Both say what the outcome of the cycle leaves out.
    ("check_in", 0, [(Decimal(80), "OFF_TRACK", 0.7, 0)]),
    ("check_in_objective", 1, None, "OFF_TRACK", 0.34, 0),
)
# Level, kind and the number of the cycle.
OBJECTIVES = (
    ("COMPANY", "ASPIRATIONAL", 0),
    ("TEAM", "COMMITTED", 0),
    ("TEAM", "LEARNING", 0),
    ("INDIVIDUAL", "COMMITTED", 1),
    ("TEAM", "ASPIRATIONAL", 2),
)


class GoalHistory(GoalCommands, CycleCommands, CarryOverCommands):
    """Does all steps on goals and cycles."""

    async def begin(self) -> None:
        """Three cycles with five objectives, each with a key result."""
        self.client.clock.now = BEGINNING
        for place, (first, last) in enumerate(CYCLES):
            facts = {"kind": "CUSTOM", "name": f"Cycle {place}", "activation": "MANUAL" if place == 2 else "AT_START"}
            made = await self.client.cycle(first.isoformat(), last.isoformat(), **facts)
            self.world.cycles[made] = Cycle(midnight(first), midnight(last + DAY), is_manual=place == 2)
        me = (await self.client.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
        self.people += [me, await self.client.make("personCreate", name="Somebody Else")]
        self.teams.append(await self.client.make("teamCreate", name="Team"))
        self.world.team_cadences[self.teams[1] or ""] = None
        for place, (level, kind, number) in enumerate(OBJECTIVES):
            cycle, owner = list(self.world.cycles)[number], self.people[place % 3]
            own: dict[str, Any] = {"level": level, "kind": kind, "ownerId": owner, "teamId": self.teams[place % 2]}
            made = await self.client.objective(cycle, f"Objective {place}", **own)
            made_at: dict[str, Any] = {"created": self.now, "active_since": self.now}
            self.world.objectives[made] = Objective(
                cycle=cycle, team=own["teamId"], level=level, kind=kind, owner=owner, **made_at
            )
        for step in STEPS_AT_FIRST:
            await self.do(step)
        assert self.refused == 0
