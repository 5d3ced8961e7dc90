"""What lists are filtered by and reports count is what the fields say, at any moment."""

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.kit.client import Client
from tests.kit.forest import planted

STATUSES = ["ACHIEVED", "NOT_STARTED", "PENDING", "ON_TRACK", "AT_RISK", "OFF_TRACK"]
STALENESS = ["FRESH", "DUE", "OVERDUE"]
REPORT = "{ total overdueCount greenShare counts { status count overdueCount } }"
ROOTS = [("keyResults", "keyResultStatusReport"), ("objectives", "objectiveStatusReport")]


async def mixed(client: Client) -> None:
    """Ninety key results of thirty objectives in trees, and one of each odd kind."""
    await planted(client, 30, 2)
    cycle = (await client.data("{ cycles { nodes { id } } }"))["cycles"]["nodes"][0]["id"]
    odd = await client.objective(cycle, "Odd")
    for more in ({"kind": "BINARY"}, {"kind": "AT_LEAST", "target": "3"}, {"kind": "REACH", "target": "1"}, {}):
        id = await client.key_result(odd, **more)
        if more.get("kind") == "REACH":
            await client.check_in(id, "1")
    done = await client.objective(cycle, "Done")
    await client.check_in(await client.key_result(done, kind="REACH", target="1"), "1")
    await client.objective(cycle, "By hand", progressSource="MANUAL")
    await client.objective(cycle, "Draft", lifecycle="DRAFT")


def where(field: str, value: str | None) -> str:
    return f"{{{field}: {'{isNull: true}' if value is None else f'{{eq: {value}}}'}}}"


@pytest.mark.parametrize(("root", "report"), ROOTS)
async def test_filters_and_reports_agree_with_the_fields(client: Client, root: str, report: str) -> None:
    await mixed(client)
    seen: set[Any] = set()
    for at in ("2025-12-01", "2026-01-05", "2026-03-20", "2026-07-02", "2026-07-10", "2026-12-31", "2027-01-01"):
        client.clock.now = datetime.fromisoformat(at).replace(tzinfo=UTC)
        pages = "".join(
            f"{field}{number}: {root}(first: 100, filter: {where(field, value)}) {{ nodes {{ id }} }} "
            for field, values in (("status", STATUSES), ("staleness", STALENESS))
            for number, value in enumerate([*values, None])
        )
        found = await client.data(
            f"{{ all: {root}(first: 100) {{ nodes {{ id status staleness }} }} {pages} {report} {REPORT} }}"
        )
        goals = found["all"]["nodes"]
        assert len(goals) in (34, 95)
        for field, values in (("status", STATUSES), ("staleness", STALENESS)):
            for number, value in enumerate([*values, None]):
                expected = [goal["id"] for goal in goals if goal[field] == value]
                assert [node["id"] for node in found[f"{field}{number}"]["nodes"]] == expected
        counts = Counter(goal["status"] for goal in goals if goal["status"])
        overdue = Counter(goal["status"] for goal in goals if goal["status"] and goal["staleness"] == "OVERDUE")
        green = sum(counts[each] - overdue[each] for each in ("ACHIEVED", "ON_TRACK"))
        assert found[report] == {
            "total": counts.total(),
            "overdueCount": overdue.total(),
            "greenShare": green / counts.total(),
            "counts": [
                {"status": each, "count": counts[each], "overdueCount": overdue[each]}
                for each in STATUSES
                if counts[each]
            ],
        }
        seen |= {(goal["status"], goal["staleness"]) for goal in goals}
    assert {status for status, _ in seen} == {*STATUSES, None}
    assert {staleness for _, staleness in seen} == {*STALENESS, None}


async def test_what_is_below_is_counted_once(client: Client) -> None:
    cycle = await client.cycle()
    top, left, right, low = [await client.objective(cycle, f"Objective {n}") for n in range(4)]
    for child, parent in ((left, top), (right, top), (low, left), (low, right)):
        await client.make("objectiveAlign", objectiveId=child, parentId=parent)
    for objective in (top, left, low, low):
        await client.key_result(objective, kind="REACH", target="10")
    by_hand = await client.objective(cycle, "By hand", progressSource="MANUAL")
    edge = await client.make("objectiveAlign", objectiveId=by_hand, parentId=low, kind="SUPPORTS")
    client.clock.advance(days=30)
    fresh = await client.key_result(low, kind="REACH", target="10")
    document = "query($ids: [ID!]!) { nodes(ids: $ids) { ... on Objective { overdueBelow staleness } } }"

    async def below() -> list[int]:
        return [
            each["overdueBelow"]
            for each in (await client.data(document, ids=[top, left, right, low, by_hand]))["nodes"]
        ]

    assert await below() == [5, 4, 3, 3, 0]
    await client.make("objectiveUnalign", id=edge)
    assert await below() == [4, 3, 2, 2, 0]
    client.clock.advance(days=20)
    assert await below() == [5, 4, 3, 3, 0]
    await client.check_in(fresh, "1")
    await client.make("objectiveArchive", id=left)
    assert await below() == [3, 2, 2, 2, 0]
