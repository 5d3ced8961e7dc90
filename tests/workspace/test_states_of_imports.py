"""Imports are bound by the states of cycles: new cycles come with their goals and scores, existing ones as they are."""

from typing import Any

from tests.kit.client import Client
from tests.kit.small_workspace import alignment, cycle, item, key_result, objective
from tests.kit.workspace_files import exported, findings, imported, refused

QUARTER = {"starts": "2026-01-01", "ends": "2026-03-31"}


def goals(of: str, **scores: Any) -> list[dict[str, Any]]:
    """An objective of a cycle, with a key result that was checked in on."""
    made = item("CheckIn", f"c-{of}", keyResult=f"k-{of}", value="4", at="2026-02-01T00:00:00Z")
    return [
        item("Objective", f"o-{of}", title="Objective", cycle=of),
        item("KeyResult", f"k-{of}", title="Key result", objective=f"o-{of}", kind="REACH", target="10", **scores),
        made,
    ]


async def test_a_closed_cycle_is_imported_with_its_goals_and_scores(client: Client, stranger: Client) -> None:
    closed = cycle("q1", **QUARTER, state="CLOSED", retrospective="Too many goals")
    said = {"finalScore": "0.5", "scoreReason": "Nearly", "retrospective": "Begin earlier"}
    done = await imported(client, [closed, *goals("q1", **said)])
    assert (done.kept, done.outcomes) == (True, {"CREATED": 4}), done.refused
    document = "{ objectives { nodes { score status keyResults { score scoreReason retrospective status } } } }"
    shown = [
        {
            "score": 0.5,
            "status": "OFF_TRACK",
            "keyResults": [
                {"score": 0.5, "scoreReason": "Nearly", "retrospective": "Begin earlier", "status": "OFF_TRACK"}
            ],
        }
    ]
    assert (await client.data(document))["objectives"]["nodes"] == shown
    before = await exported(client)
    assert (await imported(client, before)).outcomes == {"UNCHANGED": len(before)}
    # The whole of it goes into another organization.
    kept = [each for each in before if each["type"] != "Person"]
    assert (await imported(stranger, [{**each, **owner_left_out(each)} for each in kept])).kept
    assert (await stranger.data(document))["objectives"]["nodes"] == shown
    assert await findings(client) == await findings(stranger) == []


def owner_left_out(each: dict[str, Any]) -> dict[str, Any]:
    """What is not taken along: whoever made a check-in is not there."""
    return {"author": None} if each["type"] == "CheckIn" else {}


async def test_an_existing_cycle_binds_an_import(client: Client, database_url: str) -> None:
    assert (
        await imported(client, [cycle("q1", **QUARTER), cycle("q2", "2026-04-01", "2026-06-30"), *goals("q1")])
    ).kept
    q1 = (await client.data("{ cycles(first: 1) { nodes { id } } }"))["cycles"]["nodes"][0]
    await client.take_steps(q1["id"], "BeginClosing", "Close")
    forbidden = "CYCLE_STATE_FORBIDS"
    cases: list[tuple[dict[str, Any], str, str]] = [
        (objective("o9", cycle="q1"), forbidden, "cycle"),
        ({**goals("q1")[0], "title": "Other"}, forbidden, "id"),
        ({**goals("q1")[0], "cycle": "q2"}, forbidden, "id"),
        ({**goals("q1")[1], "finalScore": "1"}, forbidden, "id"),
        (key_result("k9", "o-q1", kind="BINARY"), forbidden, "objective"),
        ({**goals("q1")[2], "externalId": "c9"}, forbidden, "keyResult"),
        (cycle("q1", **QUARTER, state="ACTIVE"), "CYCLE_STATE_UNCHANGEABLE", "state"),
        (cycle("q1", "2026-01-01", "2026-03-30"), forbidden, "id"),
    ]
    for said, code, field in cases:
        await refused(client, database_url, [said], [(1, code, field)])
    assert (await imported(client, [objective("o8", cycle="q2")])).kept
    await refused(client, database_url, [alignment("o8", "o-q1")], [(1, forbidden, "")])


async def test_targets_change_for_a_reason(client: Client, database_url: str) -> None:
    assert (await imported(client, [cycle("q1", "2026-01-01", "2026-12-31"), *goals("q1")])).kept
    other = [{**goals("q1")[1], "target": "12"}]
    await refused(client, database_url, other, [(1, "TARGET_REASON_MISSING", "reason")])
    assert (await imported(client, other, reason="Told by the planning tool")).outcomes == {"UPDATED": 1}
    events = "{ events(first: 1) { nodes { verb reason } } }"
    [event] = (await client.data(events))["events"]["nodes"]
    assert event == {"verb": "UPDATED", "reason": "Told by the planning tool"}


async def test_a_planned_cycle_takes_goals_and_no_check_ins(client: Client, database_url: str) -> None:
    planned = cycle("q4", **QUARTER, activation="MANUAL")
    wrong = (3 + 1, "CYCLE_STATE_FORBIDS", "keyResult")
    await refused(client, database_url, [planned, *goals("q4")], [wrong])
    assert (await imported(client, [planned, *goals("q4")[:2]])).outcomes == {"CREATED": 3}
