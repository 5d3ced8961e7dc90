"""A key result as it is made, defined later, turned into another kind, and what its events say of the target."""

from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.refusals import changed, shown, unchanged

CREATED = "2026-07-02T12:00:00Z"


async def objective(client: Client) -> str:
    return await client.objective(await client.cycle())


async def changes(client: Client, id: str) -> list[dict[str, Any]]:
    """What the events of a key result say was changed, the latest first."""
    document = "query($id: ID!) { events(filter: {subjectId: {eq: $id}}) { nodes { changes } } }"
    return [node["changes"] for node in (await client.data(document, id=id))["events"]["nodes"]]


async def test_in_words_only(client: Client) -> None:
    id = await objective(client)
    made = await changed(client, "keyResultCreate", objectiveId=id, title="Waste less")
    empty = [
        *("externalId", "archivedAt", "description", "kind", "unit", "baseline", "target", "changeBy", "lower"),
        *("upper", "current", "progress", "progressRaw", "confidence", "pace", "owner", "start", "due"),
        *("score", "scoreReason", "scoreWaiver", "retrospective"),
        *("checkInCadence", "currency", "displayDecimals", "unitKind"),
    ]
    assert made == {
        **dict.fromkeys(empty),
        **{"id": made["id"], "title": "Waste less", "position": made["position"], "objective": {"id": id}},
        **{"version": 1, "createdAt": CREATED, "updatedAt": CREATED},
        **{"lifecycle": "DRAFT", "mode": "LATEST", "valueSource": "MANUAL", "weight": 1, "milestones": []},
        **{"progressReason": "NOT_MEASURABLE", "hasData": False, "regressed": False},
        **{"sourceKpi": None, "kpiLinks": [], "guardrailBreached": False},
        **{"status": None, "statusReason": None, "statusDiverges": False},
        **{"staleness": None, "nextCheckInDueAt": None, "isPastDue": False},
        **{"startsAt": "2026-01-01T00:00:00Z", "dueAt": "2027-01-01T00:00:00Z"},
        "effectiveCheckInCadence": {"days": 7, "weekday": None},
    }


async def test_everything_given(client: Client) -> None:
    owner = await client.make("personCreate", name="Pat")
    given = {
        **{"title": "Stay", "description": "Well", "kind": "WITHIN_RANGE", "mode": "ADHERENCE", "unit": "°C"},
        **{"baseline": "90.5", "target": "90", "changeBy": "1", "lower": "85", "upper": "95", "weight": 0.5},
        **{"externalId": "K-1", "lifecycle": "CANCELLED", "valueSource": "MANUAL"},
    }
    made = await changed(client, "keyResultCreate", objectiveId=await objective(client), ownerId=owner, **given)
    assert {name: made[name] for name in [*given, "owner"]} == {**given, "owner": {"id": owner}}


@pytest.mark.parametrize(
    ("kind", "target"),
    [("INCREASE_BY", "12"), ("DECREASE_BY", "8"), ("INCREASE_BY_PERCENT", "10.2"), ("DECREASE_BY_PERCENT", "9.8")],
)
async def test_a_target_by_change_follows_baseline_and_change(client: Client, kind: str, target: str) -> None:
    wanted = {"objectiveId": await objective(client), "title": "More or less", "kind": kind, "changeBy": "2"}
    made = await changed(client, "keyResultCreate", **wanted)
    assert (made["target"], made["lifecycle"], made["progressReason"]) == (None, "ACTIVE", "BASELINE_MISSING")
    based = await changed(client, "keyResultUpdate", id=made["id"], baseline="10")
    assert (based["target"], based["current"], based["progress"], based["version"]) == (target, "10", 0, 2)
    await client.check_in(made["id"], target)
    assert (await shown(client, "keyResult", made["id"]) or {})["progress"] == 1
    moved = await changed(client, "keyResultUpdate", id=made["id"], changeBy="4", reason="More")
    assert moved["target"] != target
    assert moved["progress"] == 0.5
    gone = await changed(client, "keyResultUpdate", id=made["id"], baseline=None, reason="Not known")
    assert (gone["target"], gone["progress"], gone["progressReason"]) == (None, None, "BASELINE_MISSING")


