"""A formula over longer periods is computed from what its KPIs come to in these."""

from datetime import UTC, datetime

import pytest

from tests.kit.client import Client, Statements
from tests.kit.kpis import kpi, read, record, target

QUARTER = 'series(from: "2025-01-01", to: "2025-03-31", bucket: QUARTERLY) { value count expectedCount status target }'
YEAR = 'series(from: "2025-01-01", to: "2025-12-31", bucket: YEARLY) { value nullReason isComplete coverage }'


async def test_a_rate_of_a_quarter_comes_from_the_sums_of_the_quarter(client: Client) -> None:
    leads = await kpi(client, "Leads", externalId="leads", aggregation="SUM")
    won = await kpi(client, "Won", externalId="won", aggregation="SUM")
    rate = await kpi(client, "Rate", externalId="rate", formula="100 * won / leads", aggregation="AVERAGE")
    lost = await kpi(client, "Lost", formula="100 - rate")
    growth = await kpi(client, "Growth", formula="leads / lag(leads, 1) - 1", aggregation="MAX")
    await record(client, leads, {"2025-01-01": "100", "2025-02-01": "10", "2025-03-01": "30"})
    await record(client, won, {"2025-01-01": "10", "2025-02-01": "5", "2025-03-01": "20"})
    found = {id: (await read(client, id, QUARTER))["series"][0]["value"] for id in (rate, lost, growth)}
    # 35 of 140, and not the mean of 10, 50 and 66.7 percent; growth looks back, so its own aggregation counts.
    assert found == {rate: "25", lost: "75", growth: "2"}
    asked = await read(client, rate, QUARTER.replace("bucket: QUARTERLY", "bucket: QUARTERLY, aggregation: MIN"))
    assert asked["series"][0]["value"] == "10"
    # Nine months of the year are missing.
    assert (await read(client, rate, YEAR))["series"] == [
        {"value": None, "nullReason": "INPUT_MISSING", "isComplete": False, "coverage": 0}
    ]


async def test_a_sum_over_a_quarter_is_judged_against_the_targets_of_its_months(client: Client) -> None:
    a = await kpi(client, "A", externalId="a", aggregation="SUM")
    total = await kpi(client, "Total", formula="a * 2", aggregation="SUM")
    await target(client, total, "100")
    await record(client, a, {"2025-01-01": "50", "2025-02-01": "50", "2025-03-01": "35"})
    assert (await read(client, total, QUARTER))["series"] == [
        {"value": "270", "count": 3, "expectedCount": 3, "target": "300", "status": "AMBER"}
    ]


async def test_a_source_with_a_missing_month_leaves_the_quarter_without_a_value(client: Client) -> None:
    a = await kpi(client, "A", externalId="a", aggregation="SUM")
    b = await kpi(client, "B", externalId="b", aggregation="SUM")
    ratio = await kpi(client, "Ratio", formula="a / b")
    await record(client, a, {"2025-01-01": "10", "2025-02-01": "10", "2025-03-01": "10"})
    await record(client, b, {"2025-01-01": "100", "2025-02-01": "100"})
    selection = QUARTER.replace("status target", "nullReason coverage inputCount expectedInputCount isComplete")
    assert (await read(client, ratio, selection))["series"] == [
        {
            **{"value": None, "nullReason": "INPUT_MISSING", "coverage": 0.5, "inputCount": 1, "expectedInputCount": 2},
            **{"count": 2, "expectedCount": 3, "isComplete": False},
        }
    ]


async def test_in_a_running_quarter_all_sources_are_gathered_over_the_same_months(client: Client) -> None:
    client.clock.now = datetime(2025, 3, 3, tzinfo=UTC)
    a = await kpi(client, "A", externalId="a", aggregation="SUM")
    b = await kpi(client, "B", externalId="b", aggregation="SUM")
    ratio = await kpi(client, "Ratio", formula="a / b")
    await record(client, a, {"2025-01-01": "10", "2025-02-01": "10", "2025-03-01": "70"})
    await record(client, b, {"2025-01-01": "100", "2025-02-01": "100"})
    # The grace of February's values is not over, and March has those of one source only.
    selection = "value count expectedCount isComplete isRunning"
    assert (await read(client, ratio, QUARTER.replace("value count expectedCount status target", selection)))[
        "series"
    ] == [{"value": "0.1", "count": 2, "expectedCount": 2, "isComplete": True, "isRunning": True}]


@pytest.mark.parametrize(
    ("frequency", "days"),
    [
        ("DAILY", [f"2026-03-{day:02}" for day in range(4, 11)]),
        ("WEEKLY", ["2026-02-16", "2026-02-23", "2026-03-02"]),
        ("MONTHLY", ["2026-01-01", "2026-02-01"]),
    ],
)
async def test_a_running_period_without_a_value_for_a_missing_input_is_not_complete(
    client: Client, frequency: str, days: list[str]
) -> None:
    """The first quarter of the formula is not over, so its year has nothing yet, however fine its KPI's calendar is."""
    client.clock.now = datetime(2026, 3, 10, 9, tzinfo=UTC)
    fine = await kpi(client, "Fine", externalId="fine", frequency=frequency, aggregation="SUM")
    await record(client, fine, dict.fromkeys(days, "10"))
    double = await kpi(client, "Double", formula="fine * 2", frequency="QUARTERLY", aggregation="SUM")
    nothing = {"value": None, "nullReason": "INPUT_MISSING", "count": 0, "expectedCount": 0}
    for size in ("QUARTERLY", "YEARLY"):
        selection = "value nullReason count expectedCount isComplete isRunning"
        asked = f'series(from: "2026-03-10", to: "2026-03-10", bucket: {size}) {{ {selection} }}'
        assert (await read(client, double, asked))["series"] == [nothing | {"isComplete": False, "isRunning": True}]


async def test_it_costs_the_same_however_many_there_are(client: Client, statements: Statements) -> None:
    leads = await kpi(client, "Leads", externalId="leads", aggregation="SUM")
    await record(client, leads, {"2025-01-01": "100"})
    document = f"{{ kpis {{ nodes {{ {YEAR} }} }} }}"
    counts = []
    for number in (1, 9):
        for place in range(number):
            await kpi(client, f"Formula {number} {place}", formula="leads * 2")
        counts.append(len(await statements.of(client.data(document))))
    # begin, KPIs, what is computed from what, definitions, points of the inputs, points of formulas, groups of points
    # of the others, commit
    assert counts == [8, 8]
