"""Whatever is recorded, corrected, deleted and redefined in whatever order, what is computed is what the points say."""

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from service.postgres.database import Database
from service.reading.reader import Reader
from service.rollup.doctor import examine
from tests.kit.examples import examples
from tests.kit.kpi_history import STEPS, KpiHistory


@settings(max_examples=examples(10, 25), deadline=None, suppress_health_check=list(HealthCheck))
@given(st.lists(STEPS, min_size=8, max_size=30))
async def test_doctor_finds_nothing_after_any_history(clean: None, database: Database, steps: list[Any]) -> None:
    history = KpiHistory(database)
    await history.begin()
    for step in steps:
        await history.do(step)
    reader = Reader(database, history.viewer.organization_id)
    findings = [finding async for finding in examine(reader)]
    await reader.close()
    assert findings == []
