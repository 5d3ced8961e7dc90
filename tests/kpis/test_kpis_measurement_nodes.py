"""Measurements as nodes: one id for a KPI and a period, which stays when the value is corrected."""

import base64
from datetime import date
from uuid import uuid4

import pytest

from service.settings import Settings
from service.values.global_ids import decode_measurement, encode_measurement
from tests.kit.client import Client, Statements
from tests.kit.kpis import kpi, record, recorded

NODES = """query($ids: [ID!]!) { nodes(ids: $ids) { ... on KpiMeasurement {
    id startsOn endsOn value revisionNumber kpi { id name } revisions { value } } } }"""
OF_KPI = "query($id: ID!) { kpi(id: $id) { measurements { nodes { id startsOn endsOn value } } } }"


async def test_by_its_id_in_the_order_asked_and_in_one_statement(client: Client) -> None:
    sales, costs = await kpi(client, "Sales"), await kpi(client, "Costs", frequency="QUARTERLY")
    await record(client, sales, {"2026-04-01": "1", "2026-05-01": "2"})
    await record(client, costs, {"2026-01-01": "3"})
    april, may = reversed((await client.data(OF_KPI, id=sales))["kpi"]["measurements"]["nodes"])
    [quarter] = (await client.data(OF_KPI, id=costs))["kpi"]["measurements"]["nodes"]
    assert (april["endsOn"], may["endsOn"], quarter["endsOn"]) == ("2026-04-30", "2026-05-31", "2026-03-31")
    await record(client, sales, {"2026-04-01": "9"})
    with Statements(client.database) as statements:
        found = (await client.data(NODES, ids=[quarter["id"], april["id"], quarter["id"]]))["nodes"]
    # The measurements, KPIs and revisions together, which graphql-core asks for one after the other, and to end.
    assert len(statements.sent) == (3 if Settings().executor == "breadth-first" else 4)
    of_costs = {"revisionNumber": 1, "kpi": {"id": costs, "name": "Costs"}, "revisions": [{"value": "3"}]}
    of_sales = {
        "revisionNumber": 2,
        "kpi": {"id": sales, "name": "Sales"},
        "revisions": [{"value": "9"}, {"value": "1"}],
    }
    assert found == [{**quarter, **of_costs}, {**april, **of_sales, "value": "9"}, {**quarter, **of_costs}]


async def test_a_result_shows_the_kpi(client: Client) -> None:
    sales = await kpi(client, "Sales")
    document = """mutation($i: KpiMeasurementsRecordInput!) { kpiMeasurementsRecord(input: $i) {
        results { outcome startsOn kpi { id name current } } } }"""
    points = [{"kpiId": sales, "on": f"2026-0{month}-15", "value": str(month)} for month in (4, 5)]
    shown = {"id": sales, "name": "Sales", "current": "5"}
    assert (await client.data(document, i={"measurements": points}))["kpiMeasurementsRecord"]["results"] == [
        {"outcome": "CREATED", "startsOn": "2026-04-01", "kpi": shown},
        {"outcome": "CREATED", "startsOn": "2026-05-01", "kpi": shown},
    ]


async def test_nothing_where_there_is_none(client: Client) -> None:
    sales = await kpi(client, "Sales")
    await recorded(client, [{"kpiId": sales, "on": "2026-05-01", "value": "1"}])
    [may] = (await client.data(OF_KPI, id=sales))["kpi"]["measurements"]["nodes"]
    id, _ = decode_measurement(may["id"]) or (None, None)
    texts = (
        f"KpiMeasurement:{id}:2026-05-02",
        f"KpiMeasurement:{id}",
        f"KpiMeasurement:{id}:x",
        f"Kpi:{id}:2026-05-01",
    )
    ids = [base64.urlsafe_b64encode(text.encode()).decode().rstrip("=") for text in texts]
    assert (await client.data(NODES, ids=ids))["nodes"] == [None] * len(ids)


async def test_nothing_of_another_organization(client: Client, stranger: Client) -> None:
    theirs = await kpi(stranger, "Sales")
    await record(stranger, theirs, {"2026-05-01": "1"})
    [may] = (await stranger.data(OF_KPI, id=theirs))["kpi"]["measurements"]["nodes"]
    assert (await client.data(NODES, ids=[may["id"]]))["nodes"] == [None]
    assert (await stranger.data(NODES, ids=[may["id"]]))["nodes"][0]["value"] == "1"


@pytest.mark.parametrize("text", ["", "x", "S3BpTWVhc3VyZW1lbnQ6", "é"])
def test_what_is_no_id_of_a_measurement(text: str) -> None:
    assert decode_measurement(text) is None


def test_an_id_is_read_as_it_was_made() -> None:
    key = (uuid4(), date(2026, 12, 31))
    assert decode_measurement(encode_measurement(*key)) == key
