"""Cadences of teams, cycles and goals: which one counts, what it does to goals, and what is refused."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.kpis import findings
from tests.kit.refusals import changed, refused, unchanged

# A Thursday.
NOW = datetime(2026, 1, 1, 10, tzinfo=UTC)
GOALS = """query($ids: [ID!]!) { nodes(ids: $ids) {
    ... on Objective { effectiveCheckInCadence { days weekday } staleness nextCheckInDueAt version }
    ... on KeyResult { effectiveCheckInCadence { days weekday } staleness nextCheckInDueAt version } } }"""


class Rhythm:
    """A team's MANUAL objective with one key result, in the year 2026."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def begin(self) -> "Rhythm":
        self.client.clock.now = NOW
        self.cycle = await self.client.cycle()
        self.team = await self.client.make("teamCreate", name="Sales")
        self.objective = await self.client.objective(self.cycle, teamId=self.team, progressSource="MANUAL")
        self.key_result = await self.client.key_result(self.objective, kind="REACH", target="100")
        return self

    async def goals(self) -> list[dict[str, Any]]:
        """The objective and the key result."""
        nodes = (await self.client.data(GOALS, ids=[self.objective, self.key_result]))["nodes"]
        return [{**node.pop("effectiveCheckInCadence"), **node} for node in nodes]

    async def due(self) -> list[tuple[int, str | None, str]]:
        """Days, weekday and next due date of the objective and of the key result; stored values agree with the
        facts."""
        assert await findings(self.client) == []
        return [(goal["days"], goal["weekday"], goal["nextCheckInDueAt"]) for goal in await self.goals()]


def cadence(days: int, weekday: str | None = None) -> dict[str, Any]:
    return {"days": days, "weekday": weekday}


async def test_the_nearest_cadence_counts(client: Client) -> None:
    rhythm = await Rhythm(client).begin()
    assert await rhythm.due() == [(7, None, "2026-01-08T10:00:00Z")] * 2
    await client.make("organizationUpdate", "name", checkInCadenceDays=14, checkInWeekday="FRIDAY")
    assert await rhythm.due() == [(14, "FRIDAY", "2026-01-16T00:00:00Z")] * 2
    found = await changed(client, "teamUpdate", id=rhythm.team, checkInCadence=cadence(10))
    assert found["checkInCadence"] == cadence(10)
    # The days come together with their weekday, here none.
    assert await rhythm.due() == [(10, None, "2026-01-11T10:00:00Z")] * 2
    await changed(client, "cycleUpdate", id=rhythm.cycle, checkInCadence=cadence(7, "MONDAY"))
    assert await rhythm.due() == [(7, "MONDAY", "2026-01-05T00:00:00Z")] * 2
    found = await changed(client, "objectiveUpdate", id=rhythm.objective, checkInCadence=cadence(21))
    assert (found["checkInCadence"], found["effectiveCheckInCadence"]) == (cadence(21), cadence(21))
    assert await rhythm.due() == [(21, None, "2026-01-22T10:00:00Z")] * 2
    await changed(client, "keyResultUpdate", id=rhythm.key_result, checkInCadence=cadence(1))
    assert await rhythm.due() == [(21, None, "2026-01-22T10:00:00Z"), (1, None, "2026-01-02T10:00:00Z")]
    for mutation, id in (("keyResultUpdate", rhythm.key_result), ("objectiveUpdate", rhythm.objective)):
        assert (await changed(client, mutation, id=id, checkInCadence=None))["checkInCadence"] is None
    await changed(client, "cycleUpdate", id=rhythm.cycle, checkInCadence=None)
    assert await rhythm.due() == [(10, None, "2026-01-11T10:00:00Z")] * 2
    # The objective of no team has none of it.
    await changed(client, "objectiveUpdate", id=rhythm.objective, teamId=None)
    assert await rhythm.due() == [(14, "FRIDAY", "2026-01-16T00:00:00Z")] * 2


async def test_goals_are_created_with_a_cadence(client: Client) -> None:
    rhythm = await Rhythm(client).begin()
    for mutation, name, facts in (
        ("teamCreate", "team", {"name": "Support"}),
        ("cycleCreate", "cycle", {"name": "Q1", "kind": "QUARTER", "startsOn": "2026-01-01", "endsOn": "2026-03-31"}),
        ("objectiveCreate", "objective", {"title": "Grow", "cycleId": rhythm.cycle}),
        ("keyResultCreate", "keyResult", {"title": "More", "objectiveId": rhythm.objective}),
    ):
        found = await changed(client, mutation, **facts, checkInCadence=cadence(7, "SUNDAY"))
        assert found["checkInCadence"] == cadence(7, "SUNDAY"), name
        assert (await changed(client, mutation, **facts))["checkInCadence"] is None


async def test_a_cadence_makes_goals_stale(client: Client) -> None:
    rhythm = await Rhythm(client).begin()
    await client.make("teamUpdate", id=rhythm.team, checkInCadence=cadence(7, "WEDNESDAY"))
    moments = {"2026-01-06T23:59:59.999999": "FRESH", "2026-01-07T00:00:00": "DUE", "2026-01-10T00:00:00": "OVERDUE"}
    for moment, staleness in moments.items():
        client.clock.now = datetime.fromisoformat(moment).replace(tzinfo=UTC)
        assert [goal["staleness"] for goal in await rhythm.goals()] == [staleness] * 2
    await client.check_in(rhythm.key_result, "1", status="AT_RISK")
    assert (await rhythm.due())[1] == (7, "WEDNESDAY", "2026-01-14T00:00:00Z")
    reason = "query($id: ID!) { keyResult(id: $id) { statusReason } }"
    # A stated status is valid until three days after the next check-in is due.
    for moment, expected in (("16T23:59:59", "STATED_IN_CHECK_IN"), ("17T00:00:00", "STATED_STATUS_EXPIRED")):
        client.clock.now = datetime.fromisoformat(f"2026-01-{moment}").replace(tzinfo=UTC)
        assert (await client.data(reason, id=rhythm.key_result))["keyResult"] == {"statusReason": expected}


