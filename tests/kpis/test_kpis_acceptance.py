"""The acceptance cases of KPIs (docs/numbers.md, 5, 13, 16, 17 and 19), through GraphQL."""

from datetime import UTC, datetime

import pytest

from tests.kit.client import Client
from tests.kit.kpis import goal, kpi, read, record, target

PROGRESS = "baseline target current progress progressRaw progressReason hasData"


async def test_a8_increase_monthly_sales_by_15_percent(client: Client) -> None:
    sales = await kpi(client, "Monthly sales", unit="EUR", aggregation="SUM")
    quarter = await client.cycle("2026-04-01", "2026-06-30", kind="QUARTER", name="Q2")
    objective = await client.objective(quarter)
    key_result = await client.key_result(
        objective, kind="INCREASE_BY_PERCENT", changeBy="15", valueSource="KPI", sourceKpiId=sales
    )
    assert (await goal(client, key_result, PROGRESS))["progressReason"] == "BASELINE_MISSING"
    await record(client, sales, {"2026-03-01": "200000"})
    assert await goal(client, key_result, PROGRESS) == {
        **{"baseline": "200000", "target": "230000", "current": "200000", "progress": 0, "progressRaw": 0},
        **{"progressReason": "NO_CHECK_IN", "hasData": False},
    }
    await record(client, sales, {"2026-05-01": "215000"})
    assert await goal(client, key_result, f"{PROGRESS} objective {{ progress }}") == {
        **{"baseline": "200000", "target": "230000", "current": "215000", "progress": 0.5, "progressRaw": 0.5},
        **{"progressReason": "COMPUTED", "hasData": True, "objective": {"progress": 0.5}},
    }
    said = {"keyResultId": key_result, "value": "220000", "at": "2026-06-15T12:00:00Z"}
    assert await client.refused("keyResultCheckIn", **said) == ("VALUE_COMPUTED", ["input", "value"])


async def test_a9_reduce_user_drop_off_by_25_percent(client: Client) -> None:
    drop_off = await kpi(client, "Drop-off in the first week", unit="%", direction="LOWER", frequency="WEEKLY")
    key_result = await client.key_result(
        await client.objective(await client.cycle()),
        **{"kind": "DECREASE_BY_PERCENT", "changeBy": "25", "valueSource": "KPI", "sourceKpiId": drop_off},
    )
    await record(client, drop_off, {"2025-12-29": "40", "2026-02-04": "35"})
    shown = await goal(client, key_result, "target current progress")
    # The week of 29 December begins before the cycle.
    assert shown == {"target": "30", "current": "35", "progress": 0.5}


async def test_a18_conversion_rate_growth_and_return(client: Client) -> None:
    leads = await kpi(client, "Leads", externalId="leads", aggregation="SUM")
    won = await kpi(client, "Conversions", externalId="conversions", aggregation="SUM")
    rate = await kpi(client, "Conversion rate", formula="100 * conversions / leads", unit="%")
    growth = await kpi(client, "Growth", formula="[leads] / lag([leads], 1) - 1")
    client.clock.now = datetime(2026, 3, 2, tzinfo=UTC)
    await record(client, leads, {"2026-01-01": "120", "2026-02-01": "0"})
    await record(client, won, {"2026-01-01": "30"})
    shown = "current currentPeriodStart currentReason status"
    assert await read(client, rate, shown) == {
        **{"current": "25", "currentPeriodStart": "2026-01-01", "currentReason": None, "status": "NO_TARGET"},
    }
    assert (await read(client, growth, 'series(from: "2026-01-01", to: "2026-02-28") { value nullReason }')) == {
        "series": [{"value": None, "nullReason": "INPUT_MISSING"}, {"value": "-1", "nullReason": None}]
    }
    await record(client, won, {"2026-02-01": "7"})
    assert await read(client, rate, shown) == {
        **{"current": None, "currentPeriodStart": "2026-02-01", "currentReason": "DIVIDE_BY_ZERO", "status": "NO_DATA"},
    }


