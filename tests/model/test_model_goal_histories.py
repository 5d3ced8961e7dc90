"""Whatever is done to goals over the API in whatever order, all their numbers are those of the model.

`make fuzz` sets OKRGRAPH_FUZZ; a hundredth of it is the number of histories.
"""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.app import create_app
from service.postgres.database import Database
from service.settings import Settings
from tests.kit.client import Clock, founded
from tests.model.goal_comparing import SOON, differences
from tests.model.goal_history import GoalHistory
from tests.model.goal_steps import STEPS
from tests.model.reducing import ensure_no_difference, histories


@histories(8)
@given(st.lists(STEPS, min_size=12, max_size=32))
async def test_goals_are_those_of_the_model(
    clean: None, database: Database, settings: Settings, steps: list[Any]
) -> None:
    async def run(steps: list[Any]) -> list[str]:
        clock = Clock()
        async with await founded(create_app(settings, database, clock), database, clock, "Histories") as client:
            history = GoalHistory(client)
            await history.begin()
            found = []
            for place, each in enumerate(steps):
                try:
                    await history.do(each)
                except AssertionError as error:
                    return [f"{each[0]}: {error}"]
                if place == len(steps) // 2:
                    found = await differences(history, SOON)
            found += await differences(history)
            # Whatever was done before, the goals of one cycle have an outcome in the end.
            await history.shut(0)
            return found + await differences(history, SOON)

    await ensure_no_difference(run, steps)
