"""An organization with cycles and objectives, whose history is drawn step by step."""

from datetime import UTC, date, datetime

from tests.model.cycle_commands import CycleCommands
from tests.model.drawn_values import midnight
from tests.model.facts import DAY, Cycle, Objective
from tests.model.goal_commands import GoalCommands

BEGINNING = datetime(2026, 1, 2, 9, tzinfo=UTC)
CYCLES = ((date(2026, 1, 1), date(2026, 3, 31)), (date(2026, 1, 15), date(2026, 5, 31)))


class GoalHistory(GoalCommands, CycleCommands):
    """Does all steps on goals and cycles."""

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
