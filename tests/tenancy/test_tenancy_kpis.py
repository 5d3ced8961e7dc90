"""Where KPIs are named in words, in formulas and in points, the words of others name nothing."""

from typing import Any

import asyncpg
import pytest

from service.postgres.database import Database
from tests.kit.client import Client
from tests.kit.estate import Estate, dump, tenant_tables
from tests.kit.inputs import made
from tests.tenancy.regimes import WALLS, Sent, walls

DAY = {"on": "2026-04-01"}
VALUE = {**DAY, "value": "1"}
COMPUTED = 'series(from: "2026-01-01", to: "2026-06-30") { startsOn value count }'


@pytest.fixture
async def theirs(client: Client, own: Estate) -> Estate:
    """The neighbours, whose KPIs have the ids of one's own."""
    return await (await Estate(client, "Theirs", own.uuids).furnish()).extend()


@pytest.fixture
async def sent(own: Estate, theirs: Estate, superuser: asyncpg.Connection) -> Sent:
    organizations = [each.client.organization_id for each in (own, theirs)]
    return Sent(list(await tenant_tables(superuser)), organizations)


def naming(own: Estate, name: str) -> list[tuple[str, dict[str, Any], str, list[str]]]:
    """Every mutation in which a KPI is named by its external id, and what comes of a name that is none."""
    formula, points = ["input", "formula"], ["input", "measurements", "0", "externalId"]
    new = {"name": "New", "formula": f"1 + [{name}]"}
    return [
        ("kpiCreate", new, "FORMULA_KPI_UNKNOWN", formula),
        ("kpiUpdate", {"id": own.ids["formula"], "formula": f"[{name}]"}, "FORMULA_KPI_UNKNOWN", formula),
        ("kpiMeasurementsRecord", {"measurements": [{"externalId": name, **VALUE}]}, "NOT_FOUND", points),
        ("kpiMeasurementsDelete", {"measurements": [{"externalId": name, **DAY}]}, "NOT_FOUND", points),
    ]


async def test_a_name_of_others_is_refused_as_if_it_did_not_exist(
    own: Estate, theirs: Estate, sent: Sent, database: Database, superuser: asyncpg.Connection
) -> None:
    # Others have a KPI that is known by its id alone, and may be named by that.
    alone = await theirs.client.make("kpiCreate", id=theirs.uuids["root"], name="Theirs")
    assert alone
    before = await dump(superuser)
    for standing in WALLS.values():
        for name in ("Theirs-kpi", theirs.uuids["root"], "Nowhere"):
            for mutation, input, code, field in naming(own, name):
                with walls(database, sent, **standing):
                    answer = await made(own.client, mutation, input)
                [error] = answer["data"][mutation]["userErrors"]
                assert (mutation, name, error["code"], error["field"]) == (mutation, name, code, field)
                assert "Theirs" not in error["message"].replace(name, "")
    assert await dump(superuser) == before


async def test_the_cases_are_refused_for_nothing_else(own: Estate) -> None:
    for mutation, input, _, _ in naming(own, "Own-kpi"):
        answer = await made(own.client, mutation, input)
        assert (mutation, answer["data"][mutation]["userErrors"]) == (mutation, [])


@pytest.mark.parametrize("standing", WALLS.values(), ids=WALLS.keys())
async def test_what_is_computed_from_a_point_is_ones_own(
    own: Estate,
    theirs: Estate,
    sent: Sent,
    database: Database,
    superuser: asyncpg.Connection,
    standing: dict[str, bool],
) -> None:
    """Formula, parent, key result and guardrail have the same ids on both sides; one side moves."""
    before = await dump(superuser, theirs.client.organization_id)
    read = f"query($id: ID!) {{ kpi(id: $id) {{ current {COMPUTED} }} }}"
    with walls(database, sent, **standing):
        await own.record("kpi", {"2026-04-01": "100", "2026-06-01": "200"})
        seen = {name: (await own.client.data(read, id=own.ids[name]))["kpi"] for name in ("formula", "whole")}
        goal = await own.client.data(
            "query($id: ID!) { keyResult(id: $id) { current progress objective { progress } } }",
            id=own.ids["follower"],
        )
    days = [f"2026-0{month}-01" for month in range(1, 7)]
    values = [None, "5", "6", "100", "7", "200"]
    doubled = [None, "10", "12", "200", "14", "400"]
    assert seen["formula"] == {"current": "400", "series": told(days, doubled)}
    assert seen["whole"] == {"current": "200", "series": told(days, values)}
    assert (goal["keyResult"]["current"], goal["keyResult"]["progress"]) == ("200", 1)
    assert await dump(superuser, theirs.client.organization_id) == before
    assert sorted(sent.unguarded) == []


def told(days: list[str], values: list[str | None]) -> list[dict[str, Any]]:
    """A series of single values."""
    pairs = zip(days, values, strict=True)
    return [{"startsOn": day, "value": value, "count": int(value is not None)} for day, value in pairs]
