"""Status, its reason and pace of goals at chosen moments of the year 2026, whose middle is July 2nd at noon."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.refusals import changed

DOCUMENT = """query($key_result: ID!, $objective: ID!) {
    keyResult(id: $key_result) { status statusReason pace } objective(id: $objective) { status statusReason pace } }"""
MIDDLE = "2026-07-02T12:00:00"


class Goal:
    """An objective with one key result, in the year 2026."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def begin(self, at: str, cadence: int = 366, **definition: Any) -> "Goal":
        """Made at a moment; with a cadence of a year, nothing is overdue before the end."""
        self.set(at)
        await self.client.make("organizationUpdate", checkInCadenceDays=cadence)
        self.objective = await self.client.objective(await self.client.cycle())
        wanted = definition or {"kind": "REACH", "target": "100"}
        self.key_result = await self.client.key_result(self.objective, **wanted)
        return self

    def set(self, at: str) -> None:
        self.client.clock.now = datetime.fromisoformat(at).replace(tzinfo=UTC)

    async def staleness(self, at: str) -> tuple[str | None, str | None]:
        """Staleness of the key result at a moment, and when its next check-in is due."""
        self.set(at)
        document = "query($id: ID!) { keyResult(id: $id) { staleness nextCheckInDueAt } }"
        found = (await self.client.data(document, id=self.key_result))["keyResult"]
        return found["staleness"], found["nextCheckInDueAt"]

    async def at(self, at: str) -> tuple[str, str, float | None]:
        """Status, reason and pace of the key result; the objective has the same, by its worst contributor."""
        self.set(at)
        data = await self.client.data(DOCUMENT, key_result=self.key_result, objective=self.objective)
        own, above = data["keyResult"], data["objective"]
        assert (above["status"], above["pace"]) == (own["status"], own["pace"])
        assert above["statusReason"] == "WORST_CONTRIBUTOR"
        return own["status"], own["statusReason"], own["pace"]


async def test_by_pace_from_before_the_start_to_after_the_end(client: Client) -> None:
    goal = await Goal(client).begin("2025-06-01T00:00:00")
    assert await goal.at("2025-12-31T23:59:59.999999") == ("NOT_STARTED", "BEFORE_CYCLE", None)
    assert await goal.at("2026-01-01T00:00:00") == ("PENDING", "TOO_EARLY", None)
    await client.check_in(goal.key_result, "45", at="2026-01-01T00:00:00Z")
    assert (await goal.at("2026-02-06T11:59:59.999999"))[:2] == ("PENDING", "TOO_EARLY")
    # A tenth of the year has passed.
    assert await goal.at("2026-02-06T12:00:00") == ("ON_TRACK", "PACE", pytest.approx(4.5))
    assert await goal.at(MIDDLE) == ("ON_TRACK", "PACE", 0.9)
    assert (await goal.at("2026-07-02T12:00:00.000001"))[:2] == ("AT_RISK", "PACE")
    # 0.45 of 9/14 of the year is a pace of 0.7: 365 · 9/14 days are 234 days, 15 hours, 25 minutes, 42.857143 s.
    assert (await goal.at("2026-08-23T15:25:42.857142"))[:2] == ("AT_RISK", "PACE")
    assert (await goal.at("2026-08-23T15:25:42.857144"))[:2] == ("OFF_TRACK", "PACE")
    assert await goal.at("2027-01-01T00:00:00") == ("OFF_TRACK", "PACE", 0.45)
    assert await goal.at("2030-01-01T00:00:00") == ("OFF_TRACK", "PACE", 0.45)


async def test_what_is_met_is_achieved_at_once(client: Client) -> None:
    goal = await Goal(client).begin("2026-01-02T00:00:00")
    await client.check_in(goal.key_result, "100")
    for at in ("2026-01-02T00:00:00", MIDDLE, "2027-06-01T00:00:00"):
        assert (await goal.at(at))[:2] == ("ACHIEVED", "TARGET_MET")
    goal.set("2026-07-03T00:00:00")
    await client.check_in(goal.key_result, "99")
    assert (await goal.at("2026-07-03T00:00:00"))[:2] == ("ON_TRACK", "PACE")


