"""`changedAt` of goals and KPIs moves when anything that they show changes, and only then."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.kpis import deleted, kpi, link, record, target
from tests.kit.refusals import SHOWN

LOG = "checkIns { nodes { id } }"
SHOWS = {
    "objective": f"{SHOWN['objective']} {LOG} keyResults {{ id }} parents {{ id }} children {{ nodes {{ id }} }} "
    "participants { role }",
    "keyResult": f"{SHOWN['keyResult']} {LOG}",
    "kpi": f"{SHOWN['kpi']} status statusReason freshness targets {{ {SHOWN['kpiTarget']} }} "
    "measurements { nodes { startsOn value revisionNumber } } keyResults { id } participants { role }",
}


class Workspace:
    """`serving` below `objective`, which has a `number` and `stages`; `part` of `formula`; each by its name."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.ids: dict[str, str] = {}

    async def furnish(self) -> "Workspace":
        client, ids = self.client, self.ids
        ids["cycle"] = await client.cycle()
        ids["objective"] = await client.objective(ids["cycle"], "Objective", progressSource="BOTH")
        ids["serving"] = await client.objective(ids["cycle"], "Serving")
        ids["aside"] = await client.objective(ids["cycle"], "Aside")
        ids["edge"] = await client.make("objectiveAlign", objectiveId=ids["serving"], parentId=ids["objective"])
        ids["number"] = await client.key_result(ids["serving"], "Number", kind="REACH", target="100")
        ids["stages"] = await client.key_result(ids["objective"], "Stages", kind="MILESTONE")
        ids["stage"] = await client.make("milestoneCreate", keyResultId=ids["stages"], title="A stage")
        ids["reader"] = await client.make("personCreate", name="Reader")
        ids["part"] = await kpi(client, "Part", externalId="part")
        ids["formula"] = await kpi(client, "Whole", formula="[part] * 2")
        ids["source"] = await client.key_result(
            *(ids["aside"], "From the KPI"), kind="REACH", target="100", valueSource="KPI", sourceKpiId=ids["part"]
        )
        return self

    async def shown(self) -> tuple[dict[str, Any], dict[str, str]]:
        """Everything that each goal and KPI shows, and its `changedAt`, by its name."""
        kinds = {"part": "kpi", "formula": "kpi", "number": "keyResult", "stages": "keyResult", "source": "keyResult"}
        kinds |= dict.fromkeys(("objective", "serving", "aside"), "objective")
        parts = [f'{name}: {of}(id: "{self.ids[name]}") {{ {SHOWS[of]} changedAt }}' for name, of in kinds.items()]
        found = await self.client.data(f"{{ {' '.join(parts)} }}")
        return found, {name: node.pop("changedAt") for name, node in found.items()}


CHANGES: list[tuple[str, dict[str, Any], set[str]]] = [
    ("objectiveUpdate", {"id": "aside", "title": "Other"}, {"aside"}),
    ("objectiveUpdate", {"id": "aside", "title": "Aside"}, set()),
    ("keyResultUpdate", {"id": "number", "unit": "%"}, {"number", "serving"}),
    ("keyResultCheckIn", {"keyResultId": "number", "value": "50"}, {"number", "serving", "objective"}),
    ("keyResultCheckIn", {"keyResultId": "number", "note": "Nothing new"}, {"number", "serving"}),
    ("objectiveCheckIn", {"objectiveId": "aside", "status": "AT_RISK"}, {"aside"}),
    ("milestoneUpdate", {"id": "stage", "title": "Renamed"}, {"stages", "objective"}),
    ("milestoneUpdate", {"id": "stage", "doneAt": "2026-07-02T00:00:00Z"}, {"stages", "objective"}),
    ("alignmentUpdate", {"id": "edge", "kind": "SUPPORTS"}, {"objective", "serving"}),
    ("objectiveMove", {"id": "serving", "parentId": "aside"}, {"objective", "serving", "aside"}),
    ("keyResultCreate", {"objectiveId": "aside", "title": "New"}, {"aside"}),
    ("participantAdd", {"objectiveId": "serving", "personId": "reader", "role": "READER"}, {"serving"}),
    ("participantRemove", {"objectiveId": "serving", "personId": "reader"}, set()),
    ("participantAdd", {"kpiId": "part", "personId": "reader", "role": "CO_OWNER"}, {"part"}),
    ("kpiUpdate", {"id": "part", "unit": "EUR"}, {"part"}),
    ("kpiUpdate", {"id": "formula", "formula": "[part] * 2"}, set()),
    ("organizationUpdate", {"onTrackPace": 0.95}, set()),
    ("organizationUpdate", {"name": "Renamed"}, set()),
]


@pytest.mark.parametrize(("mutation", "input", "changed"), CHANGES)
async def test_what_shows_something_else_and_nothing_else(
    client: Client, mutation: str, input: dict[str, Any], changed: set[str]
) -> None:
    workspace = await Workspace(client).furnish()
    client.clock.advance(hours=1)
    before, times = await workspace.shown()
    ids: dict[Any, Any] = dict(workspace.ids)
    given = {field: ids.get(value, value) for field, value in input.items()}
    assert (await client.change(mutation, given, ""))["userErrors"] == []
    after, moved = await workspace.shown()
    assert {name for name in moved if moved[name] == "2026-07-02T13:00:00Z"} == changed
    assert {name for name in moved if moved[name] != times[name]} == changed
    assert {name for name in before if before[name] != after[name]} <= changed


