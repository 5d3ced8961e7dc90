"""A formula over longer periods is computed from what its KPIs come to in these."""

from tests.client import Client, Statements
from tests.kpis.kit import kpi, read, record

YEAR = 'series(from: "2025-01-01", to: "2025-12-31", bucket: YEAR) { value count }'


async def test_a_rate_of_a_year_comes_from_the_sums_of_the_year(client: Client) -> None:
    leads = await kpi(client, "Leads", externalId="leads", aggregation="SUM")
    won = await kpi(client, "Won", externalId="won", aggregation="SUM")
    rate = await kpi(client, "Rate", externalId="rate", formula="100 * won / leads", aggregation="AVERAGE")
    lost = await kpi(client, "Lost", formula="100 - rate")
    growth = await kpi(client, "Growth", formula="leads / lag(leads, 1) - 1", aggregation="MAX")
    await record(client, leads, {"2025-01-01": "100", "2025-02-01": "10", "2025-03-01": "30"})
    await record(client, won, {"2025-01-01": "10", "2025-02-01": "5", "2025-03-01": "20"})
    found = {id: (await read(client, id, YEAR))["series"][0]["value"] for id in (rate, lost, growth)}
    # 35 of 140, and not the mean of 10, 50 and 66.7 percent; growth looks back, so its own aggregation counts.
    assert found == {rate: "25", lost: "75", growth: "2"}
    asked = await read(client, rate, YEAR.replace("bucket: YEAR", "bucket: YEAR, aggregate: MIN"))
    assert asked["series"][0]["value"] == "10"
    quarter = await read(client, rate, YEAR.replace("YEAR", "QUARTER"))
    assert [point["value"] for point in quarter["series"]] == ["25", None, None, None]


async def test_it_costs_the_same_however_many_there_are(client: Client, statements: Statements) -> None:
    leads = await kpi(client, "Leads", externalId="leads", aggregation="SUM")
    await record(client, leads, {"2025-01-01": "100"})
    document = f"{{ kpis {{ nodes {{ {YEAR} }} }} }}"
    counts = []
    for number in (1, 9):
        for place in range(number):
            await kpi(client, f"Formula {number} {place}", formula="leads * 2")
        counts.append(len(await statements.of(client.data(document))))
    # begin, KPIs, their points, what is computed from what, definitions, points of the inputs, commit
    assert counts == [7, 7]
