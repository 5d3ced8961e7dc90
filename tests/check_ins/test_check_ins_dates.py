"""When a check-in may be dated, which of several is the latest, and in which order they are listed."""

from datetime import UTC, datetime
from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.refusals import changed, everything, refused, shown

LISTED = "latestCheckIn { value note } checkIns { totalCount nodes { value note } }"


async def reach(client: Client, starts: str = "2026-01-01", ends: str = "2026-12-31") -> str:
    """A key result of a cycle."""
    return await client.key_result(await client.objective(await client.cycle(starts, ends)), kind="REACH", target="100")


async def said(client: Client, key_result: str) -> tuple[str | None, list[str | None]]:
    """The latest value said, and all values as listed."""
    document = f"query($id: ID!) {{ keyResult(id: $id) {{ {LISTED} }} }}"
    found = (await client.data(document, id=key_result))["keyResult"]
    values = [node["value"] for node in found["checkIns"]["nodes"]]
    assert found["checkIns"]["totalCount"] == len(values)
    return (found["latestCheckIn"] or {}).get("value"), values


@pytest.mark.parametrize(
    ("now", "taken", "not_taken"),
    [
        (
            "2026-07-02T12:00:00",
            ["2026-01-01T00:00:00Z", "2026-07-02T12:00:00Z", "2026-01-01T01:00:00+01:00"],
            ["2025-12-31T23:59:59.999999Z", "2026-07-02T12:00:00.000001Z", "2026-01-01T00:00:00+01:00"],
        ),
        (
            "2027-03-01T00:00:00",
            ["2026-12-31T23:59:59.999999Z", "2027-01-01T00:59:59+01:00"],
            ["2027-01-01T00:00:00Z", "2027-03-01T00:00:00Z", "1900-01-01T00:00:00Z"],
        ),
    ],
)
async def test_inside_the_cycle_and_not_in_the_future(
    client: Client, now: str, taken: list[str], not_taken: list[str]
) -> None:
    key_result = await reach(client)
    objective = (await shown(client, "keyResult", key_result) or {})["objective"]["id"]
    client.clock.now = datetime.fromisoformat(now).replace(tzinfo=UTC)
    about: list[tuple[str, dict[str, Any]]] = [
        ("keyResultCheckIn", {"keyResultId": key_result}),
        ("objectiveCheckIn", {"objectiveId": objective}),
    ]
    for mutation, goal in about:
        for at in not_taken:
            await refused(client, mutation, "CHECK_IN_OUTSIDE_CYCLE", "at", **goal, at=at, note="x")
        for at in taken:
            await changed(client, mutation, **goal, at=at, note="x")


async def test_now_is_outside_of_a_cycle_that_has_not_begun_or_is_over(client: Client) -> None:
    for starts, ends in (("2026-07-03", "2026-12-31"), ("2026-01-01", "2026-07-01")):
        key_result = await reach(client, starts, ends)
        for more in ({}, {"at": "2026-07-02T12:00:00Z"}):
            wanted = {"keyResultId": key_result, "value": "1", **more}
            before = await everything(client)
            payload = await client.change("keyResultCheckIn", wanted, "checkIn { id }")
            codes = [each["code"] for each in payload["userErrors"]]
            planning = ["CYCLE_STATE_FORBIDS"] if starts == "2026-07-03" else []
            assert (payload["checkIn"], codes) == (None, [*planning, "CHECK_IN_OUTSIDE_CYCLE"])
            assert await everything(client) == before
    key_result = await reach(client, "2026-07-02", "2026-07-02")
    await changed(client, "keyResultCheckIn", keyResultId=key_result, value="1")


async def test_a_late_check_in_of_an_earlier_day_does_not_become_current(client: Client) -> None:
    key_result = await reach(client)
    await client.check_in(key_result, "50", confidence=0.5, at="2026-06-01T00:00:00Z")
    client.clock.advance(days=1)
    await client.check_in(key_result, "20", confidence=0.2, at="2026-05-01T00:00:00Z")
    assert await said(client, key_result) == ("50", ["50", "20"])
    found = await shown(client, "keyResult", key_result)
    assert found is not None
    assert (found["current"], found["progress"], found["confidence"]) == ("50", 0.5, 0.5)
    client.clock.advance(days=1)
    await client.check_in(key_result, "60", at="2026-06-02T00:00:00Z")
    assert await said(client, key_result) == ("60", ["60", "50", "20"])
    found = await shown(client, "keyResult", key_result)
    assert found is not None
    assert (found["current"], found["progress"], found["confidence"]) == ("60", 0.6, 0.5)


async def test_of_two_about_the_same_moment_the_one_recorded_later_counts(client: Client) -> None:
    key_result = await reach(client)
    for value in ("10", "20", "30"):
        client.clock.advance(minutes=1)
        await client.check_in(key_result, value, at="2026-06-01T00:00:00Z")
    assert await said(client, key_result) == ("30", ["30", "20", "10"])
    await client.check_in(key_result, "40", at="2026-06-01T00:00:00Z")
    assert await said(client, key_result) == ("40", ["40", "30", "20", "10"])


async def test_ids_of_the_client_do_not_decide_what_was_said_last(client: Client) -> None:
    key_result = await reach(client)
    at = "2026-06-01T00:00:00Z"
    for value, first in (("10", "f"), ("20", "8"), ("30", "0")):
        client.clock.advance(minutes=1)
        await client.check_in(key_result, value, at=at, id=f"{first}0000000-0000-7000-8000-000000000000")
    assert (await shown(client, "keyResult", key_result) or {})["current"] == "30"
    assert await said(client, key_result) == ("30", ["30", "20", "10"])


async def test_a_check_in_without_a_value_leaves_the_value(client: Client) -> None:
    key_result = await reach(client)
    await client.check_in(key_result, "50", confidence=0.9)
    client.clock.advance(days=1)
    await client.check_in(key_result, note="Nothing new")
    found = await shown(client, "keyResult", key_result)
    assert found is not None
    assert (found["current"], found["progress"], found["confidence"], found["hasData"]) == ("50", 0.5, 0.9, True)
    assert await said(client, key_result) == (None, [None, "50"])


async def test_what_is_said_of_an_objective_and_of_its_key_results_is_apart(client: Client) -> None:
    key_result = await reach(client)
    objective = (await shown(client, "keyResult", key_result) or {})["objective"]["id"]
    await client.check_in(key_result, "1", note="Of the key result")
    document = f"query($id: ID!) {{ objective(id: $id) {{ {LISTED} }} }}"
    none = {"latestCheckIn": None, "checkIns": {"totalCount": 0, "nodes": []}}
    assert (await client.data(document, id=objective))["objective"] == none
    await client.make("objectiveCheckIn", objectiveId=objective, note="Of the objective")
    one = {"value": None, "note": "Of the objective"}
    found = (await client.data(document, id=objective))["objective"]
    assert found == {"latestCheckIn": one, "checkIns": {"totalCount": 1, "nodes": [one]}}
    assert await said(client, key_result) == ("1", ["1"])
