"""What `version`, `updatedAt` and `changedAt` move with, asked by the document of docs/clients.md."""

from tests.clients.page import code_blocks
from tests.kit.client import Client
from tests.kit.kpis import goal, kpi, read, record

OWN = "version updatedAt"


async def test_changed_at_moves_with_what_is_computed(client: Client) -> None:
    source = await kpi(client)
    objective = await client.objective(await client.cycle())
    key_result = await client.key_result(
        objective, kind="INCREASE", baseline="0", target="10", valueSource="KPI", sourceKpiId=source
    )
    bystander = await client.objective(await client.cycle(name="Other"))
    ids = [objective, key_result, source, bystander]
    document = code_blocks()["changes.graphql"]
    own = [await read(client, source, OWN), await goal(client, key_result, OWN)]
    before = (await client.data(document, ids=ids))["nodes"]

    client.clock.advance(hours=1)
    assert (await client.data(document, ids=ids))["nodes"] == before

    assert (await record(client, source, {"2026-06-01": "5"}))["changed"] == 1
    now = client.clock.now.isoformat().replace("+00:00", "Z")
    after = (await client.data(document, ids=ids))["nodes"]
    assert after == [{"id": each, "changedAt": now} for each in ids[:3]] + [before[3]]
    assert [await read(client, source, OWN), await goal(client, key_result, OWN)] == own
