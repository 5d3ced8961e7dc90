"""The board: counts, groups, and what needs attention."""

from tests.kit.client import Client, Statements
from tests.kit.kpis import kpi, record, target

BOARD = """
    query($filter: KpiFilter) { kpiScorecard(filter: $filter) {
        total green amber red noTarget noData overdueCount score coverage
        perspectives { perspective total red score } categories { category total } teams { team { name } total }
        needsAttention { name status freshness } largestChanges(first: 2) { name changeRatio } kpis { name }
    } }"""


async def furnished(client: Client) -> None:
    """Five KPIs of different standing, in the middle of 2026."""
    team = await client.make("teamCreate", name="Sales")
    made = {
        "Revenue": await kpi(client, "Revenue", perspective="FINANCIAL", category="Money", teamId=team),
        "Costs": await kpi(client, "Costs", perspective="FINANCIAL", category="Money", direction="LOWER"),
        "Churn": await kpi(client, "Churn", perspective="CUSTOMER", direction="LOWER"),
        "Uptime": await kpi(client, "Uptime"),
        "Empty": await kpi(client, "Empty"),
    }
    for name in ("Revenue", "Costs", "Churn"):
        await target(client, made[name], "100")
    await record(client, made["Revenue"], {"2026-05-01": "50", "2026-06-01": "100"})
    await record(client, made["Costs"], {"2026-05-01": "100", "2026-06-01": "105"})
    await record(client, made["Churn"], {"2026-02-01": "150", "2026-03-01": "150"})
    await record(client, made["Uptime"], {"2026-06-01": "99.9"})


async def test_the_whole_board(client: Client) -> None:
    await furnished(client)
    assert (await client.data(BOARD))["kpiScorecard"] == {
        **{"total": 5, "green": 1, "amber": 1, "red": 0, "noTarget": 1, "noData": 2, "overdueCount": 2},
        # Churn is RED for all that is known, and too old to say anything about now.
        **{"score": 0.975, "coverage": 0.4},
        "perspectives": [
            {"perspective": "CUSTOMER", "total": 1, "red": 0, "score": None},
            {"perspective": "FINANCIAL", "total": 2, "red": 0, "score": 0.975},
            {"perspective": None, "total": 2, "red": 0, "score": None},
        ],
        "categories": [{"category": "Money", "total": 2}, {"category": None, "total": 3}],
        "teams": [{"team": {"name": "Sales"}, "total": 1}, {"team": None, "total": 4}],
        "needsAttention": [
            {"name": "Costs", "status": "AMBER", "freshness": "FRESH"},
            {"name": "Churn", "status": "NO_DATA", "freshness": "MISSING"},
            {"name": "Empty", "status": "NO_DATA", "freshness": "MISSING"},
        ],
        "largestChanges": [{"name": "Revenue", "changeRatio": 1}, {"name": "Costs", "changeRatio": 0.05}],
        "kpis": [{"name": name} for name in ("Churn", "Costs", "Empty", "Revenue", "Uptime")],
    }


async def test_a_part_of_it(client: Client) -> None:
    await furnished(client)
    board = (await client.data(BOARD, filter={"perspective": {"eq": "FINANCIAL"}}))["kpiScorecard"]
    assert (board["total"], board["coverage"], [each["name"] for each in board["kpis"]]) == (2, 1, ["Costs", "Revenue"])
    nothing = (await client.data(BOARD, filter={"name": {"eq": "Nothing"}}))["kpiScorecard"]
    assert (nothing["total"], nothing["score"], nothing["coverage"], nothing["perspectives"]) == (0, None, None, [])


async def test_it_costs_the_same_however_many_there_are(client: Client, statements: Statements) -> None:
    await furnished(client)
    counts = [len(await statements.of(client.data(BOARD)))]
    for number in range(20):
        await record(client, await kpi(client, f"KPI {number}"), {"2026-06-01": str(number)})
    counts.append(len(await statements.of(client.data(BOARD))))
    # begin, KPIs, teams, commit
    assert counts == [4, 4]
