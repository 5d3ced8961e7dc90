"""An organization with cycles and objectives, whose history is drawn step by step."""

from datetime import UTC, date, datetime

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


class GoalHistory(GoalCommands, CycleCommands):
    """Does all steps on goals and cycles."""

    async def begin(self) -> None:
        """Three cycles and four objectives."""
        self.client.clock.now = BEGINNING
        for place, (first, last) in enumerate(CYCLES):
            facts = {"kind": "CUSTOM", "name": f"Cycle {place}", "activation": "MANUAL" if place == 2 else "AT_START"}
            made = await self.client.cycle(first.isoformat(), last.isoformat(), **facts)
            self.world.cycles[made] = Cycle(midnight(first), midnight(last + DAY), is_manual=place == 2)
        for place in range(4):
            cycle = list(self.world.cycles)[place == 3]
            made = await self.client.objective(cycle, f"Objective {place}")
            self.world.objectives[made] = Objective(cycle=cycle, active_since=self.now)
