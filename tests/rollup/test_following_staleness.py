"""A key result that follows a KPI is as stale as the KPI's measurements are late."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.kpis import findings, kpi, record

AS_STALE = {"FRESH": "FRESH", "DUE": "DUE", "LATE": "OVERDUE", "MISSING": "OVERDUE"}
DOCUMENT = """query($id: ID!, $kpi: ID!) {
    keyResult(id: $id) { status staleness nextCheckInDueAt } kpi(id: $kpi) { freshness } }"""
INSTANT = timedelta(microseconds=1)


async def following(client: Client, frequency: str, **more: Any) -> tuple[str, str]:
    """A key result and the KPI that it follows."""
    measured = await kpi(client, frequency=frequency, timeZone="America/New_York")
    objective = await client.objective(await client.cycle())
    wanted = {"kind": "INCREASE", "baseline": "0", "target": "100", **more}
    return await client.key_result(objective, **wanted, valueSource="KPI", sourceKpiId=measured), measured


@pytest.mark.parametrize(
    ("frequency", "day", "due"),
    [
        ("DAILY", "2026-07-01", "2026-07-03T04:00:00Z"),
        ("WEEKLY", "2026-06-22", "2026-07-06T04:00:00Z"),
        ("MONTHLY", "2026-06-01", "2026-08-01T04:00:00Z"),
        ("QUARTERLY", "2026-04-01", "2026-10-01T04:00:00Z"),
    ],
)
async def test_as_its_kpi(client: Client, frequency: str, day: str, due: str) -> None:
    key_result, measured = await following(client, frequency)
    await record(client, measured, {day: "50"})
    start, seen = client.clock.now, set()
    moments = {start + timedelta(hours=6 * n) for n in range(4 * 180)}
    boundary = datetime.fromisoformat(due)
    moments |= {boundary + timedelta(days=n) + beside * INSTANT for n in range(12) for beside in (-1, 0)}
    within = sorted(each for each in moments if start <= each < datetime(2027, 1, 1, tzinfo=UTC))
    for now in [*within[::7], boundary]:
        client.clock.now = now
        found = await client.data(DOCUMENT, id=key_result, kpi=measured)
        assert (now, found["keyResult"]["staleness"]) == (now, AS_STALE[found["kpi"]["freshness"]])
        assert found["keyResult"]["nextCheckInDueAt"] == due
        seen.add(found["kpi"]["freshness"])
    assert seen >= {"FRESH", "DUE", "LATE"}
    client.clock.now = datetime(2027, 1, 1, tzinfo=UTC)
    assert (await client.data(DOCUMENT, id=key_result, kpi=measured))["keyResult"]["staleness"] is None
    assert await findings(client) == []


async def test_check_ins_do_not_stand_in_for_measurements(client: Client) -> None:
    key_result, measured = await following(client, "DAILY")
    await client.check_in(key_result, note="All is well", status="ON_TRACK")
    found = await client.data(DOCUMENT, id=key_result, kpi=measured)
    assert found["keyResult"]["staleness"] == "OVERDUE"
    assert found["kpi"]["freshness"] == "MISSING"
    await record(client, measured, {"2026-07-02": "50"})
    found = await client.data(DOCUMENT, id=key_result, kpi=measured)
    assert (found["keyResult"]["staleness"], found["kpi"]["freshness"]) == ("FRESH", "FRESH")


async def test_an_irregular_kpi_is_never_due_and_what_lasts_needs_no_more(client: Client) -> None:
    irregular, measured = await following(client, "IRREGULAR")
    await record(client, measured, {"2026-07-01": "50"})
    reached, daily = await following(client, "DAILY", kind="REACH", baseline=None)
    await record(client, daily, {"2026-07-01": "100"})
    client.clock.advance(days=90)
    found = [(await client.data(DOCUMENT, id=each, kpi=measured))["keyResult"] for each in (irregular, reached)]
    assert [(each["status"], each["staleness"], each["nextCheckInDueAt"]) for each in found] == [
        ("OFF_TRACK", "FRESH", None),
        ("ACHIEVED", None, None),
    ]


async def test_adherence_counts_the_periods_that_are_expected_by_now(client: Client) -> None:
    key_result, measured = await following(
        client, "MONTHLY", kind="AT_LEAST", baseline=None, mode="ADHERENCE", target="10"
    )
    client.clock.now = datetime(2026, 3, 1, 5, tzinfo=UTC)
    await record(client, measured, {"2026-01-01": "10", "2026-02-01": "12"})
    document = "query($id: ID!) { keyResult(id: $id) { progress status } }"
    # The grace of March ends on 6 April, that of April on 6 May: 2 of 2, 2 of 3, 2 of 4.
    for at, status in [
        (datetime(2026, 4, 6, 3, 59, 59, tzinfo=UTC), "ON_TRACK"),
        (datetime(2026, 4, 6, 4, tzinfo=UTC), "OFF_TRACK"),
    ]:
        client.clock.now = at
        found = (await client.data(document, id=key_result))["keyResult"]
        assert found == {"progress": 2 / 12, "status": status}


async def test_other_days_of_grace_and_another_time_zone_move_it(client: Client) -> None:
    key_result, measured = await following(client, "DAILY")
    await record(client, measured, {"2026-07-01": "50"})
    client.clock.now = datetime(2026, 7, 5, tzinfo=UTC)
    change = """mutation($input: KpiUpdateInput!) { kpiUpdate(input: $input) { userErrors { code } } }"""
    steps: list[tuple[dict[str, Any], str, str]] = [
        ({}, "OVERDUE", "2026-07-03T04:00:00Z"),
        ({"graceDays": 5}, "DUE", "2026-07-03T04:00:00Z"),
        ({"timeZone": "Asia/Tokyo"}, "DUE", "2026-07-02T15:00:00Z"),
    ]
    for facts, staleness, due in steps:
        assert await client.data(change, input={"id": measured, **facts}) == {"kpiUpdate": {"userErrors": []}}
        found = await client.data(DOCUMENT, id=key_result, kpi=measured)
        assert (found["keyResult"]["staleness"], found["keyResult"]["nextCheckInDueAt"]) == (staleness, due)
        assert AS_STALE[found["kpi"]["freshness"]] == staleness
        assert await findings(client) == []
