"""The test of the column and of the type that a test adds: all that follows from their declarations works."""

# What has to hold in the copy, as a test there.
TEST = '''"""What was added works: inputs, filter, lookup, list, import, export, events, history and refusals."""

from datetime import timedelta
from typing import Any

import pytest

from service.all_entities import BY_NAME
from service.postgres.migrate import check_models
from service.workspace.exporting import export_file
from tests.kit.client import Client
from tests.kit.history import revisions
from tests.house import test_entities
from tests.kit.workspace_files import exported, imported


async def test_the_column(client: Client) -> None:
    cycle = await client.make(
        "cycleCreate", name="2026", kind="YEAR", startsOn="2026-01-01", endsOn="2026-12-31", theme="Grow"
    )
    await client.make("cycleCreate", name="2027", kind="YEAR", startsOn="2027-01-01", endsOn="2027-12-31")
    document = 'query($theme: String) { cycles(filter: {theme: {eq: $theme}}) { nodes { id theme } } }'
    assert (await client.data(document, theme="Grow"))["cycles"]["nodes"] == [{"id": cycle, "theme": "Grow"}]
    await client.make("cycleUpdate", id=cycle, theme="Focus", externalId="c")
    event = "{ events(first: 1) { nodes { changes } } }"
    changes = (await client.data(event))["events"]["nodes"][0]["changes"]
    assert changes["theme"] == {"before": "Grow", "after": "Focus"}
    model = test_entities.revision_model(BY_NAME["Cycle"].model)
    later = client.clock.now + timedelta(days=1)
    assert "Focus" in [row.theme for row in await revisions(client, model, later, later)]
    payload = await client.change("cycleUpdate", {"id": cycle, "theme": "x" * 201}, "cycle { theme }")
    assert [error["code"] for error in payload["userErrors"]] == ["TOO_LONG"]
    [item] = [each for each in await exported(client) if each.get("externalId") == "c"]
    assert item["theme"] == "Focus"
    assert (await imported(client, [item])).outcomes == {"UNCHANGED": 1}
    assert (await imported(client, [item | {"theme": "Less"}])).outcomes == {"UPDATED": 1}
    assert (await client.data(document, theme="Less"))["cycles"]["nodes"] == [{"id": cycle, "theme": "Less"}]


async def test_the_type(client: Client) -> None:
    objective = await client.objective(await client.cycle(), externalId="o")
    arguments = {"objectiveId": objective, "externalId": "r"}
    risk = (await client.change("riskCreate", {"title": "Outage", **arguments}, "risk { id }"))["risk"]["id"]
    refused = await client.change("riskCreate", {"title": "Something", "objectiveId": objective}, "risk { id }")
    assert [(e["code"], e["field"]) for e in refused["userErrors"]] == [("RISK_TITLE_VAGUE", ["input", "title"])]
    updated = await client.change("riskUpdate", {"id": risk, "title": "Long outage"}, "risk { title version }")
    assert updated["risk"] == {"title": "Long outage", "version": 2}
    shown = {"id": risk, "title": "Long outage", "objective": {"id": objective}}
    fields = "{ id title objective { id } }"
    for read in ('risk(externalId: "r")', f'risk(id: "{risk}")'):
        assert (await client.data(f"{{ {read} {fields} }}"))["risk"] == shown
    assert (await client.data(f'{{ node(id: "{risk}") {{ ... on Risk {fields} }} }}'))["node"] == shown
    document = f"query($id: ID) {{ risks(filter: {{objectiveId: {{eq: $id}}}}) {{ totalCount nodes {fields} }} }}"
    assert (await client.data(document, id=objective))["risks"] == {"totalCount": 1, "nodes": [shown]}
    events = (await client.data("{ events { nodes { verb subjectType changes } } }"))["events"]["nodes"]
    of_risk = [event for event in events if event["subjectType"] == "Risk"]
    assert [event["verb"] for event in of_risk] == ["UPDATED", "CREATED"]
    assert of_risk[1]["changes"]["objectiveId"] == {"after": objective}
    later = client.clock.now + timedelta(days=1)
    model = test_entities.revision_model(BY_NAME["Risk"].model)
    assert [row.title for row in await revisions(client, model, later, later)] == ["Long outage"]
    [item] = [each for each in await exported(client) if each["type"] == "Risk"]
    assert item == {"type": "Risk", "externalId": "r", "title": "Long outage", "objective": "o"}
    assert (await imported(client, [item | {"externalId": "s"}])).outcomes == {"CREATED": 1}
    for mutation, count in (("riskArchive", 1), ("riskArchive", 1), ("riskRestore", 2)):
        await client.change(mutation, {"id": risk}, "risk { archivedAt }")
        assert (await client.data(document, id=objective))["risks"]["totalCount"] == count


@pytest.mark.parametrize("name", ["Cycle", "Risk"])
def test_all_facts_are_everywhere(name: str) -> None:
    assert list(test_entities.missing(BY_NAME[name])) == []
'''
