"""Status, staleness and adherence follow the dates of the goal; check-ins and outcomes those of its cycle."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.kpis import findings, kpi, record

SELECTION = "status statusReason staleness nextCheckInDueAt pace progress"


def on(day: str) -> dict[str, str]:
    return {"on": day, "granularity": "DAY"}


class Goal:
    """A goal of the quarter from 1 January to 1 April, 90 days."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def begin(self, at: str = "2025-12-15", cadence: int = 7, **definition: Any) -> "Goal":
        """Made at a moment, with a key result of this definition."""
        self.set(at)
        await self.client.make("organizationUpdate", checkInCadenceDays=cadence)
        self.cycle = await self.client.cycle("2026-01-01", "2026-03-31")
        self.objective = await self.client.objective(self.cycle)
        self.key_result = await self.client.key_result(
            self.objective, **{"kind": "REACH", "target": "100", **definition}
        )
        return self

    def set(self, at: str) -> None:
        self.client.clock.now = datetime.fromisoformat(at).replace(tzinfo=UTC)

    async def at(self, at: str, *fields: str, name: str = "keyResult") -> tuple[Any, ...]:
        """Some fields at a moment."""
        self.set(at)
        id = self.key_result if name == "keyResult" else self.objective
        found = (await self.client.data(f"query($id: ID!) {{ {name}(id: $id) {{ {SELECTION} }} }}", id=id))[name]
        return tuple(found[field] for field in fields)


async def test_pace_goes_from_the_start_to_the_due_date(client: Client) -> None:
    # 20 days.
    goal = await Goal(client).begin(cadence=366, start=on("2026-02-01"), due=on("2026-02-20"))
    assert await goal.at("2026-01-31T23:59:59", "status", "statusReason", "pace") == (
        "NOT_STARTED",
        "BEFORE_CYCLE",
        None,
    )
    assert await goal.at("2026-02-01", "status", "statusReason") == ("PENDING", "TOO_EARLY")
    await client.check_in(goal.key_result, "45", at="2026-02-01T00:00:00Z")
    assert await goal.at("2026-02-03", "status", "statusReason") == ("ON_TRACK", "PACE")
    assert await goal.at("2026-02-11", "status", "pace") == ("ON_TRACK", 0.9)
    assert await goal.at("2026-02-11T00:00:01", "status") == ("AT_RISK",)
    assert await goal.at("2026-02-14", "status") == ("OFF_TRACK",)
    assert await goal.at("2026-03-20", "status", "pace") == ("OFF_TRACK", 0.45)
    await client.check_in(goal.key_result, "100")
    assert await goal.at("2026-03-20", "status", "statusReason") == ("ACHIEVED", "TARGET_MET")
    assert await findings(client) == []


async def test_an_objective_by_its_own_pace(client: Client) -> None:
    goal = await Goal(client).begin(cadence=366)
    await client.make("objectiveUpdate", id=goal.objective, statusSource="PACE", due=on("2026-01-30"))
    goal.set("2026-01-16")
    await client.check_in(goal.key_result, "45", at="2026-01-01T00:00:00Z")
    assert await goal.at("2026-01-16", "status", "pace", name="objective") == ("ON_TRACK", 0.9)
    assert await goal.at("2026-01-16", "pace") == (2.7,)
    assert await goal.at("2026-02-05", "status", name="objective") == ("OFF_TRACK",)


async def test_an_objective_is_not_started_before_its_own_start(client: Client) -> None:
    goal = await Goal(client).begin()
    await client.make("objectiveUpdate", id=goal.objective, start=on("2026-02-01"))
    assert await goal.at("2026-01-20", "status") == ("OFF_TRACK",)
    assert await goal.at("2026-01-20", "status", "statusReason", name="objective") == ("NOT_STARTED", "BEFORE_CYCLE")
    await client.make("objectiveCheckIn", objectiveId=goal.objective, status="AT_RISK", at="2026-01-20T00:00:00Z")
    assert await goal.at("2026-01-31T23:59:59", "status", name="objective") == ("NOT_STARTED",)
    assert await goal.at("2026-02-01", "status", "statusReason", name="objective") == (
        *("OFF_TRACK", "STATED_STATUS_EXPIRED"),
    )
    assert await findings(client) == []


