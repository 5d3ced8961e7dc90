"""An objective as it is made; where its progress comes from, back and forth; and its sentence."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.refusals import changed, everything, shown, unchanged

CREATED = "2026-07-02T12:00:00Z"


async def test_as_it_is_made(client: Client) -> None:
    cycle = await client.cycle()
    made = await changed(client, "objectiveCreate", cycleId=cycle, title="Grow")
    empty = ("externalId", "archivedAt", "description", "perspective", "progress", "progressRaw", "confidence", "pace")
    assert made == {
        **dict.fromkeys([*empty, "owner", "team", "pillar", "start", "due"]),
        **dict.fromkeys(["score", "scoreReason", "scoreWaiver", "retrospective"]),
        **{"id": made["id"], "title": "Grow", "cycle": {"id": cycle}, "position": made["position"]},
        **{"version": 1, "createdAt": CREATED, "updatedAt": CREATED},
        **{"level": "TEAM", "kind": "ASPIRATIONAL", "lifecycle": "ACTIVE", "visibility": "ORGANIZATION"},
        **{"progressSource": "KEY_RESULTS", "statusSource": "WORST_CONTRIBUTOR"},
        **{"progressReason": "NO_CONTRIBUTORS", "status": "PENDING", "statusReason": "NO_PROGRESS_YET"},
        **{"statusDiverges": False, "staleness": None, "nextCheckInDueAt": None, "coverage": None},
        **{"startsAt": "2026-01-01T00:00:00Z", "dueAt": "2027-01-01T00:00:00Z", "isPastDue": False},
        **{"checkInCadence": None, "effectiveCheckInCadence": {"days": 7, "weekday": None}},
    }


async def test_everything_given(client: Client) -> None:
    ids = {
        "cycle": await client.cycle(),
        "owner": await client.make("personCreate", name="Pat"),
        "team": await client.make("teamCreate", name="Platform"),
        "pillar": await client.make("pillarCreate", name="Growth"),
    }
    given = {
        **{"title": "Grow", "description": "Much", "externalId": "O-1", "level": "COMPANY", "kind": "COMMITTED"},
        **{"lifecycle": "DRAFT", "visibility": "PRIVATE", "perspective": "CUSTOMER"},
        **{"progressSource": "MANUAL", "statusSource": "PACE"},
    }
    made = await changed(client, "objectiveCreate", **given, **{f"{name}Id": id for name, id in ids.items()})
    assert {name: made[name] for name in [*given, *ids]} == {**given, **{name: {"id": id} for name, id in ids.items()}}


async def test_switching_the_source_deletes_nothing_and_switches_back(client: Client) -> None:
    cycle = await client.cycle()
    objective, child = await client.objective(cycle, "Parent"), await client.objective(cycle, "Child")
    for id, value in ((objective, "20"), (child, "80")):
        await client.check_in(await client.key_result(id, kind="REACH", target="100"), value)
    await client.make("objectiveAlign", objectiveId=child, parentId=objective)

    async def switched(source: str) -> tuple[float | None, str]:
        before = [row for row in await everything(client) if row["name"] not in ("objectives", "events")]
        found = await changed(client, "objectiveUpdate", id=objective, progressSource=source)
        kept = {row["row"] for row in await everything(client)}
        assert all(row["row"] in kept for row in before)
        return found["progress"], found["progressReason"]

    manual = (None, "NO_DATA")
    for _ in range(2):
        assert await switched("ALIGNED_OBJECTIVES") == (0.8, "COMPUTED")
        assert await switched("BOTH") == (0.5, "COMPUTED")
        assert await switched("MANUAL") == manual
        if manual[0] is None:
            await client.make("objectiveCheckIn", objectiveId=objective, value="0.65", confidence=0.4)
            manual = ((await shown(client, "objective", objective) or {})["progress"], "COMPUTED")
        assert await switched("KEY_RESULTS") == (0.2, "COMPUTED")
    # What was said by hand stays said.
    assert manual == (0.65, "COMPUTED")
    assert (await shown(client, "objective", objective) or {})["confidence"] == 0.4
    await unchanged(client, "objectiveUpdate", id=objective, progressSource="KEY_RESULTS")


async def test_a_manual_one_counts_above_like_any_other(client: Client) -> None:
    cycle = await client.cycle()
    parent = await client.objective(cycle, "Parent", progressSource="ALIGNED_OBJECTIVES")
    child = await client.objective(cycle, "Child", progressSource="MANUAL")
    await client.make("objectiveAlign", objectiveId=child, parentId=parent)
    assert (await shown(client, "objective", parent) or {})["progress"] is None
    for value in ("0.25", "1", "0"):
        client.clock.advance(hours=1)
        await client.make("objectiveCheckIn", objectiveId=child, value=value)
        assert (await shown(client, "objective", parent) or {})["progress"] == float(value)
    await client.make("objectiveCheckIn", objectiveId=child, value="0.9", at="2026-03-01T00:00:00Z")
    assert (await shown(client, "objective", parent) or {})["progress"] == 0


async def test_it_moves_to_another_cycle(client: Client) -> None:
    old, new = await client.cycle(), await client.cycle("2026-07-01", "2026-09-30")
    objective = await client.objective(old)
    await client.check_in(await client.key_result(objective, kind="REACH", target="100"), "10")
    before = await shown(client, "objective", objective)
    moved = await changed(client, "objectiveUpdate", id=objective, cycleId=new, reason="Later")
    assert before is not None
    assert (before["status"], before["statusReason"]) == ("OFF_TRACK", "WORST_CONTRIBUTOR")
    assert (moved["cycle"], moved["status"], moved["progress"]) == ({"id": new}, "PENDING", 0.1)
    assert moved["pace"] == pytest.approx(0.1 / (1.5 / 92))
    document = "query($id: ID!) { node(id: $id) { ... on Cycle { objectives { nodes { id } } } } }"
    assert (await client.data(document, id=old))["node"]["objectives"]["nodes"] == []
    assert (await client.data(document, id=new))["node"]["objectives"]["nodes"] == [{"id": objective}]


STATEMENTS: list[tuple[str, list[str], str]] = [
    ("Become profitable", [], "We will become profitable."),
    ("Become profitable.", ["Decreasing waste."], "We will become profitable as measured by decreasing waste."),
    ("grow ", [" A ", "B"], "We will grow as measured by a and b."),
    ("Grow", ["NPS at 60", "iPhone sales", "$3 b"], "We will grow as measured by NPS at 60, iPhone sales, and $3 b."),
    ("Überholen", ["Ändern"], "Our objective: Überholen as measured by ändern."),
    ("OKRs everywhere", ["x"], "Our objective: OKRs everywhere as measured by x."),
]


async def test_statement(client: Client) -> None:
    cycle = await client.cycle()
    document = "query($id: ID!) { objective(id: $id) { statement } }"
    for title, key_results, sentence in STATEMENTS:
        objective = await client.objective(cycle, title)
        ids = [await client.key_result(objective, each) for each in key_results]
        assert await client.data(document, id=objective) == {"objective": {"statement": sentence}}
        for id in ids:
            await client.make("keyResultArchive", id=id)
        alone: Any = (await client.data(document, id=objective))["objective"]["statement"]
        assert " as measured by " not in alone


async def test_the_sentence_of_the_acceptance_case(client: Client) -> None:
    objective = await client.objective(await client.cycle(), "Become profitable")
    titles = ["decreasing financial waste", "increasing inflow by $3.5 billion", "growing by 2 million customers"]
    ids = [await client.key_result(objective, title) for title in titles]
    said = "We will become profitable as measured by "
    document = "query($id: ID!) { objective(id: $id) { statement } }"
    found = (await client.data(document, id=objective))["objective"]["statement"]
    assert found == f"{said}{titles[0]}, {titles[1]}, and {titles[2]}."
    await client.make("keyResultReorder", id=ids[2])
    found = (await client.data(document, id=objective))["objective"]["statement"]
    assert found == f"{said}{titles[2]}, {titles[0]}, and {titles[1]}."
