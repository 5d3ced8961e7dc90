"""Whatever is done to goals in whatever order, their history is what the API answered at each of those times."""

from datetime import UTC, datetime, time, timedelta
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from service.app import create_app
from service.postgres.database import Database
from service.settings import Settings
from tests.kit.client import Client, Clock, founded
from tests.model.facts import DAY
from tests.model.goal_history import BEGINNING, GoalHistory
from tests.model.goal_steps import STEPS
from tests.model.reducing import ensure_no_difference, histories

INSTANT = timedelta(microseconds=1)
BOTH = "id progress confidence status statusReason"
ANSWERS = f"""{{
    objectives(first: 100, includeArchived: true) {{ nodes {{ {BOTH} }} }}
    keyResults(first: 100, includeArchived: true) {{ nodes {{ {BOTH} current target }} }} }}"""
POINTS = "{ startsOn endsOn at current target progress confidence status statusReason }"
HISTORY = f"""query($from: Date!, $to: Date!, $bucket: GoalHistoryBucket!) {{
    objectives(first: 100, includeArchived: true) {{ nodes {{ id
        history(from: $from, to: $to, bucket: $bucket) {POINTS} }} }}
    keyResults(first: 100, includeArchived: true) {{ nodes {{ id
        history(from: $from, to: $to, bucket: $bucket) {POINTS} }} }} }}"""
NOTHING = dict.fromkeys(("current", "target", "progress", "confidence", "status", "statusReason"))
State = dict[str, Any]


class RecordedHistory(GoalHistory):
    """Notes what the API answers of all goals at the end of every day."""

    def __init__(self, client: Client) -> None:
        super().__init__(client)
        self.answers: dict[datetime, dict[str, State]] = {}

    async def wait(self, hours: int) -> None:
        until = self.now + timedelta(hours=hours)
        while (end := end_of_day(self.now)) < until:
            self.client.clock.now = end
            self.answers[end] = await answered(self.client)
            self.client.clock.now = end + INSTANT
        self.client.clock.now = until


def end_of_day(now: datetime) -> datetime:
    """The last instant of a day."""
    return datetime.combine(now.date(), time(), UTC) + DAY - INSTANT


async def answered(client: Client) -> dict[str, State]:
    """What the API answers of each goal now."""
    data = await client.data(ANSWERS)
    goals = [each for name in ("objectives", "keyResults") for each in data[name]["nodes"]]
    return {each.pop("id"): NOTHING | each for each in goals}


async def differing(history: RecordedHistory, bucket: str) -> list[str]:
    """The points of all goals that are not what was answered at the end of their bucket, or is answered now."""
    answers = history.answers | {history.now: await answered(history.client)}
    days = {"from": BEGINNING.date().isoformat(), "to": history.now.date().isoformat(), "bucket": bucket}
    data = await history.client.data(HISTORY, **days)
    found, count = [], 0
    for goal in [each for name in ("objectives", "keyResults") for each in data[name]["nodes"]]:
        for point in goal["history"]:
            end = min(end_of_day(datetime.fromisoformat(point["endsOn"])), history.now)
            expected = answers[end].get(goal["id"])
            at = None if expected is None else end
            told = {name: point[name] for name in NOTHING}
            count += expected is not None
            if told != (expected or NOTHING) or (point["at"] and datetime.fromisoformat(point["at"])) != at:
                found.append(f"{goal['id']} {point['startsOn']}: {told} at {point['at']} instead of {expected} at {at}")
    assert count > 0
    return found[:10]


@histories(5)
@given(st.lists(STEPS, min_size=12, max_size=28))
async def test_points_are_what_was_answered_then(
    clean: None, database: Database, settings: Settings, steps: list[Any]
) -> None:
    async def run(steps: list[Any]) -> list[str]:
        clock = Clock()
        clock.now = BEGINNING
        async with await founded(create_app(settings, database, clock), database, clock, "Histories") as client:
            history = RecordedHistory(client)
            await history.begin()
            for place, each in enumerate(steps):
                await history.do(each)
                if place % 3 == 0:
                    await history.wait(20)
            return [each for bucket in ("DAY", "WEEK", "MONTH", "QUARTER") for each in await differing(history, bucket)]

    await ensure_no_difference(run, steps)