@pytest.mark.parametrize(
    "definition",
    [
        {"kind": "AT_LEAST", "target": "90"},
        {"kind": "AT_MOST", "target": "110"},
        {"kind": "WITHIN_RANGE", "lower": "99", "upper": "101"},
    ],
)
async def test_what_is_to_be_held_is_achieved_at_the_end_only(client: Client, definition: dict[str, Any]) -> None:
    goal = await Goal(client).begin("2026-01-02T00:00:00", **definition)
    await client.check_in(goal.key_result, "100")
    assert (await goal.at("2026-01-02T00:00:00"))[:2] == ("PENDING", "TOO_EARLY")
    assert (await goal.at("2026-12-31T23:59:59.999999"))[:2] == ("ON_TRACK", "PACE")
    assert await goal.at("2027-01-01T00:00:00") == ("ACHIEVED", "TARGET_MET", 1)


async def test_regress_is_not_too_early_to_tell(client: Client) -> None:
    goal = await Goal(client).begin("2026-01-03T00:00:00", kind="DECREASE", baseline="10", target="5")
    await client.check_in(goal.key_result, "11")
    assert await goal.at("2026-01-03T00:00:00") == ("OFF_TRACK", "PACE", 0)
    await client.check_in(goal.key_result, "10")
    assert (await goal.at("2026-01-03T00:00:00"))[:2] == ("PENDING", "TOO_EARLY")


async def test_staleness_goes_by_cadence_and_three_days_and_leaves_the_status(client: Client) -> None:
    goal = await Goal(client).begin("2026-01-01T00:00:00", cadence=7)
    for at, found in [
        ("2026-01-07T23:59:59.999999", ("FRESH", "2026-01-08T00:00:00Z")),
        ("2026-01-08T00:00:00", ("DUE", "2026-01-08T00:00:00Z")),
        ("2026-01-10T23:59:59.999999", ("DUE", "2026-01-08T00:00:00Z")),
        ("2026-01-11T00:00:00", ("OVERDUE", "2026-01-08T00:00:00Z")),
        ("2026-12-31T23:59:59.999999", ("OVERDUE", "2026-01-08T00:00:00Z")),
        ("2027-01-01T00:00:00", (None, None)),
    ]:
        assert (at, await goal.staleness(at)) == (at, found)
    assert (await goal.at("2026-01-11T00:00:00"))[:2] == ("PENDING", "TOO_EARLY")
    goal.set("2026-05-01T00:00:00")
    await client.check_in(goal.key_result, "40")
    assert await goal.staleness("2026-05-10T00:00:00") == ("DUE", "2026-05-08T00:00:00Z")
    assert await goal.staleness("2026-05-11T00:00:00") == ("OVERDUE", "2026-05-08T00:00:00Z")
    assert (await goal.at("2026-05-11T00:00:00"))[:2] == ("ON_TRACK", "PACE")


async def test_a_goal_that_was_just_made_is_fresh(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE, cadence=7)
    assert await goal.staleness(MIDDLE) == ("FRESH", "2026-07-09T12:00:00Z")
    goal.set("2026-07-20T12:00:00")
    assert await goal.staleness("2026-07-20T12:00:00") == ("OVERDUE", "2026-07-09T12:00:00Z")
    await client.make("keyResultUpdate", id=goal.key_result, lifecycle="DRAFT")
    assert await goal.staleness("2026-07-20T12:00:00") == (None, None)
    await client.make("keyResultUpdate", id=goal.key_result, title="Renamed, and still a draft")
    goal.set("2026-07-25T12:00:00")
    # Active again, it has a cadence from then on; what is changed later does not move that.
    await client.make("keyResultUpdate", id=goal.key_result, lifecycle="ACTIVE")
    goal.set("2026-07-26T12:00:00")
    await client.make("keyResultUpdate", id=goal.key_result, title="Renamed again")
    assert await goal.staleness("2026-07-26T12:00:00") == ("FRESH", "2026-08-01T12:00:00Z")
    await client.make("keyResultArchive", id=goal.key_result)
    assert await goal.staleness("2026-07-26T12:00:00") == (None, None)
    goal.set("2026-09-01T12:00:00")
    await client.make("keyResultRestore", id=goal.key_result)
    assert await goal.staleness("2026-09-01T12:00:00") == ("FRESH", "2026-09-08T12:00:00Z")


