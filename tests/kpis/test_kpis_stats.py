"""Statistics of KPIs through GraphQL: counts by status, scores, groups, and pages of their lists."""

from typing import Any

import pytest

from schema.kpis import cards
from tests.kit.client import Client, Statements
from tests.kit.kpis import kpi, record
from tests.kpis.test_kpis_scorecard import furnished

NUMBERS = "count overdueCount score coverage statuses { status count overdueCount } kpis { totalCount nodes { name } }"


def stats(names: list[str], score: float | None, coverage: float, **statuses: tuple[int, int]) -> dict[str, Any]:
    return {
        **{"count": len(names), "overdueCount": sum(overdue for _, overdue in statuses.values())},
        **{"score": score, "coverage": coverage},
        "statuses": [
            {"status": status, "count": count, "overdueCount": overdue} for status, (count, overdue) in statuses.items()
        ],
        "kpis": {"totalCount": len(names), "nodes": [{"name": name} for name in names]},
    }


async def test_groups_of_kpis(client: Client) -> None:
    await furnished(client)
    document = f"""{{ all: kpiStats {{ by {NUMBERS} }}
        teams: kpiStats(groupBy: TEAM) {{ by team {{ name }} {NUMBERS} }}
        categories: kpiStats(groupBy: CATEGORY, filter: {{perspective: {{isNull: false}}}}) {{ category {NUMBERS} }}
        statuses: kpiStats(groupBy: STATUS) {{ status {NUMBERS} }}
        freshness: kpiStats(groupBy: FRESHNESS) {{ freshness count }}
        perspectives: kpiStats(groupBy: PERSPECTIVE) {{ perspective count }}
        owners: kpiStats(groupBy: OWNER) {{ owner {{ name }} count }}
        none: kpiStats(groupBy: OWNER, filter: {{name: {{eq: "No such"}}}}) {{ count }} }}"""
    everything = ["Churn", "Costs", "Empty", "Revenue", "Uptime"]
    assert await client.data(document) == {
        "all": [
            {
                "by": None,
                **stats(everything, 0.975, 0.4, GREEN=(1, 0), AMBER=(1, 0), NO_TARGET=(1, 0), NO_DATA=(2, 2)),
            }
        ],
        "teams": [
            {"by": "TEAM", "team": {"name": "Sales"}, **stats(["Revenue"], 1, 1, GREEN=(1, 0))},
            {
                "by": "TEAM",
                "team": None,
                **stats(
                    ["Churn", "Costs", "Empty", "Uptime"], 0.95, 0.25, AMBER=(1, 0), NO_TARGET=(1, 0), NO_DATA=(2, 2)
                ),
            },
        ],
        "categories": [
            {"category": "Money", **stats(["Costs", "Revenue"], 0.975, 1, GREEN=(1, 0), AMBER=(1, 0))},
            {"category": None, **stats(["Churn"], None, 0, NO_DATA=(1, 1))},
        ],
        "statuses": [
            {"status": "GREEN", **stats(["Revenue"], 1, 1, GREEN=(1, 0))},
            {"status": "AMBER", **stats(["Costs"], 0.95, 1, AMBER=(1, 0))},
            {"status": "NO_TARGET", **stats(["Uptime"], None, 0, NO_TARGET=(1, 0))},
            {"status": "NO_DATA", **stats(["Churn", "Empty"], None, 0, NO_DATA=(2, 2))},
        ],
        "freshness": [{"freshness": "FRESH", "count": 3}, {"freshness": "MISSING", "count": 2}],
        "perspectives": [
            {"perspective": "FINANCIAL", "count": 2},
            {"perspective": "CUSTOMER", "count": 1},
            {"perspective": None, "count": 2},
        ],
        "owners": [{"owner": None, "count": 5}],
        "none": [],
    }


@pytest.mark.parametrize("order", ["NAME", "CREATED_AT", "UPDATED_AT", "CHANGED_AT"])
@pytest.mark.parametrize("direction", ["ASC", "DESC"])
async def test_the_pages_of_a_group_are_those_of_the_list(client: Client, order: str, direction: str) -> None:
    """Forward and back, and with the cursors of the list."""
    for name in ("b", "a", "ä", "Z", "a", "🦄", "c"):
        await kpi(client, name)
        client.clock.advance(seconds=1)
    by = f"orderBy: {{field: {order}, direction: {direction}}}"
    edges = "edges { cursor node { id } } pageInfo { hasNextPage hasPreviousPage startCursor endCursor }"
    for size, other, cursor in (("first", "after", "endCursor"), ("last", "before", "startCursor")):
        at, pages, is_more = "", 0, True
        while is_more:
            selection = f"kpis({by}, {size}: 3{at}) {{ totalCount {edges} }}"
            data = await client.data(f"{{ kpiStats {{ {selection} }} {selection} }}")
            page = data["kpiStats"][0]["kpis"]
            assert page == data["kpis"]
            at, pages = f', {other}: "{page["pageInfo"][cursor]}"', pages + 1
            is_more = page["pageInfo"]["hasNextPage" if size == "first" else "hasPreviousPage"]
        assert pages == 3
    answer = await client.answer('{ kpiStats { kpis(after: "nonsense") { totalCount } } }')
    assert [each["extensions"]["code"] for each in answer["errors"]] == ["BAD_USER_INPUT"]


async def test_too_many_kpis_are_an_error(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    await furnished(client)
    monkeypatch.setattr(cards, "MAX_SCORECARD_KPIS", 4)
    for document in ("{ kpiStats { count } }", "{ kpiScorecard { total } }"):
        answer = await client.answer(document)
        assert [each["message"] for each in answer["errors"]] == [
            "There are more than 4 KPIs; narrow them by `filter`."
        ]


async def test_the_messages_do_not_depend_on_the_groups(client: Client, statements: Statements) -> None:
    await furnished(client)
    document = "{ kpiStats(groupBy: TEAM) { team { name } count kpis { nodes { name } } } }"
    counts = [len(await statements.of(client.data(document)))]
    for number in range(3):
        team = await client.make("teamCreate", name=f"Team {number}")
        await record(client, await kpi(client, f"KPI {number}", teamId=team), {"2026-06-01": str(number)})
    counts.append(len(await statements.of(client.data(document))))
    # begin, KPIs, teams, commit
    assert counts == [4, 4]
