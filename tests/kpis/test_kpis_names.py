"""A formula goes on to mean the KPIs that it was saved with, whoever bears their names later."""

import pytest

from tests.kit.client import Client
from tests.kit.kpis import findings, kpi, read, record, values


@pytest.fixture
async def double(client: Client) -> str:
    """Twice the sales; the name `sales` has moved to another KPI, which reads the double in its turn."""
    sales = await kpi(client, "Sales", externalId="sales")
    found = await kpi(client, "Double", externalId="double", formula="2 * [sales]")
    await record(client, sales, {"2026-01-01": "4"})
    await client.make("kpiUpdate", id=sales, externalId="revenue")
    await kpi(client, "Sales anew", externalId="sales", formula="[double] + 1")
    return found


@pytest.mark.parametrize("change", [{"unit": "EUR"}, {"graceDays": 3}, {"name": "Twice"}])
async def test_another_change_leaves_the_inputs(client: Client, double: str, change: dict[str, str]) -> None:
    await client.make("kpiUpdate", id=double, **change)
    assert await values(client, double, last="2026-01-31") == ["8"]
    other = await kpi(client, "Cost", externalId="cost")
    await kpi(client, "Half", formula="[cost] / 2")
    assert (await record(client, other, {"2026-01-01": "1"}))["failed"] == 0
    assert await findings(client) == []


async def test_an_archived_input_does_not_stand_in_the_way(client: Client) -> None:
    sales = await kpi(client, "Sales", externalId="sales")
    found = await kpi(client, "Double", formula="2 * [sales]")
    await client.make("kpiArchive", id=sales)
    await client.make("kpiUpdate", id=found, unit="EUR")
    assert (await read(client, found, "unit"))["unit"] == "EUR"


async def test_a_new_formula_means_those_that_bear_the_names_now(client: Client, double: str) -> None:
    assert await client.refused("kpiUpdate", id=double, formula="3 * [sales]") == (
        "KPI_FORMULA_LOOP",
        ["input", "formula"],
    )
    await client.make("kpiUpdate", id=double, formula="3 * [revenue]")
    assert await values(client, double, last="2026-01-31") == ["12"]
    assert await findings(client) == []