async def test_nobody_has_to_check_in_below_what_is_not_in_force(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE, cadence=7)
    assert (await goal.staleness("2026-07-20T12:00:00"))[0] == "OVERDUE"
    await client.make("objectiveArchive", id=goal.objective)
    assert await goal.staleness("2026-07-20T12:00:00") == (None, None)
    await client.make("objectiveRestore", id=goal.objective)
    assert await goal.staleness("2026-07-20T12:00:00") == ("FRESH", "2026-07-27T12:00:00Z")


async def test_a_closed_cycle_tells_what_its_goals_came_to(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE, cadence=7)
    await client.check_in(goal.key_result, "80", status="OFF_TRACK")
    assert (await goal.at(MIDDLE))[:2] == ("OFF_TRACK", "STATED_IN_CHECK_IN")
    cycle = (await client.data("{ cycles { nodes { id } } }"))["cycles"]["nodes"][0]["id"]
    await client.take_steps(cycle, "BeginClosing", "Close")
    document = "query($id: ID!) { keyResult(id: $id) { status statusReason staleness nextCheckInDueAt } }"
    found = (await client.data(document, id=goal.key_result))["keyResult"]
    assert found == {
        **{"status": "AT_RISK", "statusReason": "CYCLE_CLOSED", "staleness": None, "nextCheckInDueAt": None}
    }
    await client.take_steps(cycle, "Reopen")
    assert (await goal.at(MIDDLE))[:2] == ("OFF_TRACK", "STATED_IN_CHECK_IN")


async def test_a_cadence_of_another_length(client: Client) -> None:
    goal = await Goal(client).begin("2026-03-01T00:00:00", cadence=7)
    await client.check_in(goal.key_result, "50")
    assert (await goal.staleness("2026-03-12T00:00:00"))[0] == "OVERDUE"
    await changed(client, "organizationUpdate", checkInCadenceDays=30)
    assert await goal.staleness("2026-03-12T00:00:00") == ("FRESH", "2026-03-31T00:00:00Z")
    assert (await goal.staleness("2026-04-03T00:00:00"))[0] == "OVERDUE"
    await changed(client, "organizationUpdate", checkInCadenceDays=1)
    assert await goal.staleness("2026-03-04T00:00:00") == ("DUE", "2026-03-02T00:00:00Z")
    assert (await goal.staleness("2026-03-05T00:00:00"))[0] == "OVERDUE"


async def test_the_pace_policy_is_data(client: Client) -> None:
    goal = await Goal(client).begin(MIDDLE)
    await client.check_in(goal.key_result, "40")
    assert await goal.at(MIDDLE) == ("AT_RISK", "PACE", 0.8)
    for on_track, at_risk, status in [(0.8, 0.7, "ON_TRACK"), (0.81, 0.8, "AT_RISK"), (1.2, 0.81, "OFF_TRACK")]:
        await changed(client, "organizationUpdate", onTrackPace=on_track, atRiskPace=at_risk)
        assert await goal.at(MIDDLE) == (status, "PACE", 0.8)
    await changed(client, "organizationUpdate", onTrackPace=0, atRiskPace=0)
    assert await goal.at(MIDDLE) == ("ON_TRACK", "PACE", 0.8)