async def test_measurements_move_the_kpi_what_is_computed_from_it_and_key_results(client: Client) -> None:
    workspace = await Workspace(client).furnish()
    client.clock.advance(hours=1)
    await record(client, workspace.ids["part"], {"2026-06-01": "50"})
    _, moved = await workspace.shown()
    now = "2026-07-02T13:00:00Z"
    assert {name for name in moved if moved[name] == now} == {"part", "formula", "source", "aside"}
    client.clock.advance(hours=1)
    await record(client, workspace.ids["part"], {"2026-06-01": "50.0"})
    assert (await workspace.shown())[1] == moved
    await deleted(client, [{"kpiId": workspace.ids["part"], "on": "2026-06-01"}])
    _, moved = await workspace.shown()
    later = "2026-07-02T14:00:00Z"
    assert {name for name in moved if moved[name] == later} == {"part", "formula", "source", "aside"}


async def test_targets_and_links_move_the_kpi_and_the_key_result(client: Client) -> None:
    workspace = await Workspace(client).furnish()
    client.clock.advance(hours=1)
    await target(client, workspace.ids["part"], "100")
    _, moved = await workspace.shown()
    assert {name for name in moved if moved[name] == "2026-07-02T13:00:00Z"} == {"part"}
    client.clock.advance(hours=1)
    edge = await link(client, workspace.ids["number"], workspace.ids["part"], "GUARDRAIL")
    _, moved = await workspace.shown()
    assert {name for name in moved if moved[name] == "2026-07-02T14:00:00Z"} == {"part", "number", "serving"}
    client.clock.advance(hours=1)
    assert (await client.change("keyResultUnlinkKpi", {"id": edge}, ""))["userErrors"] == []
    _, moved = await workspace.shown()
    assert {name for name in moved if moved[name] == "2026-07-02T15:00:00Z"} == {"part", "number", "serving"}


async def test_thresholds_move_goals_whose_status_follows_them(client: Client) -> None:
    workspace = await Workspace(client).furnish()
    await client.check_in(workspace.ids["number"], "50")
    client.clock.advance(hours=1)
    await client.make("organizationUpdate", onTrackPace=0.95)
    _, moved = await workspace.shown()
    assert {name for name in moved if moved[name] == "2026-07-02T13:00:00Z"} == {"number", "serving", "objective"}


async def test_time_alone_moves_nothing(client: Client) -> None:
    workspace = await Workspace(client).furnish()
    await client.check_in(workspace.ids["number"], "50")
    before, times = await workspace.shown()
    client.clock.advance(days=60)
    after, same = await workspace.shown()
    assert before["number"]["status"] != after["number"]["status"]
    assert times == same


async def test_an_import_moves_what_it_changes(client: Client) -> None:
    workspace = await Workspace(client).furnish()
    await client.make("keyResultUpdate", id=workspace.ids["number"], externalId="N-1")
    _, times = await workspace.shown()
    client.clock.advance(hours=1)
    item = {"checkIn": {"externalId": "C-1", "keyResult": "N-1", "value": "30", "at": "2026-07-02T12:30:00Z"}}
    document = """mutation($items: [WorkspaceItemInput!]!) { workspaceImport(input: {items: $items}) {
        created failed userErrors { message } } }"""
    payload = (await client.data(document, items=[item]))["workspaceImport"]
    assert payload == {"created": 1, "failed": 0, "userErrors": []}
    _, moved = await workspace.shown()
    assert {name for name in moved if moved[name] != times[name]} == {"number", "serving", "objective"}


INDEXED = [
    ("objectives", "ObjectiveFilter", "objectives", "objectiveUpdate", "aside"),
    ("keyResults", "KeyResultFilter", "key_results", "keyResultUpdate", "number"),
    ("kpis", "KpiFilter", "kpis", "kpiUpdate", "part"),
]


@pytest.mark.parametrize(("root", "kind", "table", "mutation", "name"), INDEXED)
async def test_it_filters_and_orders_by_an_index(
    client: Client, root: str, kind: str, table: str, mutation: str, name: str
) -> None:
    workspace = await Workspace(client).furnish()
    client.clock.advance(hours=1)
    id = workspace.ids[name]
    assert (await client.change(mutation, {"id": id, "externalId": "changed"}, ""))["userErrors"] == []
    document = f"""query($filter: {kind}) {{
        {root}(filter: $filter, orderBy: {{field: CHANGED_AT, direction: DESC}}) {{ nodes {{ id }} }} }}"""
    found = await client.data(document, filter={"changedAt": {"gt": "2026-07-02T12:30:00Z"}})
    assert {"id": id} in found[root]["nodes"]
    everything = (await client.data(document))[root]["nodes"]
    assert (everything[:1], len(everything) > len(found[root]["nodes"])) == (found[root]["nodes"][:1], True)
    async with client.database.primary.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        async with raw.transaction():
            await raw.execute("SET LOCAL enable_seqscan = off; SET LOCAL enable_sort = off")
            plan = await raw.fetch(
                f"EXPLAIN SELECT id FROM {table} WHERE organization_id = '{client.organization_id}' "
                "AND archived_at IS NULL AND changed_at > now() ORDER BY changed_at DESC, id DESC LIMIT 50"
            )
    assert any(f"ix_{table}_changed" in row[0] for row in plan)
