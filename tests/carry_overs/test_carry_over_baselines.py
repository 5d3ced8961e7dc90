"""Carrying objectives over: the last value as the baseline of what follows."""

from typing import Any

import pytest

from tests.carry_overs.asking import carried, cycles, item
from tests.kit.client import Client


@pytest.mark.parametrize(
    ("facts", "value", "baseline", "target"),
    [
        ({"kind": "INCREASE", "baseline": "0", "target": "10"}, "4", "4", "10"),
        ({"kind": "DECREASE", "baseline": "10", "target": "0"}, "4.5", "4.5", "0"),
        ({"kind": "INCREASE_BY", "baseline": "0", "changeBy": "10"}, "4", "4", "14"),
        ({"kind": "DECREASE_BY_PERCENT", "baseline": "100", "changeBy": "10"}, "50", "50", "45"),
        # Nothing was ever said of it.
        ({"kind": "INCREASE", "baseline": "1", "target": "10"}, None, "1", "10"),
        ({"kind": "REACH", "target": "10"}, "4", None, "10"),
        ({"kind": "AT_LEAST", "target": "10"}, "4", None, "10"),
    ],
)
async def test_the_last_value_as_baseline(
    client: Client, facts: dict[str, Any], value: str | None, baseline: str | None, target: str
) -> None:
    third, fourth = await cycles(client)
    old = await client.objective(third)
    key_result = await client.key_result(old, **facts)
    if value is not None:
        await client.check_in(key_result, value)
    payload = await carried(client, third, fourth, item(old, baseline="LAST_VALUE"))
    [own] = payload["results"][0]["keyResults"]
    assert (own["baseline"], own["target"]) == (baseline, target)
    new = own["successor"]["id"]
    document = "query($id: ID!) { keyResult(id: $id) { baseline target progress } }"
    found = (await client.data(document, id=new))["keyResult"]
    assert (found["baseline"], found["target"]) == (baseline, target)
    assert found["progress"] in (0.0, None)


async def test_a_key_result_that_follows_a_kpi_begins_with_its_value(client: Client) -> None:
    third, fourth = await cycles(client)
    kpi = await client.make("kpiCreate", name="Revenue", unit="EUR", frequency="MONTHLY")
    old = await client.objective(third)
    follows = {"kind": "INCREASE", "baseline": "1", "target": "10", "valueSource": "KPI", "sourceKpiId": kpi}
    await client.key_result(old, **follows)
    measured = {"kpiId": kpi, "on": "2026-09-01", "value": "7"}
    client.clock.advance(days=91)
    await client.change("kpiMeasurementsRecord", {"measurements": [measured]}, "changed")
    payload = await carried(client, third, fourth, item(old, baseline="LAST_VALUE"))
    document = "query($id: ID!) { keyResult(id: $id) { baseline target } }"
    new = payload["results"][0]["keyResults"][0]["successor"]["id"]
    assert (await client.data(document, id=new))["keyResult"] == {"baseline": "7", "target": "10"}
