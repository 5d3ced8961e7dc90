"""Acceptance cases of status, staleness and exactness (docs/numbers.md, 6 to 11), through GraphQL.

The cycle goes from 1 January 00:00 to 1 April 00:00, 90 days; the cadence is 7 days and the policy the default.
"""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import pytest

from tests.kit.client import Client

STANDING = "progress status statusReason staleness nextCheckInDueAt statusDiverges"
EDGE_IDS = [UUID(int=1 << 80), UUID(int=(1 << 128) - 1)]


class Quarter:
    """A cycle from 1 January to 31 March 2026 and an objective in it, made when the year begins."""

    def __init__(self, client: Client) -> None:
        self.client = client

    async def begin(self, **objective: Any) -> "Quarter":
        self.at("2026-01-01")
        dates = {"starts": "2026-01-01", "ends": "2026-03-31", "kind": "QUARTER"}
        self.objective = await self.client.objective(await self.client.cycle(**dates), **objective)
        return self

    def at(self, moment: str) -> None:
        self.client.clock.now = datetime.fromisoformat(moment).replace(tzinfo=UTC)

    async def key_result(self, **definition: Any) -> str:
        return await self.client.key_result(self.objective, **definition)

    async def of(self, key_result: str, at: str) -> dict[str, Any]:
        """How a key result stands at a moment."""
        self.at(at)
        return (await self.client.data(f"query($id: ID!) {{ keyResult(id: $id) {{ {STANDING} }} }}", id=key_result))[
            "keyResult"
        ]

    async def above(self, at: str, selection: str) -> dict[str, Any]:
        """What the objective says at a moment."""
        self.at(at)
        document = f"query($id: ID!) {{ objective(id: $id) {{ {selection} }} }}"
        return (await self.client.data(document, id=self.objective))["objective"]


@pytest.fixture
async def quarter(client: Client) -> Quarter:
    return await Quarter(client).begin()


async def test_b1_a_stated_status_is_valid_and_the_next_check_in_due(quarter: Quarter) -> None:
    key_result = await quarter.key_result(kind="INCREASE", baseline="0", target="100")
    quarter.at("2026-01-08")
    await quarter.client.check_in(key_result, "10", status="ON_TRACK")
    assert await quarter.of(key_result, "2026-01-15") == {
        "progress": 0.1,
        "status": "ON_TRACK",
        "statusReason": "STATED_IN_CHECK_IN",
        "staleness": "DUE",
        "nextCheckInDueAt": "2026-01-15T00:00:00Z",
        "statusDiverges": True,
    }
    assert (await quarter.of(key_result, "2026-01-14T23:59:59.999999"))["staleness"] == "FRESH"
    found = await quarter.of(key_result, "2026-01-17T23:59:59.999999")
    assert (found["status"], found["staleness"]) == ("ON_TRACK", "DUE")


async def test_b2_an_expired_statement_gives_way_to_the_worse(quarter: Quarter) -> None:
    key_result = await quarter.key_result(kind="INCREASE", baseline="0", target="100")
    quarter.at("2026-01-08")
    await quarter.client.check_in(key_result, "10", status="ON_TRACK")
    assert await quarter.of(key_result, "2026-01-19") == {
        "progress": 0.1,
        "status": "OFF_TRACK",
        "statusReason": "STATED_STATUS_EXPIRED",
        "staleness": "OVERDUE",
        "nextCheckInDueAt": "2026-01-15T00:00:00Z",
        "statusDiverges": False,
    }
    # 0.1 of 1/7 of the cycle is a pace of 0.7: 12 days, 20 hours, 34 minutes, 17.142857 seconds after the start.
    for at, diverges in [
        ("2026-01-13T20:34:17.142857", False),
        ("2026-01-13T20:34:17.142858", True),
        ("2026-01-17T23:59:59.999999", True),
        ("2026-01-18T00:00:00", False),
    ]:
        assert (at, (await quarter.of(key_result, at))["statusDiverges"]) == (at, diverges)


async def test_b3_what_is_achieved_can_be_stale_unless_it_lasts(quarter: Quarter) -> None:
    increase = await quarter.key_result(kind="INCREASE", baseline="0", target="100")
    binary = await quarter.key_result(kind="BINARY")
    quarter.at("2026-01-08")
    await quarter.client.check_in(increase, "100")
    await quarter.client.check_in(binary, "1")
    found = [await quarter.of(each, "2026-01-19") for each in (increase, binary)]
    assert [(each["status"], each["staleness"], each["nextCheckInDueAt"]) for each in found] == [
        ("ACHIEVED", "OVERDUE", "2026-01-15T00:00:00Z"),
        ("ACHIEVED", None, None),
    ]


async def test_b4_after_the_end_nobody_has_to_check_in(quarter: Quarter) -> None:
    key_result = await quarter.key_result(kind="INCREASE", baseline="0", target="100")
    quarter.at("2026-01-08")
    await quarter.client.check_in(key_result, "100")
    found = await quarter.of(key_result, "2026-04-05")
    assert (found["status"], found["staleness"], found["nextCheckInDueAt"]) == ("ACHIEVED", None, None)


