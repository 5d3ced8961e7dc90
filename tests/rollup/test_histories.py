"""Whatever is done in whatever order, stored values are what the facts say, and history what was said."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.postgres.database import Database
from service.reading.reader import Reader
from service.rollup.doctor import examine
from tests.kit.examples import examples
from tests.kit.goal_history import STEPS, History


@settings(max_examples=examples(12, 30), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, min_size=5, max_size=25))
async def test_doctor_finds_nothing_after_any_history(clean: None, database: Database, steps: list[Any]) -> None:
    history = History(database)
    await history.begin()
    for step in steps:
        await history.do(("cycle_ends", *step[1:]) if step[0] == "cycle" else step)
    reader = Reader(database, history.viewer.organization_id)
    findings = [finding async for finding in examine(reader)]
    await reader.close()
    assert findings == []
