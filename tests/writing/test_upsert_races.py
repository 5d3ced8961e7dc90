"""Upserts at the same moment as each other, and as measurements."""

import asyncio
from typing import Any

import pytest

from service import unit_of_work
from service.unit_of_work import _is_conflict as is_conflict
from tests.consistency.test_concurrency import findings
from tests.kit.client import Client
from tests.writing.test_upserts import TYPES, upserted


async def test_of_those_who_create_the_same_at_once_one_does(client: Client) -> None:
    cycle = await client.cycle()
    objective = await client.objective(cycle)
    facts: dict[str, dict[str, Any]] = {
        "objectivesUpsert": {"cycleId": cycle},
        "keyResultsUpsert": {"objectiveId": objective},
        "kpisUpsert": {},
    }
    for mutation, own in facts.items():
        text = TYPES[mutation][2]
        requests = [
            # In two orders, so that each waits for the other.
            [{"externalId": f"x{n}", text: f"Request {request}", **own} for n in (range(4) if request % 2 else (3, 0))]
            for request in range(4)
        ]
        payloads = await asyncio.gather(*(upserted(client, mutation, items) for items in requests))
        assert [payload["userErrors"] for payload in payloads] == [[]] * 4
        results = [result for payload in payloads for result in payload["results"]]
        assert sorted(each["outcome"] for each in results if each["outcome"] == "CREATED") == ["CREATED"] * 4
        noun = TYPES[mutation][0]
        count = await client.data(f'{{ {noun}(filter: {{externalId: {{contains: "x"}}}}) {{ totalCount }} }}')
        assert count == {noun: {"totalCount": 4}}
    assert await findings(client) == []


async def test_key_results_that_follow_kpis_and_their_measurements_wait_for_each_other(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """KPIs are locked before goals by both, so the database has to undo neither."""
    objective = await client.objective(await client.cycle())
    kpis = [await client.make("kpiCreate", name=f"KPI {number}") for number in range(3)]
    follows = {"kind": "REACH", "target": "9", "valueSource": "KPI"}
    ids = [
        await client.key_result(objective, **follows, sourceKpiId=kpi, externalId=f"kr{number}")
        for number, kpi in enumerate(kpis)
    ]
    conflicts: list[Exception] = []

    def noting(error: Exception) -> bool:
        conflicts.append(error)
        return is_conflict(error)

    monkeypatch.setattr(unit_of_work, "_is_conflict", noting)

    async def upsert(number: int) -> None:
        items = [{"externalId": f"kr{n}", "title": f"{number}", "sourceKpiId": kpi} for n, kpi in enumerate(kpis)]
        items.append({"externalId": f"new{number}", "title": "New", "objectiveId": objective, **follows})
        items[-1]["sourceKpiId"] = kpis[number % 3]
        assert (await upserted(client, "keyResultsUpsert", items))["isApplied"]

    async def update(number: int) -> None:
        items = [
            {"id": id, "title": f"Updated {number}", "sourceKpiId": kpi} for id, kpi in zip(ids, kpis, strict=True)
        ]
        payload = await client.change("keyResultsUpdate", {"keyResults": items}, "isApplied")
        assert payload == {"isApplied": True, "userErrors": []}

    async def measure(number: int) -> None:
        points = [{"kpiId": kpi, "on": f"2026-0{number + 1}-01", "value": "3"} for kpi in kpis]
        payload = await client.change("kpiMeasurementsRecord", {"measurements": points}, "changed")
        assert payload == {"changed": 3, "userErrors": []}

    await asyncio.gather(*(each(number) for number in range(4) for each in (upsert, update, measure)))
    assert conflicts == []
    assert await findings(client) == []
