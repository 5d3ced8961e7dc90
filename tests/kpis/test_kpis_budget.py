"""How many measurements one request may read, and how often it may search, is bounded; what it costs is in turns."""

import asyncio
from typing import Any

import pytest

from tests.kit.client import Client, Statements
from tests.kit.kpis import kpi, recorded

SERIES = 'series(from: "2026-01-01", to: "2026-06-30"{}) {{ value }}'
DAYS = 181


async def daily(client: Client, count: int, points: int) -> list[str]:
    """Daily KPIs with so many points each, from the first of January on."""
    ids = [await kpi(client, f"KPI {number}", frequency="DAILY") for number in range(count)]
    days = [f"2026-01-{day:02}" for day in range(1, points + 1)]
    await recorded(client, [{"kpiId": id, "on": day, "value": "1"} for id in ids for day in days])
    return ids


async def codes(client: Client, document: str) -> list[tuple[str, list[Any]]]:
    answer = await client.answer(document)
    return [(error["extensions"]["code"], error["path"]) for error in answer.get("errors", [])]


async def test_measurements_are_counted_before_they_are_fetched(
    client: Client, statements: Statements, monkeypatch: pytest.MonkeyPatch
) -> None:
    await daily(client, 2, 10)
    document = f"{{ kpis {{ nodes {{ {SERIES.format('')} }} }} }}"
    # Two KPIs with 183 periods at most, and ten points each.
    monkeypatch.setattr("service.reading.budget.MAX_MEASUREMENTS", 2 * (DAYS + 1) + 20)
    sent = await statements.of(client.data(document))
    assert [each for each in sent if "SELECT count(*)" in each and "kpi_measurements" in each] != []
    assert [each for each in sent if "array_agg(m.starts_on)" in each] != []
    monkeypatch.setattr("service.reading.budget.MAX_MEASUREMENTS", 2 * (DAYS + 1) + 19)
    sent = await statements.of(client.answer(document))
    assert [each for each in sent if "array_agg(m.starts_on)" in each] == []
    refused = [("TOO_MANY_MEASUREMENTS", ["kpis", "nodes", number, "series"]) for number in range(2)]
    assert await codes(client, document) == refused
    # The others of the document are answered.
    answer = await client.answer(f"{{ kpis {{ nodes {{ name {SERIES.format('')} }} }} }}")
    assert answer["data"] == {"kpis": {"nodes": [{"name": f"KPI {number}", "series": None} for number in range(2)]}}


async def test_several_fields_of_a_request_share_what_it_may_read(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    [id] = await daily(client, 1, 10)
    monkeypatch.setattr("service.reading.budget.MAX_MEASUREMENTS", 3 * 2 * DAYS)
    fields = [f"s{number}: {SERIES.format('')}" for number in range(4)]
    two = f'{{ kpi(id: "{id}") {{ {" ".join(fields[:2])} }} }}'
    four = f'{{ kpi(id: "{id}") {{ {" ".join(fields)} missingPeriods(from: "2026-01-01") }} }}'
    assert await codes(client, two) == []
    found = await codes(client, four)
    assert {code for code, _ in found} == {"TOO_MANY_MEASUREMENTS"}
    assert 0 < len(found) < 5
    # Another request has its own.
    assert await codes(client, two) == []


async def test_formulas_over_longer_periods_count_what_they_are_made_of(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    await kpi(client, "a", externalId="a", frequency="DAILY", aggregation="SUM")
    id = await kpi(client, "b", frequency="DAILY", source="FORMULA", formula="a * 2")
    a = (await client.data('{ kpi(externalId: "a") { id } }'))["kpi"]["id"]
    await recorded(client, [{"kpiId": a, "on": f"2026-01-{day:02}", "value": "1"} for day in range(1, 31)])
    document = f'{{ kpi(id: "{id}") {{ {SERIES.format(", bucket: YEARLY")} }} }}'
    # The points of the formula itself and two periods, then those that it is computed from.
    monkeypatch.setattr("service.reading.budget.MAX_MEASUREMENTS", 30 + 2 + 30)
    assert await codes(client, document) == []
    monkeypatch.setattr("service.reading.budget.MAX_MEASUREMENTS", 30 + 2 + 29)
    assert await codes(client, document) == [("TOO_MANY_MEASUREMENTS", ["kpi", "series"])]


async def test_others_have_their_turns_while_a_long_series_is_made(client: Client) -> None:
    [id] = await daily(client, 1, 10)
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    counting = asyncio.create_task(count())
    data = await client.data(f'{{ kpi(id: "{id}") {{ missingPeriods(from: "2000-01-01", to: "2026-06-30") }} }}')
    counting.cancel()
    assert len(data["kpi"]["missingPeriods"]) == DAYS - 10
    # Twenty-six years of days.
    assert turns > 15


@pytest.mark.parametrize(
    "one",
    [
        'kpiScorecard(filter: {name: {contains: "x"}}) { total }',
        'objectiveStatusReport(filter: {title: {contains: "x"}}) { total }',
        'keyResultStatusReport(filter: {title: {contains: "x"}}) { total }',
        'goalStats(filter: {title: {contains: "x"}}) { count }',
        'keyResultStats(filter: {title: {contains: "x"}}) { count }',
        'kpiStats(filter: {name: {contains: "x"}}) { count }',
    ],
)
async def test_searches_are_counted_wherever_there_is_a_filter(client: Client, one: str) -> None:
    eleven = "{ " + " ".join(f"a{number}: {one}" for number in range(11)) + " }"
    assert await codes(client, eleven) == [("TOO_MANY_SEARCHES", ["a10"])]


async def test_searches_are_counted(client: Client) -> None:
    await client.make("pillarCreate", name="Growth")
    one = 'pillars(filter: {name: {contains: "row"}}) { nodes { name } }'
    counted = 'pillars(filter: {or: [{name: {contains: "row"}}, {name: {eq: "x"}}]}) { totalCount }'
    ten = "{ " + " ".join(f"a{number}: {one}" for number in range(10)) + " }"
    data = await client.data(ten)
    assert data == {f"a{number}": {"nodes": [{"name": "Growth"}]} for number in range(10)}
    eleven = "{ " + " ".join(f"a{number}: {one}" for number in range(11)) + " }"
    assert await codes(client, eleven) == [("TOO_MANY_SEARCHES", ["a10"])]
    five = "{ " + " ".join(f"a{number}: {counted}" for number in range(5)) + " }"
    assert await client.data(five) == {f"a{number}": {"totalCount": 1} for number in range(5)}
    twenty = "{ " + " ".join(f"a{number}: {counted}" for number in range(20)) + " }"
    assert {code for code, _ in await codes(client, twenty)} == {"TOO_MANY_SEARCHES"}
