"""What is exported makes the same workspace again, here and elsewhere."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from schema.relay.node import parsed
from tests.kit.client import Client
from tests.kit.small_workspace import SMALL, known, objective
from tests.kit.workspace_files import DEMO, exported, findings, imported, row_counts, sorted_items

GOALS = """objectives(first: 50, filter: { externalId: { neq: "o9" } }) { totalCount nodes { externalId title progress
    progressRaw progressReason confidence status keyResults { externalId title target current progress status
        milestones { externalId } }
    outgoingAlignments { isPrimary weight kind parent { externalId } parentKeyResult { externalId } }
    checkIns(first: 20) { nodes { externalId value } } } }"""


@pytest.fixture
async def elsewhere(stranger: Client) -> Client:
    """Another organization, whose own person has an email that nobody else has."""
    own = (await stranger.data("{ viewer { person { id } } }"))["viewer"]["person"]["id"]
    await stranger.make("personUpdate", id=own, email="stranger@example.com")
    return stranger


def without(items: list[dict[str, Any]], person: Client) -> list[dict[str, Any]]:
    """Items but for the person that an organization was founded with."""
    return [item for item in items if item.get("externalId") != str(person.person_id)]


async def test_the_small_workspace_comes_out_as_it_went_in(small: Client) -> None:
    # What was left out shows with its default; Z is +00:00 here.
    found = {known(item): item for item in without(await exported(small), small)}
    assert len(found) == len(SMALL)
    for item in SMALL:
        said = {
            name: str(value).replace("Z", "+00:00") if name.endswith(("at", "At")) else value
            for name, value in item.items()
        }
        shown = found[known(item)]
        assert {name: shown[name] for name in said} == said


async def test_here_it_changes_nothing(demo: Client, database_url: str) -> None:
    before, items = await row_counts(database_url), await exported(demo)
    demo.clock.advance(hours=1)
    done = await imported(demo, items)
    assert (done.kept, done.outcomes) == (True, {"UNCHANGED": len(items)})
    assert (await row_counts(database_url), await exported(demo)) == (before, items)


async def test_elsewhere_it_makes_the_same_workspace(demo: Client, elsewhere: Client) -> None:
    items = await exported(demo)
    assert len(items) == len(DEMO) + 1
    done = await imported(elsewhere, items)
    assert (done.kept, done.outcomes) == (True, {"CREATED": len(items)}), done.refused
    assert sorted_items(without(await exported(elsewhere), elsewhere)) == sorted_items(items)
    assert await elsewhere.data(f"{{ {GOALS} }}") == await demo.data(f"{{ {GOALS} }}")
    assert await findings(elsewhere) == []


async def test_rows_without_an_external_id_are_named_by_their_id(client: Client, elsewhere: Client) -> None:
    cycle = await client.cycle()
    parent, child = await client.objective(cycle), await client.objective(cycle)
    key_result = await client.key_result(parent, kind="REACH", target="10")
    await client.check_in(key_result, "5")
    await client.make("objectiveAlign", objectiveId=child, parentId=parent)
    items = await exported(client)
    assert (await imported(client, items)).outcomes == {"UNCHANGED": len(items)}
    done = await imported(elsewhere, items)
    assert (done.kept, done.outcomes) == (True, {"CREATED": len(items)}), done.refused
    assert sorted_items(without(await exported(elsewhere), elsewhere)) == sorted_items(items)


async def test_siblings_keep_their_order(small: Client, elsewhere: Client) -> None:
    ids = {}
    read = (
        '{ objective(externalId: "o6") { id keyResults { externalId } children(first: 9) { nodes { externalId } } } }'
    )
    parent = (await small.data(read))["objective"]["id"]
    for name in ("a", "b", "c"):
        ids[name] = await small.key_result(parent, kind="REACH", target="1", externalId=name)
    await small.make("keyResultReorder", id=ids["c"], afterId=None)
    assert (await imported(elsewhere, await exported(small))).kept
    shown = (await elsewhere.data(read))["objective"]["keyResults"]
    assert [each["externalId"] for each in shown] == ["c", "a", "b"]


@pytest.mark.parametrize("kind", ["person", "team", "pillar", "cycle"])
async def test_what_refers_to_something_archived_can_be_imported_elsewhere(
    small: Client, elsewhere: Client, kind: str
) -> None:
    names = {"person": "p1", "team": "t1", "pillar": "l1", "cycle": "2026"}
    plural = {"person": "people"}.get(kind, f"{kind}s")
    read = f'{{ {plural}(first: 9, filter: {{ externalId: {{ eq: "{names[kind]}" }} }}) {{ nodes {{ id }} }} }}'
    await small.make(f"{kind}Archive", "id", id=(await small.data(read))[plural]["nodes"][0]["id"])
    items = await exported(small)
    assert objective("o2")["title"] in [item.get("title") for item in items]
    done = await imported(elsewhere, items)
    assert (done.kept, done.refused) == (True, [])
    small.clock.advance(hours=1)
    assert (await imported(small, items)).outcomes == {"UNCHANGED": len(items)}


async def test_archived_goals_are_left_out(small: Client, elsewhere: Client) -> None:
    read = '{ objective(externalId: "o1") { id } keyResult(externalId: "k4") { id } }'
    found = await small.data(read)
    await small.make("objectiveArchive", "id", id=found["objective"]["id"])
    await small.make("keyResultArchive", "id", id=found["keyResult"]["id"])
    items = await exported(small)
    gone = {"o1", "k1", "k2", "k4", "m1", "m2", "c1", "c2", "PROJ-1"}
    assert {item.get("externalId") for item in SMALL} - {item.get("externalId") for item in items} == gone
    assert [item for item in items if item["type"] == "Alignment"] == []
    assert (await imported(elsewhere, items)).kept


async def test_a_target_is_kept_beside_a_change_that_its_kind_does_not_need(small: Client, elsewhere: Client) -> None:
    parent = (await small.data('{ objective(externalId: "o6") { id } }'))["objective"]["id"]
    linear = {"kind": "INCREASE", "baseline": "1", "target": "5", "changeBy": "3"}
    await small.key_result(parent, externalId="k9", **linear)
    [item] = [each for each in await exported(small) if each.get("externalId") == "k9"]
    assert {name: item.get(name) for name in linear} == linear
    assert (await imported(elsewhere, await exported(small))).kept
    assert (await elsewhere.data('{ keyResult(externalId: "k9") { target } }'))["keyResult"] == {"target": "5"}


KPIS = """kpis { nodes { externalId current currentReason target attainment status formula timeZone graceDays scale
    parent { externalId } targets { externalId startsOn endsOn value amber }
    measurements { nodes { startsOn value source reason } } } }
    keyResults { nodes { externalId current progress status guardrailBreached sourceKpi { externalId }
    kpiLinks { role kpi { externalId } } } }"""


async def test_elsewhere_kpis_stand_as_they_do_here(small: Client, elsewhere: Client) -> None:
    items = await exported(small)
    assert (await imported(elsewhere, items)).outcomes == {"CREATED": len(items)}
    here, there = await small.data(f"{{ {KPIS} }}"), await elsewhere.data(f"{{ {KPIS} }}")
    for data in (here, there):
        for each in data["keyResults"]["nodes"]:
            each["kpiLinks"].sort(key=str)
    assert there == here
    [sales] = [each for each in here["kpis"]["nodes"] if each["externalId"] == "s1"]
    assert (sales["current"], sales["attainment"], sales["status"]) == ("75.5", 0.755, "NO_DATA"), "it is stale"
    [growth] = [each for each in here["kpis"]["nodes"] if each["externalId"] == "s2"]
    assert growth["current"] == "0.51"
    assert await findings(elsewhere) == []


async def test_kpis_without_an_external_id_are_named_by_their_id(client: Client, elsewhere: Client) -> None:
    sales = await client.make("kpiCreate", name="Sales")
    uuid = parsed(sales)
    assert uuid is not None
    await client.make("kpiCreate", name="Twice", formula=f"2 * [{uuid[1]}]")
    await client.make("kpiTargetCreate", kpiId=sales, startsOn="2026-01-01", value="1")
    points = [{"kpiId": sales, "on": "2026-01-01", "value": "4"}]
    await client.change("kpiMeasurementsRecord", {"measurements": points}, "changed")
    items = await exported(client)
    assert [item["kpi"] for item in items if item["type"] == "Measurement"] == [str(uuid[1])]
    again = await imported(client, items)
    assert (again.refused, again.outcomes) == ([], {"UNCHANGED": len(items)})
    done = await imported(elsewhere, items)
    assert (done.refused, done.outcomes) == ([], {"CREATED": len(items)})
    read = '{ kpis(filter: { name: { eq: "Twice" } }) { nodes { current } } }'
    assert await elsewhere.data(read) == {"kpis": {"nodes": [{"current": "8"}]}}


async def test_archived_kpis_are_left_out(small: Client, elsewhere: Client) -> None:
    ids = await small.data('{ first: kpi(externalId: "s4") { id } second: kpi(externalId: "s2") { id } }')
    for each in ids.values():
        await small.make("kpiArchive", id=each["id"])
    items = await exported(small)
    left_out = [item for item in SMALL if known(item) not in {known(each) for each in items}]
    assert [known(item)[:2] for item in left_out] == [
        *(("Kpi", "s2"), ("Kpi", "s4"), ("Measurement", "s4"), ("KpiLink", "s2")),
    ]
    assert (await imported(elsewhere, items)).refused == []


async def test_the_latest_of_two_check_ins_of_one_moment_is_the_latest_elsewhere(
    client: Client, elsewhere: Client
) -> None:
    """Their ids are in the reverse order of time. A third one is earlier, and comes last, as it was recorded last."""
    key_result = await client.key_result(await client.objective(await client.cycle()), kind="REACH", target="10")
    first, second, earlier = sorted((str(uuid4()) for _ in range(3)), reverse=True)
    moment = client.clock.now.isoformat()
    document = """mutation($a: KeyResultCheckInInput!, $b: KeyResultCheckInInput!) {
        a: keyResultCheckIn(input: $a) { userErrors { code } }
        b: keyResultCheckIn(input: $b) { userErrors { code } } }"""
    said = [
        {"id": id, "keyResultId": key_result, "value": value, "at": moment}
        for id, value in ((first, "1"), (second, "2"))
    ]
    assert await client.data(document, a=said[0], b=said[1]) == {"a": {"userErrors": []}, "b": {"userErrors": []}}
    before = (client.clock.now - timedelta(days=1)).isoformat()
    await client.check_in(key_result, "3", id=earlier, at=before)
    items = await exported(client)
    assert [item["externalId"] for item in items if item["type"] == "CheckIn"] == [first, second, earlier]
    done = await imported(elsewhere, items)
    assert (done.kept, done.outcomes) == (True, {"CREATED": len(items)}), done.refused
    document = "{ keyResults { nodes { current checkIns { nodes { value } } } } }"
    there = await elsewhere.data(document)
    assert there["keyResults"]["nodes"] == [
        {"current": "2", "checkIns": {"nodes": [{"value": value} for value in ("2", "1", "3")]}}
    ]
    assert there == await client.data(document)
