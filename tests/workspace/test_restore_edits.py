"""After any ordinary edit an organization can be restored as it is, and its own export changes nothing in it."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

import pytest

from schema.relay.node import parsed
from tests.kit.client import Client
from tests.kit.workspace_files import imported, row_counts
from tests.workspace.restored import assert_same, file_of

Edit = Callable[[Client], Awaitable[None]]
LISTS = {"keyResult", "kpi", "objective"}


async def id_of(client: Client, kind: str, external_id: str) -> str:
    """The id of something with an external id, also of what is archived."""
    if kind in LISTS:
        found: dict[str, Any] = await client.data(f'{{ {kind}(externalId: "{external_id}") {{ id }} }}')
        return found[kind]["id"]
    plural = {"person": "people"}.get(kind, f"{kind}s")
    where = f'first: 1, includeArchived: true, filter: {{ externalId: {{ eq: "{external_id}" }} }}'
    found = await client.data(f"{{ {plural}({where}) {{ nodes {{ id }} }} }}")
    return found[plural]["nodes"][0]["id"]


async def change(client: Client, what: str, external_id: str, **values: Any) -> None:
    await client.make(f"{what}Update", id=await id_of(client, what, external_id), **values)


async def archive(client: Client, kind: str, external_id: str) -> None:
    await client.make(f"{kind}Archive", id=await id_of(client, kind, external_id))


async def target_id(client: Client) -> str:
    targets = (await client.data('{ kpi(externalId: "s1") { targets { id } } }'))["kpi"]["targets"]
    return targets[0]["id"]


async def policy(client: Client) -> None:
    await client.make(
        "organizationUpdate", "name", fiscalYearStartMonth=4, onTrackPace=1.0, atRiskPace=0.5, checkInCadenceDays=30
    )


async def value_source(client: Client) -> None:
    await change(client, "keyResult", "k1", valueSource="ALIGNED_OBJECTIVES")


async def value_from_a_kpi(client: Client) -> None:
    await change(client, "keyResult", "k1", valueSource="KPI", sourceKpiId=await id_of(client, "kpi", "s1"))


async def kind(client: Client) -> None:
    await change(client, "keyResult", "k4", kind="BINARY", target=None, reason="Yes or no")


async def cycle_start(client: Client) -> None:
    # The check-ins are of the first of March.
    await change(client, "cycle", "h1", startsOn="2026-05-01")
    await change(client, "cycle", "2026", startsOn="2026-05-01")


async def input_renamed(client: Client) -> None:
    await change(client, "kpi", "s1", externalId="sales", name="Sales")


async def input_archived(client: Client) -> None:
    await archive(client, "kpi", "s1")


async def input_by_uuid(client: Client) -> None:
    found = parsed(await id_of(client, "kpi", "s1"))
    assert found is not None
    await change(client, "kpi", "s2", formula=f"[{found[1]}] * 2")


async def parent_of_its_input(client: Client) -> None:
    # A parent that is no sum of its children: no ring, though each names the other.
    await change(client, "kpi", "s1", parentId=await id_of(client, "kpi", "s2"))


async def parent_kpi_archived(client: Client) -> None:
    sum_id = await id_of(client, "kpi", "s3")
    follower = {"kind": "REACH", "target": "200", "valueSource": "KPI", "sourceKpiId": sum_id}
    await client.key_result(await id_of(client, "objective", "o5"), **follower)
    await client.make("kpiArchive", id=sum_id)


async def targets_apart(client: Client) -> None:
    kpi_id = await id_of(client, "kpi", "s1")
    second = await client.make(
        "kpiTargetCreate", kpiId=kpi_id, startsOn="2026-07-01", endsOn="2026-07-31", value="90", externalId="g2"
    )
    await client.make("kpiTargetUpdate", id=await target_id(client), startsOn="2027-01-01", endsOn="2027-06-30")
    await client.make("kpiTargetUpdate", id=second, startsOn="2026-01-01", endsOn="2026-06-30")


async def target_archived(client: Client) -> None:
    await client.make("kpiTargetArchive", id=await target_id(client))
    kpi_id = await id_of(client, "kpi", "s1")
    await client.make("kpiTargetCreate", kpiId=kpi_id, startsOn="2026-02-01", value="80")


async def points_corrected(client: Client) -> None:
    kpi_id = await id_of(client, "kpi", "s1")
    for value in ("60", "61"):
        points = [{"kpiId": kpi_id, "on": "2026-01-01", "value": value, "reason": "Counted again"}]
        await client.change("kpiMeasurementsRecord", {"measurements": points}, "changed")
        client.clock.advance(hours=1)
    gone = [{"kpiId": kpi_id, "on": "2026-02-01"}]
    await client.change("kpiMeasurementsDelete", {"measurements": gone}, "changed")


async def links_named(client: Client) -> None:
    ends = {"keyResultId": await id_of(client, "keyResult", "k4"), "kpiId": await id_of(client, "kpi", "s1")}
    await client.make("keyResultLinkKpi", **ends, externalId="link")
    gone = await client.make("keyResultLinkKpi", **ends, role="GUARDRAIL")
    await client.make("keyResultUnlinkKpi", id=gone)


async def ended(client: Client) -> None:
    edges = (await client.data('{ objective(externalId: "o2") { outgoingAlignments { id } } }'))["objective"][
        "outgoingAlignments"
    ]
    await client.make("objectiveUnalign", id=edges[0]["id"])
    ends = {"teamId": await id_of(client, "team", "t1"), "personId": await id_of(client, "person", "p1")}
    await client.make("teamLeave", **ends)


async def everything_archived(client: Client) -> None:
    for kind, name in (
        *(("keyResult", "k1"), ("keyResult", "k5"), ("objective", "o1"), ("kpi", "s1"), ("kpi", "s4")),
        *(("person", "p1"), ("team", "t1"), ("pillar", "l1"), ("cycle", "2026")),
    ):
        await archive(client, kind, name)


async def effective_earlier(client: Client) -> None:
    client.clock.advance(days=3)
    at = (client.clock.now - timedelta(days=1)).isoformat()
    await change(client, "objective", "o1", title="From yesterday on", effectiveAt=at, reason="Said late")


# Those of a group are made one after the other.
EDITS: dict[str, list[Edit]] = {
    "settings and names": [policy, value_source, kind, cycle_start, targets_apart, ended, input_renamed],
    "sources and ends": [value_from_a_kpi, target_archived, points_corrected, links_named, effective_earlier],
    "formulas": [input_by_uuid, parent_of_its_input, input_archived, parent_kpi_archived],
    "archives": [everything_archived],
}


@pytest.mark.parametrize("group", EDITS)
async def test_after_edits(small: Client, database_url: str, group: str) -> None:
    before = await file_of(small.database, small.organization_id)
    for edit in EDITS[group]:
        await edit(small)
        after = await file_of(small.database, small.organization_id)
        assert after != before, edit.__name__
        before = after
    counts = await row_counts(database_url)
    small.clock.advance(hours=1)
    done = await imported(small, before)
    assert (done.refused, done.kept, set(done.outcomes)) == ([], True, {"UNCHANGED"})
    assert await row_counts(database_url) == counts
    assert await file_of(small.database, small.organization_id) == before
    await assert_same(small, database_url)