async def test_check_ins_are_expected_between_the_dates_and_taken_in_the_cycle(client: Client) -> None:
    goal = await Goal(client).begin(start=on("2026-02-01"), due=on("2026-02-28"))
    assert await goal.at("2026-01-20", "staleness", "nextCheckInDueAt") == (None, None)
    await client.check_in(goal.key_result, "10")
    # The cadence begins with the goal.
    assert await goal.at("2026-02-01", "staleness", "nextCheckInDueAt") == ("FRESH", "2026-02-08T00:00:00Z")
    assert await goal.at("2026-02-08", "staleness") == ("DUE",)
    assert await goal.at("2026-02-11", "staleness") == ("OVERDUE",)
    assert await goal.at("2026-02-28T23:59:59", "staleness") == ("OVERDUE",)
    assert await goal.at("2026-03-01", "staleness", "nextCheckInDueAt") == (None, None)
    goal.set("2026-03-10")
    await client.check_in(goal.key_result, "100")
    assert await goal.at("2026-03-10", "status", "staleness") == ("ACHIEVED", None)
    goal.set("2026-04-02")
    assert await client.refused("keyResultCheckIn", keyResultId=goal.key_result, value="1") == (
        *("CHECK_IN_OUTSIDE_CYCLE", ["input", "at"]),
    )


async def test_dates_outside_the_cycle(client: Client) -> None:
    goal = await Goal(client).begin(cadence=7)
    await client.make("cycleUpdate", id=goal.cycle, allowsDatesOutside=True)
    await client.make("keyResultUpdate", id=goal.key_result, due=on("2026-06-29"), start=on("2025-12-31"))
    # Half of 181 days; no check-in is taken after the cycle, so none is expected.
    assert (await goal.at("2026-03-31", "staleness"))[0] == "OVERDUE"
    await client.check_in(goal.key_result, "50")
    assert await goal.at("2026-04-01", "staleness", "status", "nextCheckInDueAt") == (None, "ON_TRACK", None)
    assert await goal.at("2026-06-30", "status", "pace") == ("OFF_TRACK", 0.5)
    # The outcome is that at the end of the cycle.
    await client.take_steps(goal.cycle, "BeginClosing", "Close")
    assert await goal.at("2026-06-30", "status", "statusReason") == ("ON_TRACK", "CYCLE_CLOSED")
    assert await findings(client) == []


@pytest.mark.parametrize(
    ("definition", "value", "before", "after"),
    [
        ({"kind": "BINARY", "target": None}, "0", "PENDING", "OFF_TRACK"),
        ({"kind": "AT_LEAST", "target": "10"}, "10", "ON_TRACK", "ACHIEVED"),
    ],
)
async def test_rules_of_the_end_hold_at_the_due_date(
    client: Client, definition: dict[str, Any], value: str, before: str, after: str
) -> None:
    goal = await Goal(client).begin(due=on("2026-02-20"), **definition)
    goal.set("2026-02-01")
    await client.check_in(goal.key_result, value)
    assert await goal.at("2026-02-20T23:59:59", "status") == (before,)
    assert await goal.at("2026-02-21", "status") == (after,)


async def test_adherence_counts_the_periods_of_the_goal(client: Client) -> None:
    goal = await Goal(client).begin(
        kind="AT_LEAST", target="10", mode="ADHERENCE", start=on("2026-02-01"), due=on("2026-02-28")
    )
    goal.set("2026-03-20")
    # Four weeks; what was before and after does not count.
    for day, value in {"2026-01-20": "11", "2026-02-01": "11", "2026-02-08": "9", "2026-02-27": "11"}.items():
        await client.check_in(goal.key_result, value, at=f"{day}T00:00:00Z")
    await client.check_in(goal.key_result, "11", at="2026-03-10T00:00:00Z")
    assert await goal.at("2026-03-20", "progress", "status") == (0.5, "OFF_TRACK")
    assert await goal.at("2026-02-21", "status") == ("OFF_TRACK",)
    await client.make("keyResultUpdate", id=goal.key_result, start=None, due=None)
    assert await goal.at("2026-03-20", "progress") == (pytest.approx(4 / 13),)
    assert await findings(client) == []


async def test_a_kpi_counts_from_the_start_of_the_cycle_and_adheres_between_the_dates(client: Client) -> None:
    measured = await kpi(client, frequency="MONTHLY", aggregation="SUM")
    goal = await Goal(client).begin(at="2026-04-20", due=on("2026-02-28"), sourceKpiId=measured)
    control = await client.key_result(
        goal.objective,
        **{"kind": "AT_LEAST", "target": "20", "mode": "ADHERENCE", "sourceKpiId": measured},
        start={"on": "2026-02-01", "granularity": "MONTH"},
    )
    await record(client, measured, {"2026-01-01": "30", "2026-02-01": "30", "2026-03-01": "10"})
    assert await goal.at("2026-04-20", "progress") == (0.7,)
    goal.key_result = control
    assert await goal.at("2026-04-20", "progress") == (0.5,)
    assert await findings(client) == []
