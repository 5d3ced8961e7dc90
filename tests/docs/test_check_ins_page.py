"""The operations of docs/check-ins.md do what the page says."""

from schema.relay.node import global_id
from service.settings import ROOT
from tests.docs.page import examples
from tests.kit.client import Client

PAGE = ROOT / "docs" / "check-ins.md"


async def test_the_examples_of_the_page(client: Client) -> None:
    objective = await client.objective(await client.cycle())
    key_result = await client.key_result(objective, kind="REACH", target="100")
    week, correct, work, due, cadences = (each.query for each in examples(PAGE))
    said = [{"keyResultId": key_result, "value": "420"}, {"objectiveId": objective, "status": "ON_TRACK"}]
    payload = (await client.data(week, input={"checkIns": said}))["checkInsRecord"]
    first = payload["checkIns"][0]["id"]
    goal = {"title": "Improve customer satisfaction", "status": "ACHIEVED"}
    assert payload == {
        "checkIns": [
            {"id": first, "keyResult": {"title": "A key result", "current": "420", "progress": 1.0}, "objective": goal},
            {"id": payload["checkIns"][1]["id"], "keyResult": None, "objective": goal},
        ],
        "userErrors": [],
    }
    payload = (await client.data(correct.replace('"..."', f'"{first}"')))["checkInCorrect"]
    replaced = {"id": first, "value": "420", "invalidSince": "2026-07-02T12:00:00Z"}
    assert payload == {
        "checkIn": {
            "id": payload["checkIn"]["id"],
            "value": "42",
            "replaces": replaced,
            "keyResult": {"current": "42"},
        },
        "userErrors": [],
    }
    client.clock.advance(days=7)
    await client.make("keyResultUpdate", id=key_result, ownerId=(me := global_id("Person", client.person_id)))
    expected = {
        **{"dueAt": "2026-07-09T12:00:00Z", "overdueAt": "2026-07-12T12:00:00Z", "staleness": "DUE"},
        "keyResult": {"id": key_result, "title": "A key result", "target": "100", "current": "42"},
        "objective": {"id": objective, "title": "Improve customer satisfaction"},
    }
    data = await client.data(due, me=me)
    assert data == {"checkInsDue": {"totalCount": 1, "nodes": [expected]}, "measurementsDue": []}
    initiative = await client.make("initiativeCreate", title="Import")
    items = [{"initiativeId": initiative, "progress": 0.5, "state": "IN_PROGRESS", "note": "Half of it"}]
    [made] = (await client.data(work, input={"checkIns": items}))["initiativeCheckInsRecord"]["checkIns"]
    assert made["initiative"] == {"title": "Import", "progress": 0.5, "state": "IN_PROGRESS"}
    team, month = await client.make("teamCreate", name="Team"), {"days": 30, "weekday": None}
    goals = [{"title": "A key result", "effectiveCheckInCadence": month, "nextCheckInDueAt": "2026-08-01T12:00:00Z"}]
    assert await client.data(cadences, team=team, objective=objective) == {
        "teamUpdate": {"team": {"checkInCadence": {"days": 14, "weekday": "FRIDAY"}}, "userErrors": []},
        "objectiveUpdate": {"objective": {"checkInCadence": month, "keyResults": goals}, "userErrors": []},
    }
