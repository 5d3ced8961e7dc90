"""What is read of a KPI are values, however many rows or targets lie between: nothing is lost beyond a window."""

from datetime import date, timedelta
from typing import Any

from tests.kit.client import Client, Statements
from tests.kit.kpis import findings, kpi, read, record, recorded, target, values


async def test_current_is_there_after_any_number_of_measurements_without_a_value(client: Client) -> None:
    a = await kpi(client, "A", externalId="a", frequency="DAILY")
    b = await kpi(client, "B", externalId="b", frequency="DAILY")
    total = await kpi(client, "Total", formula="a + b", frequency="DAILY")
    days = [str(date(2026, 5, 1) + timedelta(days=n)) for n in range(60)]
    await recorded(client, [{"kpiId": a, "on": day, "value": "1"} for day in days])
    await recorded(client, [{"kpiId": b, "on": day, "value": "2"} for day in days[:2]])
    await target(client, total, "3", startsOn="2026-05-02", endsOn="2026-05-02")
    shown = "current currentPeriodStart currentReason previous target attainment"
    assert await read(client, total, shown) == {
        **{"current": "3", "currentPeriodStart": "2026-05-02", "currentReason": None, "previous": "3"},
        **{"target": "3", "attainment": 1},
    }


async def test_a_trend_takes_the_last_six_values_however_far_apart_they_are(client: Client) -> None:
    every = await kpi(client, "Every", externalId="every")
    fifth = await kpi(client, "Fifth", externalId="fifth")
    product = await kpi(client, "Product", formula="every * fifth")
    months = [f"{year}-{month:02}-01" for year in (2023, 2024, 2025) for month in range(1, 13)]
    await record(client, every, dict.fromkeys(months, "1"))
    await record(client, fifth, {month: str(n) for n, month in enumerate(months[::5])})
    assert await read(client, product, 'trend changePerPeriod forecast(at: "2026-12-31") { sampleSize value }') == {
        **{"trend": "IMPROVING", "changePerPeriod": 0.2, "forecast": {"sampleSize": 6, "value": "9.4"}}
    }


async def test_a_forecast_knows_the_target_beyond_any_number_of_others(client: Client) -> None:
    id = await kpi(client, frequency="WEEKLY")
    await record(client, id, {"2026-06-01": "60", "2026-06-08": "61", "2026-06-15": "63", "2026-06-22": "64"})
    monday = date(2026, 6, 22)
    for week in range(70):
        first = monday + timedelta(weeks=week)
        await target(client, id, str(100 + week), startsOn=str(first), endsOn=str(first + timedelta(days=6)))
    shown = await read(client, id, 'target forecast(at: "2027-10-22") { target requiredPerPeriod }')
    # 69 weeks after that of the newest value.
    assert shown == {"target": "100", "forecast": {"target": "169", "requiredPerPeriod": "1.521739130435"}}
    series = await read(client, id, f'series(from: "{monday}", to: "2027-10-24") {{ target }}')
    assert [point["target"] for point in series["series"]] == [str(100 + week) for week in range(70)]


async def test_the_target_of_a_year_is_that_of_its_last_day_among_daily_ones(client: Client) -> None:
    id = await kpi(client, frequency="YEARLY")
    await record(client, id, {"2025-01-01": "7"})
    last = date(2025, 12, 31)
    for n in range(60):
        await target(client, id, str(n), startsOn=str(last - timedelta(days=n)), endsOn=str(last - timedelta(days=n)))
    assert await read(client, id, "target") == {"target": "0"}


async def test_a_series_knows_the_targets_of_its_time_only_however_many_there_are(client: Client) -> None:
    id = await kpi(client, frequency="DAILY")
    for n in range(1, 5):
        await target(client, id, str(n), startsOn=f"2026-06-0{n}", endsOn=f"2026-06-0{n}")
    series = await read(client, id, 'series(from: "2026-06-02", to: "2026-06-03") { target }')
    assert series["series"] == [{"target": "2"}, {"target": "3"}]


async def test_no_period_begins_before_1900(client: Client) -> None:
    changed = await client.change(
        "organizationUpdate", {"fiscalYearStartMonth": 4}, "organization { fiscalYearStartMonth }"
    )
    assert changed["organization"] == {"fiscalYearStartMonth": 4}
    id = await kpi(client, externalId="yearly", frequency="YEARLY")
    monthly = await kpi(client, "Monthly", externalId="monthly")
    made = await kpi(client, "Made", formula="monthly", frequency="YEARLY")
    early = await record(client, id, {"1900-03-31": "1"})
    assert early["results"][0]["outcome"] == "FAILED"
    assert early["results"][0]["userErrors"] == [
        {"code": "MEASUREMENT_TOO_EARLY", "field": ["input", "measurements", "0", "on"]}
    ]
    await record(client, id, {"1900-04-01": "2"})
    await record(client, monthly, {f"{year}-{month:02}-01": "1" for year in (1900, 1901) for month in range(1, 13)})
    window = 'series(from: "1900-01-01", to: "1901-12-31") { startsOn value }'
    for each, first in ((id, "2"), (made, "1")):
        found = (await read(client, each, window))["series"]
        assert found[0] == {"startsOn": "1900-04-01", "value": first}
    nodes = (await read(client, made, "measurements(first: 9) { nodes { startsOn } }"))["measurements"]["nodes"]
    assert [node["startsOn"] for node in nodes] == ["1901-04-01", "1900-04-01"]
    assert await findings(client) == []


async def test_a_formula_names_a_kpi_by_the_id_that_the_api_shows(client: Client) -> None:
    a = await kpi(client, "A")
    made = await kpi(client, "Made", formula=f"[{a}] * 2 + lag([{a}], 1)")
    await record(client, a, {"2026-05-01": "1", "2026-06-01": "3"})
    assert await values(client, made, "2026-06-01", "2026-06-30") == ["7"]
    team = await client.make("teamCreate", name="Sales")
    refused = await client.refused("kpiCreate", name="Bad", formula=f"[{team}]")
    assert refused == ("FORMULA_KPI_UNKNOWN", ["input", "formula"])


async def test_the_status_policy_computes_no_kpi_and_the_fiscal_year_computes_each_once(
    client: Client, statements: Statements
) -> None:
    a = await kpi(client, "A", externalId="a", frequency="DAILY", aggregation="SUM")
    await kpi(client, "Made", formula="a / 2")
    await record(client, a, {f"2026-05-{day:02}": "1" for day in range(1, 32)})

    async def computed(**policy: Any) -> int:
        sent = await statements.of(client.change("organizationUpdate", policy, "organization { id }"))
        return sum("INSERT INTO kpi_measurements" in each or "first_on" in each for each in sent)

    assert [await computed(onTrackPace=0.8), await computed(checkInCadenceDays=14)] == [0, 0]
    # One look at the definitions for the one level of computed KPIs, and nothing to store.
    assert await computed(fiscalYearStartMonth=7) == 1
    assert await findings(client) == []