async def test_b5_all_or_nothing_is_pending_until_it_is_due(quarter: Quarter) -> None:
    key_result = await quarter.key_result(kind="BINARY")
    found = [await quarter.of(key_result, at) for at in ("2026-02-15", "2026-03-31T23:59:59.999999", "2026-04-02")]
    assert [(each["status"], each["statusReason"]) for each in found] == [
        ("PENDING", "NOT_DUE_YET"),
        ("PENDING", "NOT_DUE_YET"),
        ("OFF_TRACK", "PACE"),
    ]


async def test_b6_contributors_without_data_keep_it_from_being_achieved(quarter: Quarter) -> None:
    met = await quarter.key_result(kind="REACH", target="10")
    await quarter.key_result(kind="AT_LEAST", target="4.5")
    quarter.at("2026-02-01")
    await quarter.client.check_in(met, "10")
    assert await quarter.above("2026-02-02", "progress coverage status statusReason staleness") == {
        "progress": 1,
        "coverage": 0.5,
        "status": "ON_TRACK",
        "statusReason": "CONTRIBUTORS_WITHOUT_DATA",
        "staleness": None,
    }


async def test_what_is_stated_counts_where_contributors_have_no_data(quarter: Quarter) -> None:
    """An objective that cannot be ACHIEVED is as people say."""
    met = await quarter.key_result(kind="REACH", target="10")
    await quarter.key_result(kind="AT_LEAST", target="4.5")
    quarter.at("2026-02-01")
    await quarter.client.check_in(met, "10")
    await quarter.client.make("objectiveCheckIn", objectiveId=quarter.objective, status="OFF_TRACK")
    assert await quarter.above("2026-02-02", "status statusReason") == {
        "status": "OFF_TRACK",
        "statusReason": "STATED_IN_CHECK_IN",
    }


async def test_b7_the_overdue_are_counted_beside_the_status(quarter: Quarter) -> None:
    key_results = [await quarter.key_result(kind="REACH", target="100") for _ in range(4)]
    for day, several in (("2026-02-01", key_results[:2]), ("2026-02-14", key_results[2:])):
        quarter.at(day)
        for each in several:
            await quarter.client.check_in(each, "60")
    assert await quarter.above("2026-02-15", "status statusReason overdueBelow") == {
        "status": "ON_TRACK",
        "statusReason": "WORST_CONTRIBUTOR",
        "overdueBelow": 2,
    }
    report = "{ total overdueCount greenShare counts { status count overdueCount } }"
    document = f"{{ keyResultStatusReport {report} objectiveStatusReport {report} }}"
    assert await quarter.client.data(document) == {
        "keyResultStatusReport": {
            "total": 4,
            "overdueCount": 2,
            "greenShare": 0.5,
            "counts": [{"status": "ON_TRACK", "count": 4, "overdueCount": 2}],
        },
        "objectiveStatusReport": {
            "total": 1,
            "overdueCount": 0,
            "greenShare": 1,
            "counts": [{"status": "ON_TRACK", "count": 1, "overdueCount": 0}],
        },
    }


async def test_b8_means_are_exact(quarter: Quarter) -> None:
    for value in ("59", "30"):
        await quarter.client.check_in(await quarter.key_result(kind="REACH", target="100"), value)
    assert (await quarter.above("2026-01-02", "progress"))["progress"] == 0.445
    for comparison, count in [("gte: 0.445", 1), ("eq: 0.445", 1), ("gt: 0.445", 0), ("lte: 0.4449999999999999", 0)]:
        document = f"{{ objectives(filter: {{progress: {{{comparison}}}}}) {{ totalCount }} }}"
        assert (comparison, await quarter.client.data(document)) == (comparison, {"objectives": {"totalCount": count}})


@pytest.mark.parametrize("ids", [EDGE_IDS, EDGE_IDS[::-1]], ids=["rising", "falling"])
async def test_b9_the_order_within_a_request_decides(quarter: Quarter, ids: list[UUID]) -> None:
    key_result = await quarter.key_result(kind="REACH", target="10")
    document = """mutation($first: KeyResultCheckInInput!, $second: KeyResultCheckInInput!) {
        first: keyResultCheckIn(input: $first) { userErrors { code } }
        second: keyResultCheckIn(input: $second) { userErrors { code } } }"""
    inputs = [{"keyResultId": key_result, "id": str(id), "value": str(n)} for n, id in enumerate(ids, start=1)]
    data = await quarter.client.data(document, first=inputs[0], second=inputs[1])
    assert data == {"first": {"userErrors": []}, "second": {"userErrors": []}}
    history = "checkIns(first: 1) { nodes { value } pageInfo { endCursor } } latestCheckIn { value } current"
    query = f"query($id: ID!) {{ keyResult(id: $id) {{ {history} }} }}"
    found = (await quarter.client.data(query, id=key_result))["keyResult"]
    cursor = found["checkIns"].pop("pageInfo")["endCursor"]
    assert found == {"checkIns": {"nodes": [{"value": "2"}]}, "latestCheckIn": {"value": "2"}, "current": "2"}
    query = "query($id: ID!, $after: String) { keyResult(id: $id) { checkIns(after: $after) { nodes { value } } } }"
    found = (await quarter.client.data(query, id=key_result, after=cursor))["keyResult"]
    assert found["checkIns"]["nodes"] == [{"value": "1"}]