async def test_events_tell_the_computed_target(client: Client) -> None:
    id = await client.key_result(await objective(client), kind="DECREASE_BY_PERCENT", changeBy="20")
    await client.make("keyResultUpdate", id=id, baseline="10")
    await client.make("keyResultUpdate", id=id, changeBy="50", reason="Bolder")
    based = {"baseline": {"before": None, "after": "10"}, "target": {"before": None, "after": "8"}}
    moved = {"changeBy": {"before": "20", "after": "50"}, "target": {"before": "8", "after": "5"}}
    assert (await changes(client, id))[:2] == [moved, based]


async def test_a_computed_target_cannot_be_emptied(client: Client) -> None:
    more = {"kind": "INCREASE_BY", "changeBy": "2", "baseline": "10"}
    made = await changed(client, "keyResultCreate", objectiveId=await objective(client), title="More", **more)
    assert await unchanged(client, "keyResultUpdate", id=made["id"], target=None) == made


async def test_a_draft_becomes_active_once_it_can_be_measured(client: Client) -> None:
    id = await objective(client)
    made = await changed(client, "keyResultCreate", objectiveId=id, title="Interviews")
    defined = await changed(client, "keyResultUpdate", id=made["id"], kind="REACH", target="100")
    assert (defined["lifecycle"], defined["progress"], defined["current"]) == ("DRAFT", 0, "0")
    assert (await shown(client, "objective", id) or {})["progressReason"] == "NO_CONTRIBUTORS"
    active = await changed(client, "keyResultUpdate", id=made["id"], lifecycle="ACTIVE")
    assert (active["lifecycle"], active["version"]) == ("ACTIVE", 3)
    assert (await shown(client, "objective", id) or {})["progress"] == 0
    at_once = await changed(client, "keyResultCreate", objectiveId=id, title="Interviews", lifecycle="ACTIVE")
    assert at_once["lifecycle"] == "DRAFT"
    wanted = {"kind": "REACH", "target": "1", "lifecycle": "ACTIVE"}
    assert (await changed(client, "keyResultUpdate", id=at_once["id"], **wanted))["lifecycle"] == "ACTIVE"


async def test_through_all_kinds_and_back(client: Client) -> None:
    id = (await changed(client, "keyResultCreate", objectiveId=await objective(client), title="It"))["id"]
    first = {"kind": "INCREASE", "baseline": "0", "target": "200", "lifecycle": "ACTIVE"}
    assert (await changed(client, "keyResultUpdate", id=id, **first))["progress"] == 0
    await client.check_in(id, "50")
    steps: list[tuple[dict[str, Any], str | None, Any]] = [
        ({"kind": "REACH"}, "200", 0.25),
        ({"kind": "INCREASE_BY", "changeBy": "100"}, "100", 0.5),
        ({"kind": "DECREASE", "target": "25", "baseline": "75", "changeBy": None}, "25", 0.5),
        ({"kind": "DECREASE_BY_PERCENT", "changeBy": "50"}, "37.5", pytest.approx(2 / 3)),
        ({"kind": "AT_MOST"}, "37.5", 0),
        ({"kind": "AT_MOST", "mode": "DISTANCE", "target": "40"}, "40", 0.75),
        ({"kind": "AT_LEAST", "mode": "LATEST"}, "40", 1),
        ({"kind": "WITHIN_RANGE", "lower": "50", "target": None}, None, 1),
        ({"kind": "BASELINE"}, None, 1),
        ({"kind": "BINARY"}, None, 1),
        ({"kind": "MILESTONE", "valueSource": "MILESTONES"}, None, None),
        ({"kind": "INCREASE", "valueSource": "MANUAL", "baseline": "0", "target": "200"}, "200", 0.25),
    ]
    for values, target, progress in steps:
        found = await changed(client, "keyResultUpdate", id=id, **values, reason="Another kind")
        assert (found["kind"], found["target"], found["progress"]) == (values["kind"], target, progress)
        assert found["lifecycle"] == "ACTIVE"
        await unchanged(client, "keyResultUpdate", id=id, **values)
