"""Points of others are refused as those of KPIs that do not exist, also in a formula, and nothing changes."""

from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from schema.relay.node import global_id
from service.postgres.database import Database
from tests.kit.client import Client
from tests.kit.estate import Estate, dump, tenant_tables
from tests.kit.inputs import spellings
from tests.tenancy.regimes import WALLS, Sent, walls

RESULT = "results { outcome userErrors { code field } } kpis { id }"


async def sent_to(client: Client, mutation: str, points: list[dict[str, Any]]) -> dict[str, Any]:
    """The payload of one of the two mutations."""
    return await client.change(mutation, {"measurements": points}, RESULT)


@pytest.mark.parametrize("mutation", ["kpiMeasurementsRecord", "kpiMeasurementsDelete"])
async def test_a_point_of_others_is_one_of_no_kpi(
    client: Client, stranger: Client, superuser: asyncpg.Connection, database: Database, mutation: str
) -> None:
    await Estate(stranger, "Own").furnish()
    theirs = await Estate(client, "Theirs").furnish()
    before = await dump(superuser)
    seen = Sent(list(await tenant_tables(superuser)), [client.organization_id, stranger.organization_id])
    more = {"on": "2026-02-01"} | ({"value": "9"} if mutation.endswith("Record") else {})
    by_id = [{"kpiId": id} for id in (*spellings(theirs.ids["kpi"]), global_id("Kpi", uuid4()))]
    by_key = [{"externalId": key} for key in ("Theirs-kpi", "Nowhere")]
    for standing in WALLS.values():
        with walls(database, seen, **standing):
            payload = await sent_to(stranger, mutation, [each | more for each in by_id + by_key])
        fields = ["kpiId"] * len(by_id) + ["externalId"] * len(by_key)
        assert payload["results"] == [
            {
                "outcome": "FAILED",
                "userErrors": [{"code": "NOT_FOUND", "field": ["input", "measurements", str(place), field]}],
            }
            for place, field in enumerate(fields)
        ]
        assert payload["kpis"] == []
    assert await dump(superuser) == before
    assert sorted(seen.unguarded) == []


async def test_a_formula_names_nothing_of_others(
    client: Client, stranger: Client, superuser: asyncpg.Connection
) -> None:
    theirs = await Estate(client, "Theirs").furnish()
    await stranger.data("{ viewer { role } }")
    before = await dump(superuser)
    for name in ("Theirs-kpi", theirs.uuids["kpi"]):
        assert await stranger.refused("kpiCreate", name="Own", formula=f"[{name}] + 1") == (
            "FORMULA_KPI_UNKNOWN",
            ["input", "formula"],
        )
    assert await dump(superuser) == before


async def test_points_of_ones_own_leave_others_alone(
    client: Client, stranger: Client, superuser: asyncpg.Connection, database: Database
) -> None:
    """The same external ids on both sides, and each wall alone."""
    own = await Estate(stranger, "Same").furnish()
    await Estate(client, "Same").furnish()
    before = await dump(superuser, client.organization_id)
    seen = Sent(list(await tenant_tables(superuser)), [client.organization_id, stranger.organization_id])
    for number, standing in enumerate(WALLS.values()):
        with walls(database, seen, **standing):
            points = [{"externalId": "Same-kpi", "on": "2026-02-01", "value": str(number + 10)}]
            payload = await sent_to(stranger, "kpiMeasurementsRecord", points)
            assert payload["results"] == [{"outcome": "REVISED", "userErrors": []}]
            assert payload["kpis"] == [{"id": own.ids["kpi"]}]
            await sent_to(stranger, "kpiMeasurementsDelete", [{"externalId": "Same-kpi", "on": "2026-03-01"}])
    assert await dump(superuser, client.organization_id) == before
    assert sorted(seen.unguarded) == []
