"""Something of every type, and clients that act in a role."""

from schema.relay.node import parsed
from service.people.key_commands import issue_key
from service.unit_of_work import write
from tests.kit.client import Client

YEAR = {"name": "2026", "kind": "YEAR", "startsOn": "2026-01-01", "endsOn": "2026-12-31"}


async def furnished(client: Client) -> dict[str, str]:
    """Something of every type; ids by name."""
    ids = {
        "person": await client.make("personCreate", name="Pat", email="pat@example.com"),
        "account": await client.make("serviceAccountCreate", name="Backend"),
        "team": await client.make("teamCreate", name="Platform"),
        "pillar": await client.make("pillarCreate", name="Growth"),
        "cycle": await client.cycle(),
        "next": await client.cycle("2027-01-01", "2027-12-31", name="2027"),
    }
    for name in ("root", "child", "other"):
        ids[name] = await client.objective(ids["cycle"], name)
    ids["number"] = await client.key_result(ids["root"], "number", kind="REACH", target="100")
    ids["stages"] = await client.key_result(ids["root"], "stages", kind="MILESTONE")
    ids["stage"] = await client.make("milestoneCreate", keyResultId=ids["stages"], title="stage")
    ids["edge"] = await client.make("objectiveAlign", objectiveId=ids["child"], parentId=ids["root"])
    ids["kpi"] = await client.make("kpiCreate", name="Sales")
    ids["goal"] = await client.make("kpiTargetCreate", kpiId=ids["kpi"], startsOn="2026-01-01", value="10")
    ids["guardrail"] = await client.make(
        "keyResultLinkKpi", keyResultId=ids["number"], kpiId=ids["kpi"], role="GUARDRAIL"
    )
    ids["link"] = await client.make("linkCreate", objectiveId=ids["root"], title="Epic", url="https://example.com/1")
    ids["initiative"] = await client.make("initiativeCreate", title="Import")
    return ids


async def check_in_on_initiative(client: Client, initiative: str) -> str:
    """The id of a check-in on an initiative."""
    items = [{"initiativeId": initiative, "note": "x"}]
    payload = await client.change("initiativeCheckInsRecord", {"checkIns": items}, "checkIns { id }")
    id: str = payload["checkIns"][0]["id"]
    return id


async def acting(client: Client, role: str) -> Client:
    """Somebody else of the same organization."""
    person = parsed(await client.make("personCreate", name=role.title(), role=role))
    assert person is not None
    key = await write(client.database, client.viewer, client.clock.now, lambda tx: issue_key(tx, person[1], "test"))
    return Client(client.app, client.database, client.clock, client.organization_id, person[1], key)
