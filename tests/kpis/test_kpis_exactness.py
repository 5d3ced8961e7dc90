"""Means and quotients stay exact until the answer: what is decided on them is decided before they are rounded."""

from datetime import UTC, datetime

from tests.kit.client import Client
from tests.kit.kpis import findings, goal, kpi, read, record, target

SHOWN = "value target attainment varianceToTarget status"
QUARTER = f'series(from: "2026-01-01", to: "2026-03-31", bucket: QUARTERLY) {{ {SHOWN} }}'


async def mean(client: Client, *values: str, **facts: str) -> str:
    """The id of a monthly KPI of means with values from January 2026 on, asked in April."""
    client.clock.now = datetime(2026, 4, 20, tzinfo=UTC)
    id = await kpi(client, aggregation="AVERAGE", graceDays=1, **facts)
    await record(client, id, {f"2026-{month:02}-01": value for month, value in enumerate(values, 1)})
    return id


async def test_a_mean_of_values_is_exactly_nine_tenths_of_a_mean_of_targets(client: Client) -> None:
    id = await mean(client, "9.06", "9.06", "9.06")
    await target(client, id, "10", startsOn="2026-01-01", endsOn="2026-02-28")
    await target(client, id, "10.2", startsOn="2026-03-01")
    assert (await read(client, id, QUARTER))["series"] == [
        {
            "value": "9.06",
            "target": "10.066666666667",
            "attainment": 0.9,
            "varianceToTarget": "-1.006666666667",
            "status": "AMBER",
        }
    ]


async def test_a_formula_over_a_quarter_is_judged_before_it_is_rounded(client: Client) -> None:
    """A third is exactly the mean of the targets 0.3, 0.4 and 0.3; rounded it would fall short of it."""
    await mean(client, "1", "2", "3", externalId="part")
    await mean(client, "6", "6", "6", externalId="whole")
    rate = await kpi(client, "Rate", formula="part / whole", aggregation="AVERAGE", graceDays=1)
    half = await kpi(client, "Half", formula=f"[{rate}] * 3 - 1", aggregation="AVERAGE", graceDays=1)
    for first, last, value in (("01-01", "01-31", "0.3"), ("02-01", "02-28", "0.4"), ("03-01", "03-31", "0.3")):
        await target(client, rate, value, startsOn=f"2026-{first}", endsOn=f"2026-{last}")
    await target(client, half, "1", startsOn="2026-01-01")
    assert (await read(client, rate, QUARTER))["series"] == [
        {
            "value": "0.333333333333",
            "target": "0.333333333333",
            "attainment": 1,
            "varianceToTarget": "0",
            "status": "GREEN",
        }
    ]
    # Three thirds less one are nothing, where three rounded ones would be 0.000000000001 less.
    [found] = (await read(client, half, QUARTER))["series"]
    assert (found["value"], found["varianceToTarget"]) == ("0", "-1")


async def test_a_key_result_compares_the_exact_mean_with_its_target(client: Client) -> None:
    id = await mean(client, "10", "12", "7")
    quarter = await client.cycle("2026-01-01", "2026-03-31", kind="QUARTER", name="Q1")
    objective = await client.objective(quarter)
    facts = {"valueSource": "KPI", "sourceKpiId": id}
    reach = await client.key_result(objective, kind="REACH", target="4", **facts)
    least = await client.key_result(objective, kind="AT_LEAST", target="9.666666666667", **facts)
    assert await goal(client, reach, "current progressRaw") == {
        "current": "9.666666666667",
        "progressRaw": 2.4166666666666665,
    }
    # The mean is 29/3, which is below the limit that it would be rounded to.
    assert await goal(client, least, "current progress") == {"current": "9.666666666667", "progress": 0}
    assert await findings(client) == []


async def test_the_score_of_a_board_is_the_exact_mean_of_attainments(client: Client) -> None:
    """In floats the mean of 0.59 and 0.3 is 0.44499999999999995."""
    for name, value in (("A", "59"), ("B", "30")):
        id = await kpi(client, name)
        await target(client, id, "100")
        await record(client, id, {"2026-06-01": value})
    assert (await client.data("{ kpiScorecard { score } }"))["kpiScorecard"]["score"] == 0.445
