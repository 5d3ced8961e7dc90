"""The steps of the state machine: what each changes and records, sent again, refused, and in races."""

import asyncio
from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.refusals import changed, everything, refused, shown, unchanged

QUARTER = {"name": "Q3", "kind": "QUARTER", "startsOn": "2026-07-01", "endsOn": "2026-09-30"}


async def manual(client: Client) -> str:
    return await client.make("cycleCreate", activation="MANUAL", **QUARTER)


async def last_event(client: Client, cycle: str) -> dict[str, Any]:
    document = "query($id: ID!) { events(first: 1, filter: {subjectId: {eq: $id}}) { nodes { verb reason changes } } }"
    [event] = (await client.data(document, id=cycle))["events"]["nodes"]
    return event


async def test_from_planning_to_closed_and_back(client: Client) -> None:
    cycle = await manual(client)
    for step, verb, before, after in (
        ("Activate", "ACTIVATED", "PLANNING", "ACTIVE"),
        ("BeginClosing", "CLOSING_BEGUN", "ACTIVE", "CLOSING"),
        ("Close", "CLOSED", "CLOSING", "CLOSED"),
        ("Reopen", "REOPENED", "CLOSED", "CLOSING"),
    ):
        found = await changed(client, f"cycle{step}", id=cycle, reason=f"Because of {step}")
        assert found["state"] == after
        event = await last_event(client, cycle)
        assert (event["verb"], event["reason"]) == (verb, f"Because of {step}")
        assert event["changes"]["state"] == {"before": before, "after": after}
        # Sent again, it changes nothing.
        await unchanged(client, f"cycle{step}", id=cycle)
    assert found["activatedAt"] == "2026-07-02T12:00:00Z"


async def test_a_cycle_that_began_by_itself_keeps_no_trace_of_it(client: Client) -> None:
    cycle = await client.make("cycleCreate", **QUARTER)
    found = await unchanged(client, "cycleActivate", id=cycle)
    assert (found["state"], found["activatedAt"], found["version"]) == ("ACTIVE", None, 1)
    found = await changed(client, "cycleBeginClosing", id=cycle, expectedVersion=1)
    assert (found["state"], found["version"]) == ("CLOSING", 2)
    await refused(client, "cycleClose", "CONFLICT", "expectedVersion", id=cycle, expectedVersion=1)


async def test_steps_that_a_state_does_not_allow(client: Client) -> None:
    cycle = await manual(client)

    async def not_allowed(*steps: str) -> None:
        for step in steps:
            more = {"endsOn": "2026-10-31"} if step == "Extend" else {}
            message = await refused(client, f"cycle{step}", "CYCLE_STEP_NOT_ALLOWED", "id", id=cycle, **more)
            assert f"cycle{step} cannot be used now" in message

    await not_allowed("BeginClosing", "Extend", "Close", "Reopen")
    await client.take_steps(cycle, "Activate")
    await not_allowed("Close", "Reopen")
    await client.take_steps(cycle, "BeginClosing")
    await not_allowed("Activate")
    await client.take_steps(cycle, "Close")
    await not_allowed("Activate", "BeginClosing", "Extend")
    await client.make("cycleArchive", id=cycle)
    await refused(client, "cycleReopen", "ARCHIVED", "id", id=cycle)


async def test_extended_until_a_later_day(client: Client) -> None:
    year = await client.cycle()
    cycle = await client.make("cycleCreate", parentId=year, **QUARTER)
    await client.take_steps(cycle, "BeginClosing")
    await refused(client, "cycleExtend", "CYCLE_END_NOT_LATER", "endsOn", id=cycle, endsOn="2026-09-29")
    await refused(client, "cycleExtend", "CYCLE_OUTSIDE_PARENT", "parentId", id=cycle, endsOn="2027-01-01")
    found = await changed(client, "cycleExtend", id=cycle, endsOn="2026-10-15", reason="Late")
    assert (found["state"], found["endsOn"], found["endsAt"]) == ("ACTIVE", "2026-10-15", "2026-10-16T00:00:00Z")
    event = await last_event(client, cycle)
    assert (event["verb"], event["changes"]["endsOn"]) == (
        "EXTENDED",
        {"before": "2026-09-30", "after": "2026-10-15"},
    )
    await unchanged(client, "cycleExtend", id=cycle, endsOn="2026-10-15")
    # Without a later day, it is only ACTIVE again.
    await client.take_steps(cycle, "BeginClosing")
    assert (await changed(client, "cycleExtend", id=cycle, endsOn="2026-10-15"))["state"] == "ACTIVE"


async def test_dates_are_changed_before_the_closing_only(client: Client) -> None:
    cycle = await client.make("cycleCreate", **QUARTER)
    found = await changed(client, "cycleUpdate", id=cycle, startsOn="2026-08-01")
    # It has begun already, and that is not undone.
    assert found["state"] == "ACTIVE"
    other = await client.make("cycleCreate", **QUARTER)
    assert (await changed(client, "cycleUpdate", id=other, activation="MANUAL"))["state"] == "ACTIVE"
    await client.take_steps(cycle, "BeginClosing")
    code = "CYCLE_STATE_FORBIDS"
    for values in ({"startsOn": "2026-07-01"}, {"endsOn": "2026-10-31"}, {"activation": "MANUAL"}):
        await refused(client, "cycleUpdate", code, "id", id=cycle, **values)
    await changed(client, "cycleUpdate", id=cycle, name="Third quarter", kind="CUSTOM", externalId="Q-3")