async def test_periods_of_adherence_are_as_long_as_the_cadence(client: Client) -> None:
    rhythm = await Rhythm(client).begin()
    limit = await client.key_result(rhythm.objective, kind="AT_LEAST", target="5", mode="ADHERENCE")
    await client.check_in(limit, "5")
    progress = "query($id: ID!) { keyResult(id: $id) { progress } }"
    for days, periods in ((7, 53), (73, 5), (366, 1)):
        await client.make("cycleUpdate", id=rhythm.cycle, checkInCadence=cadence(days))
        assert (await client.data(progress, id=limit))["keyResult"] == {"progress": pytest.approx(1 / periods)}
    assert await findings(client) == []


async def test_goals_of_a_closed_cycle_keep_their_cadence(client: Client) -> None:
    rhythm = await Rhythm(client).begin()
    await client.make("teamUpdate", id=rhythm.team, checkInCadence=cadence(30))
    limit = await client.key_result(rhythm.objective, kind="AT_LEAST", target="5", mode="ADHERENCE")
    await client.check_in(limit, "5")
    await client.take_steps(rhythm.cycle, "BeginClosing", "Close")
    shown = "query($id: ID!) { keyResult(id: $id) { progress effectiveCheckInCadence { days weekday } } }"
    before = await client.data(shown, id=limit)
    assert before["keyResult"]["effectiveCheckInCadence"] == cadence(30)
    await client.make("teamUpdate", id=rhythm.team, checkInCadence=cadence(60, "MONDAY"))
    await client.make("organizationUpdate", "name", checkInCadenceDays=1)
    assert await client.data(shown, id=limit) == before
    assert await findings(client) == []
    await client.take_steps(rhythm.cycle, "Reopen")
    assert (await client.data(shown, id=limit))["keyResult"]["effectiveCheckInCadence"] == cadence(60, "MONDAY")
    assert await findings(client) == []


@pytest.mark.parametrize(
    ("wrong", "code"),
    [
        (cadence(0), "CADENCE_OUT_OF_RANGE"),
        (cadence(-1, "MONDAY"), "CADENCE_OUT_OF_RANGE"),
        (cadence(367), "CADENCE_OUT_OF_RANGE"),
        (cadence(6, "FRIDAY"), "WEEKDAY_OF_SHORT_CADENCE"),
    ],
)
async def test_wrong_cadences_are_refused(client: Client, wrong: dict[str, Any], code: str) -> None:
    rhythm = await Rhythm(client).begin()
    for mutation, facts in (
        ("teamCreate", {"name": "Support"}),
        ("cycleCreate", {"name": "Q1", "kind": "QUARTER", "startsOn": "2026-01-01", "endsOn": "2026-03-31"}),
        ("objectiveCreate", {"title": "Grow", "cycleId": rhythm.cycle}),
        ("keyResultCreate", {"title": "More", "objectiveId": rhythm.objective}),
        ("teamUpdate", {"id": rhythm.team}),
        ("cycleUpdate", {"id": rhythm.cycle}),
        ("objectiveUpdate", {"id": rhythm.objective}),
        ("keyResultUpdate", {"id": rhythm.key_result}),
    ):
        await refused(client, mutation, code, "checkInCadence", **facts, checkInCadence=wrong)


async def test_a_weekday_of_the_organization_needs_a_week(client: Client) -> None:
    await client.make("organizationUpdate", "name", checkInCadenceDays=6)
    await refused(
        client, "organizationUpdate", "WEEKDAY_OF_SHORT_CADENCE", "checkInCadenceDays", checkInWeekday="MONDAY"
    )
    found = await changed(client, "organizationUpdate", checkInCadenceDays=7, checkInWeekday="MONDAY")
    assert (found["checkInCadenceDays"], found["checkInWeekday"]) == (7, "MONDAY")
    await refused(client, "organizationUpdate", "WEEKDAY_OF_SHORT_CADENCE", "checkInCadenceDays", checkInCadenceDays=6)
    assert (await changed(client, "organizationUpdate", checkInWeekday=None))["checkInWeekday"] is None


async def test_the_same_cadence_changes_nothing(client: Client) -> None:
    rhythm = await Rhythm(client).begin()
    for mutation, id in (("teamUpdate", rhythm.team), ("cycleUpdate", rhythm.cycle)):
        await changed(client, mutation, id=id, checkInCadence=cadence(14, "TUESDAY"))
        await unchanged(client, mutation, id=id, checkInCadence=cadence(14, "TUESDAY"))


async def test_a_weekday_begins_in_the_time_zone_of_the_team(client: Client) -> None:
    rhythm = await Rhythm(client).begin()
    await client.make("teamUpdate", id=rhythm.team, checkInCadence=cadence(7, "FRIDAY"))
    assert await rhythm.due() == [(7, "FRIDAY", "2026-01-09T00:00:00Z")] * 2
    await client.make("teamUpdate", id=rhythm.team, timeZone="Europe/Berlin")
    assert await rhythm.due() == [(7, "FRIDAY", "2026-01-08T23:00:00Z")] * 2
    await client.make("teamUpdate", id=rhythm.team, timeZone=None)
    assert await rhythm.due() == [(7, "FRIDAY", "2026-01-09T00:00:00Z")] * 2
