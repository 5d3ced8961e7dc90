"""Every change of a KPI, its targets, links and points leaves one event, and what changes nothing leaves none."""

from typing import Any

from tests.kit.client import Client
from tests.kit.kpis import deleted, kpi, link, record, recorded, target

EVENTS = "{ events(first: 100) { nodes { verb subjectType changes reason } } }"


async def newest(client: Client, many: int) -> list[tuple[Any, ...]]:
    """The newest events, newest first: what was done to what, how it changed, and why."""
    nodes = (await client.data(EVENTS))["events"]["nodes"][:many]
    return [(node["verb"], node["subjectType"], node["changes"], node["reason"]) for node in nodes]


def points(many: int, first: str, last: str) -> dict[str, Any]:
    return {"measurements": {"after": many}, "first": {"after": first}, "last": {"after": last}}


async def test_points_leave_one_event_for_each_kpi_of_a_call(client: Client) -> None:
    one, other = await kpi(client, "One"), await kpi(client, "Other")
    days = ["2026-06-01", "2026-04-01", "2026-05-01"]
    await recorded(client, [*({"kpiId": one, "on": day, "value": "1"} for day in days), point(other)])
    assert sorted(await newest(client, 2), key=lambda event: event[2]["measurements"]["after"]) == [
        ("RECORDED", "Kpi", points(1, "2026-06-01", "2026-06-01"), None),
        ("RECORDED", "Kpi", points(3, "2026-04-01", "2026-06-01"), None),
    ]
    # What stays as it is, is no part of it.
    await record(client, one, {"2026-04-01": "1", "2026-05-01": "2"})
    assert await newest(client, 1) == [("RECORDED", "Kpi", points(1, "2026-05-01", "2026-05-01"), None)]
    before = await newest(client, 100)
    await record(client, one, {"2026-04-01": "1", "2026-05-01": "2"})
    await recorded(client, [point(one, "2027-01-01"), point(other)])
    assert await newest(client, 100) == before
    await deleted(client, [{"kpiId": one, "on": "2026-05-01"}, {"kpiId": one, "on": "2026-01-01"}])
    assert await newest(client, 1) == [("DELETED", "Kpi", points(1, "2026-05-01", "2026-05-01"), None)]


def point(kpi_id: str, on: str = "2026-06-01") -> dict[str, Any]:
    return {"kpiId": kpi_id, "on": on, "value": "1"}


async def test_targets_and_definitions_leave_what_changed_and_why(client: Client) -> None:
    id = await kpi(client, unit="EUR")
    aim = await target(client, id, "5")
    await client.make("kpiTargetUpdate", id=aim, value="6", reason="Agreed")
    await client.make("kpiTargetUpdate", id=aim, value="6.0")
    await client.make("kpiUpdate", id=id, unit="USD", graceDays=3, reason="Moved")
    for _ in range(2):
        await client.make("kpiTargetArchive", id=aim)
        await client.make("kpiArchive", id=id, reason="Done")
    unit = {"unit": {"before": "EUR", "after": "USD"}, "graceDays": {"before": None, "after": 3}}
    created = {"startsOn": {"after": "2025-01-01"}, "value": {"after": "5"}, "thresholdKind": {"after": "RATIO"}}
    assert await newest(client, 5) == [
        ("ARCHIVED", "Kpi", {}, "Done"),
        ("ARCHIVED", "KpiTarget", {}, None),
        ("UPDATED", "Kpi", unit, "Moved"),
        ("UPDATED", "KpiTarget", {"value": {"before": "5", "after": "6"}}, "Agreed"),
        ("CREATED", "KpiTarget", {**created, "kpiId": {"after": id}}, None),
    ]


async def test_links_leave_events_with_their_ends_and_twice_leaves_none(client: Client) -> None:
    id = await kpi(client)
    key_result = await client.key_result(await client.objective(await client.cycle()), kind="REACH", target="1")
    made = await link(client, key_result, id)
    assert await link(client, key_result, id) == made
    document = 'mutation($id: ID!) { keyResultUnlinkKpi(input: {id: $id, reason: "Over"}) { userErrors { code } } }'
    for _ in range(2):
        await client.data(document, id=made)
    ends = {"role": {"after": "GUARDRAIL"}, "kpiId": {"after": id}, "keyResultId": {"after": key_result}}
    found = await newest(client, 3)
    assert found[:2] == [("UNLINKED", "KpiLink", {}, "Over"), ("LINKED", "KpiLink", ends, None)]
    assert found[2][:2] == ("CREATED", "KeyResult")


async def test_refused_changes_and_what_is_computed_leave_no_events(client: Client) -> None:
    id = await kpi(client, externalId="a")
    await kpi(client, "Made", formula="a + 1")
    before = await newest(client, 100)
    assert await client.refused("kpiUpdate", id=id, graceDays=-1) == ("GRACE_OUT_OF_RANGE", ["input", "graceDays"])
    assert (await client.refused("kpiTargetCreate", kpiId=id, startsOn="2026-01-01"))[0] == "TARGET_INCOMPLETE"
    assert await newest(client, 100) == before
    await record(client, id, {"2026-06-01": "1"})
    assert await newest(client, 100) == [("RECORDED", "Kpi", points(1, "2026-06-01", "2026-06-01"), None), *before]
