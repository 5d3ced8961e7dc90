"""Files of version 1, from before the schema's names, are restored and imported under the names of today."""

from uuid import UUID

import orjson

from service.settings import ROOT
from tests.kit.client import Client
from tests.kit.workspace_files import findings, imported
from tests.workspace.restored import client_of, file_of, restored, whole

# Written by the last okrgraph of version 1.
FILE = (ROOT / "tests" / "workspace" / "version_1.jsonl").read_bytes().splitlines(keepends=True)
OWNER = UUID("01a2265e-7d28-721c-b22a-e756363559e9")
READ = """{ organization { fiscalYearStartMonth }
    kpi(externalId: "mood") { valueType scale current currentLabel revisions { nodes { startsOn value } } }
    keyResult(externalId: "k1") { current latestCheckIn { status } }
    events(first: 20, filter: {subjectType: {in: ["Organization", "Kpi"]}}) { nodes { subjectType verb changes } } }"""
MOOD = {"valueType": "QUALITATIVE", "scale": ["bad", "fair", "fine"], "current": "3", "currentLabel": "fine"}


async def test_a_file_of_version_1_is_restored(client: Client, database_url: str) -> None:
    client.clock.advance(hours=3)
    copy = await client_of(client, database_url, await restored(client.database, client.clock, FILE), OWNER)
    found = await copy.data(READ)
    assert found["organization"] == {"fiscalYearStartMonth": 4}
    assert found["kpi"] == {**MOOD, "revisions": {"nodes": [{"startsOn": "2026-05-01", "value": "1"}]}}
    assert found["keyResult"] == {"current": "4", "latestCheckIn": {"status": "AT_RISK"}}
    changes = {(each["subjectType"], each["verb"]): each["changes"] for each in found["events"]["nodes"]}
    assert changes["Organization", "UPDATED"]["fiscalYearStartMonth"] == {"before": 1, "after": 4}
    assert changes["Kpi", "CREATED"]["valueType"] == {"after": "QUALITATIVE"}
    assert changes["Kpi", "RECORDED"]["measurements"] == {"after": 2}
    assert changes["Kpi", "DELETED"]["measurements"] == {"after": 1}
    assert await findings(copy) == []
    assert b'"version":2' in (await file_of(copy.database, copy.organization_id))[0]


async def test_the_items_of_version_1_are_imported(client: Client) -> None:
    client.clock.advance(hours=3)
    done = await imported(client, [line.replace(b"olive@", b"other@") for line in FILE])
    assert (done.kept, done.outcomes) == (True, {"CREATED": 7})
    assert (await client.data('{ kpi(externalId: "mood") { valueType scale current currentLabel } }'))["kpi"] == MOOD


async def test_items_without_a_header_have_the_names_of_today(client: Client) -> None:
    done = await imported(client, [line for line in FILE if b'"type":"Kpi"' in line])
    assert (done.kept, done.refused) == (False, [(1, "ITEM_INVALID", "nature")])


async def test_a_file_without_status_policies_gets_the_first_version(client: Client, database_url: str) -> None:
    """It judges closed cycles: until then goals were judged by the policy of the organization."""
    cycle = await client.cycle()
    await client.check_in(await client.key_result(await client.objective(cycle), kind="REACH", target="10"), "5")
    await client.make("organizationUpdate", "version", onTrackPace=0.95)
    await client.take_steps(cycle, "BeginClosing", "Close")
    older, table = [], ""
    for line in (await file_of(client.database, client.organization_id))[:-1]:
        content = orjson.loads(line)
        table = content.get("table", table)
        content.get("row", {}).pop("status_policy_id", None)
        if "status_policy_id" in content.get("columns", ()):
            content["columns"].remove("status_policy_id")
        if table != "status_policies":
            older.append(orjson.dumps(content) + b"\n")
    id = await restored(client.database, client.clock, whole(older))
    copy = await client_of(client, database_url, id, client.person_id)
    found = await copy.data(
        """{ organization { statusPolicies { nodes { number onTrackPace validFrom } } createdAt }
        cycles { nodes { state statusPolicy { number } } } objectives { nodes { status statusPolicy { number } } } }"""
    )
    version = {"number": 1, "onTrackPace": 0.95, "validFrom": found["organization"]["createdAt"]}
    assert found["organization"]["statusPolicies"] == {"nodes": [version]}
    assert found["cycles"] == {"nodes": [{"state": "CLOSED", "statusPolicy": {"number": 1}}]}
    assert found["objectives"] == {"nodes": [{"status": "OFF_TRACK", "statusPolicy": {"number": 1}}]}
    assert await findings(copy) == []