async def test_a21_engine_temperature(client: Client) -> None:
    engine = await kpi(client, "Engine temperature", unit="°C", direction="RANGE", frequency="DAILY")
    await target(client, engine, lower="85", upper="95")
    found = []
    for day, value in enumerate(["92", "95", "95.5", "97", "80"], start=1):
        client.clock.now = datetime(2026, 6, day, 12, tzinfo=UTC)
        await record(client, engine, {f"2026-06-0{day}": value})
        found.append(await read(client, engine, "attainment varianceToTarget status"))
    assert found == [
        {"attainment": 1, "varianceToTarget": "0", "status": "GREEN"},
        {"attainment": 1, "varianceToTarget": "0", "status": "GREEN"},
        {"attainment": 0.95, "varianceToTarget": "0.5", "status": "AMBER"},
        {"attainment": 0.8, "varianceToTarget": "2", "status": "RED"},
        {"attainment": 0.5, "varianceToTarget": "-5", "status": "RED"},
    ]


async def test_cumulative_quarters_and_quarters_on_their_own(client: Client) -> None:
    quarters = ["2025-01-01", "2025-04-01", "2025-07-01", "2025-10-01"]
    year = 'series(from: "2025-01-01", to: "2025-12-31", bucket: YEARLY) { value target attainment count }'
    own = 'series(from: "2025-01-01", to: "2025-12-31") { attainment }'
    growing = await kpi(client, "So far", frequency="QUARTERLY", cumulative=True, aggregation="SUM")
    apart = await kpi(client, "Each", frequency="QUARTERLY", aggregation="SUM")
    for day, end, planned in zip(
        quarters, ["2025-03-31", "2025-06-30", "2025-09-30", "2025-12-31"], ["250", "500", "750", "1000"], strict=True
    ):
        await target(client, growing, planned, startsOn=day, endsOn=end)
    await target(client, apart, "250")
    await record(client, growing, dict(zip(quarters, ["220", "480", "710", "968"], strict=True)))
    await record(client, apart, dict(zip(quarters, ["220", "240", "200", "230"], strict=True)))
    assert [point["attainment"] for point in (await read(client, growing, own))["series"]] == [
        *(0.88, 0.96, pytest.approx(0.9467, abs=5e-5), 0.968),
    ]
    assert (await read(client, growing, year))["series"] == [
        {"value": "968", "target": "1000", "attainment": 0.968, "count": 4}
    ]
    assert (await read(client, apart, year))["series"] == [
        {"value": "890", "target": "1000", "attainment": 0.89, "count": 4}
    ]
    assert (await read(client, apart, "attainment"))["attainment"] == 0.92


async def test_net_promoter_score_is_forecast(client: Client) -> None:
    score = await kpi(client, frequency="WEEKLY")
    await target(client, score, "75")
    await record(client, score, {"2026-06-01": "60", "2026-06-08": "61"})
    interval = "lowerBound upperBound confidenceLevel"
    selection = f"forecast(at: $at) {{ value {interval} method sampleSize reason requiredPerPeriod target }}"
    document = f"query($id: ID!, $at: Date!) {{ kpi(id: $id) {{ trend changePerPeriod {selection} }} }}"
    few = (await client.data(document, id=score, at="2026-08-10"))["kpi"]
    assert (few["trend"], few["changePerPeriod"]) == (None, None)
    assert few["forecast"] == {
        **{
            "value": None,
            "lowerBound": None,
            "confidenceLevel": 0.95,
            "upperBound": None,
            "method": "LEAST_SQUARES",
            "sampleSize": 2,
            "reason": "TOO_FEW_MEASUREMENTS",
        },
        **{"requiredPerPeriod": "1.555555555556", "target": "75"},
    }
    await record(client, score, {"2026-06-15": "63", "2026-06-22": "64"})
    tenth = (await client.data(document, id=score, at="2026-08-10"))["kpi"]
    thirteenth = (await client.data(document, id=score, at="2026-08-31"))["kpi"]
    assert (tenth["trend"], tenth["changePerPeriod"]) == ("IMPROVING", 1.4)
    assert (tenth["forecast"]["value"], thirteenth["forecast"]["value"]) == ("73.9", "78.1")
    assert (tenth["forecast"]["sampleSize"], tenth["forecast"]["reason"]) == (4, None)
    bounds = [float(tenth["forecast"][name]) for name in ("lowerBound", "upperBound")]
    # 73.9 less and plus 4.302652729749464 · sqrt(0.1) · sqrt(15.7).
    assert bounds == [pytest.approx(68.50879158211, abs=1e-11), pytest.approx(79.29120841789, abs=1e-11)]
    assert tenth["forecast"]["requiredPerPeriod"] == "1.571428571429"
