"""What was corrected or withdrawn counts nowhere: reports, adherence, history, carry-over."""

from datetime import UTC, datetime, timedelta
from typing import Any

from tests.carry_overs.asking import carried, cycles, item
from tests.kit.client import Client
from tests.kit.workspace_files import findings

ACTIVITY = """query($id: ID!) { cycleReport(cycleId: $id) { activity {
    activeOwnerCount participation metCount checkInRate activeOwners { nodes { name } } } } }"""


async def activity(client: Client, cycle: str) -> dict[str, Any]:
    found = (await client.data(ACTIVITY, id=cycle))["cycleReport"]["activity"]
    return {**found, "activeOwners": [each["name"] for each in found["activeOwners"]["nodes"]]}


async def test_participation_and_rate_of_a_report(client: Client) -> None:
    client.clock.now = datetime(2026, 1, 5, tzinfo=UTC)
    cycle = await client.cycle()
    ada = await client.make("personCreate", name="Ada")
    objective = await client.objective(cycle, ownerId=ada)
    key_result = await client.key_result(objective, kind="REACH", target="10")
    client.clock.advance(days=3)
    said = await client.check_in(key_result, "1", authorId=ada)
    client.clock.advance(days=11)
    one = {"activeOwnerCount": 1, "participation": 1, "metCount": 1, "checkInRate": 0.5, "activeOwners": ["Ada"]}
    none = {"activeOwnerCount": 0, "participation": 0, "metCount": 0, "checkInRate": 0, "activeOwners": []}
    assert await activity(client, cycle) == one
    # It stays Ada's, whoever corrects it.
    corrected = await client.make("checkInCorrect", replacesId=said, value="2")
    assert await activity(client, cycle) == one
    second = (client.clock.now - timedelta(days=1)).isoformat()
    later = await client.make("checkInCorrect", replacesId=corrected, at=second)
    assert await activity(client, cycle) == one
    await client.make("checkInWithdraw", replacesId=later)
    assert await activity(client, cycle) == none


async def test_the_periods_of_adherence(client: Client) -> None:
    client.clock.now = datetime(2026, 1, 9, tzinfo=UTC)
    objective = await client.objective(await client.cycle("2026-01-01", "2026-01-28"))
    limit = {"kind": "AT_MOST", "mode": "ADHERENCE", "target": "10"}
    key_result = await client.key_result(objective, **limit)
    await client.check_in(key_result, "30")

    async def progress() -> float:
        document = "query($id: ID!) { keyResult(id: $id) { progress current } }"
        found = (await client.data(document, id=key_result))["keyResult"]
        assert found["current"] == "30"
        return float(found["progress"])

    said = await client.check_in(key_result, "20", at="2026-01-05T00:00:00Z")
    for value, expected in (("5", 0.25), ("50", 0), ("7", 0.25)):
        said = await client.make("checkInCorrect", replacesId=said, value=value)
        assert await progress() == expected
    await client.make("checkInWithdraw", replacesId=said)
    assert await progress() == 0
    assert await findings(client) == []


async def test_history_has_what_was_valid_then(client: Client) -> None:
    client.clock.now = datetime(2026, 1, 10, tzinfo=UTC)
    key_result = await client.key_result(await client.objective(await client.cycle()), kind="REACH", target="100")
    first = await client.check_in(key_result, "10")
    client.clock.now = datetime(2026, 2, 10, tzinfo=UTC)
    second = await client.check_in(key_result, "20")
    client.clock.now = datetime(2026, 3, 10, tzinfo=UTC)
    await client.make("checkInWithdraw", replacesId=second)
    client.clock.now = datetime(2026, 4, 10, tzinfo=UTC)
    await client.make("checkInCorrect", replacesId=first, value="15")
    document = """query($id: ID!) { keyResult(id: $id) {
        history(from: "2026-01-01", to: "2026-04-30", bucket: MONTH) { current } } }"""
    points = (await client.data(document, id=key_result))["keyResult"]["history"]
    assert [each["current"] for each in points] == ["10", "20", "10", "15"]


async def test_a_carry_over_begins_with_the_valid_value(client: Client) -> None:
    third, fourth = await cycles(client)
    old = await client.objective(third)
    key_result = await client.key_result(old, kind="INCREASE", baseline="0", target="10")
    await client.make("checkInCorrect", replacesId=await client.check_in(key_result, "40"), value="4")
    await client.make("checkInWithdraw", replacesId=await client.check_in(key_result, "7"))
    payload = await carried(client, third, fourth, item(old, baseline="LAST_VALUE"))
    [own] = payload["results"][0]["keyResults"]
    assert own["baseline"] == "4"