async def test_goals_await_an_activation_by_hand(client: Client) -> None:
    cycle = await manual(client)
    objective = await client.objective(cycle)
    key_result = await client.key_result(objective, kind="REACH", target="10")
    by_hand = await client.objective(cycle, progressSource="MANUAL")

    async def standing(kind: str, id: str) -> tuple[Any, ...]:
        found = await shown(client, kind, id) or {}
        return tuple(found[name] for name in ("status", "statusReason", "staleness", "nextCheckInDueAt"))

    client.clock.advance(days=30)
    for kind, id in (("keyResult", key_result), ("objective", objective), ("objective", by_hand)):
        assert await standing(kind, id) == ("NOT_STARTED", "BEFORE_CYCLE", None, None)
    assert await client.refused("keyResultCheckIn", keyResultId=key_result, value="1") == (
        "CYCLE_STATE_FORBIDS",
        ["input", "keyResultId"],
    )
    await client.take_steps(cycle, "Activate")
    # Its first check-in is due a cadence after it was activated, not after the first day.
    assert await standing("keyResult", key_result) == ("OFF_TRACK", "PACE", "FRESH", "2026-08-08T12:00:00Z")
    assert (await standing("objective", by_hand))[2:] == ("FRESH", "2026-08-08T12:00:00Z")


async def test_reopening_is_audited(client: Client) -> None:
    cycle = await client.make("cycleCreate", **QUARTER)
    await client.take_steps(cycle, "BeginClosing", "Close", "Reopen")
    document = "{ auditEvents(filter: {kind: {eq: CYCLE_REOPENED}}) { nodes { kind subjectType subject { id } } } }"
    [event] = (await client.data(document))["auditEvents"]["nodes"]
    assert event == {"kind": "CYCLE_REOPENED", "subjectType": "Cycle", "subject": {"id": cycle}}


async def test_check_ins_while_the_cycle_is_closed(client: Client) -> None:
    """Each check-in is made before the close, or refused: none is lost, and none comes after it."""
    cycle = await client.cycle()
    key_results = [await client.key_result(await client.objective(cycle), kind="REACH", target="10") for _ in range(12)]
    await client.take_steps(cycle, "BeginClosing")

    async def check_in(key_result: str) -> list[str]:
        payload = await client.change("keyResultCheckIn", {"keyResultId": key_result, "value": "5"}, "checkIn { id }")
        return [error["code"] for error in payload["userErrors"]]

    async def close() -> list[str]:
        accepted = {"id": cycle, "acceptProposals": True}
        payload = await client.change("cycleClose", accepted, "cycle { state }")
        assert payload["cycle"] == {"state": "CLOSED"}
        return [error["code"] for error in payload["userErrors"]]

    tasks = [check_in(each) for each in key_results]
    results = await asyncio.gather(*tasks[:6], close(), *tasks[6:], close())
    assert results.pop(6) == [] == results.pop()
    assert {tuple(each) for each in results} <= {(), ("CYCLE_STATE_FORBIDS",)}
    counts = "{ cycles { nodes { objectives { nodes { keyResults { current checkIns { totalCount } } } } } } }"
    [found] = (await client.data(counts))["cycles"]["nodes"]
    made = [each["keyResults"][0] for each in found["objectives"]["nodes"]]
    assert sorted(each["checkIns"]["totalCount"] for each in made) == sorted(int(each == []) for each in results)
    verbs = "query($id: ID!) { events(filter: {subjectId: {eq: $id}, verb: {eq: CLOSED}}) { totalCount } }"
    assert (await client.data(verbs, id=cycle))["events"]["totalCount"] == 1


@pytest.mark.parametrize("others", ["Extend", "Reopen"])
async def test_two_who_take_different_steps(client: Client, others: str) -> None:
    cycle = await client.make("cycleCreate", **QUARTER)
    await client.take_steps(cycle, "BeginClosing")
    more = {"endsOn": "2026-09-30"} if others == "Extend" else {}
    first, second = await asyncio.gather(
        client.change("cycleClose", {"id": cycle}, "cycle { state }"),
        client.change(f"cycle{others}", {"id": cycle, **more}, "cycle { state }"),
    )
    state = (await shown(client, "cycle", cycle) or {})["state"]
    refusals = [error["code"] for payload in (first, second) for error in payload["userErrors"]]
    if others == "Extend":
        # Whoever is second is refused.
        assert refusals == ["CYCLE_STEP_NOT_ALLOWED"]
        assert state in ("CLOSED", "ACTIVE")
    else:
        # It was CLOSING already for who reopens it first, and else it is so again.
        assert refusals == []
        assert state in ("CLOSED", "CLOSING")
    before = await everything(client)
    assert len(before) > 0
