"""Many check in at once: nobody meets a deadlock, each request is made whole, and the numbers are right afterwards."""

import asyncio
from random import Random
from typing import Any

from tests.kit.client import Client
from tests.kit.workspace_files import findings


async def tree(client: Client) -> list[str]:
    """The key results of twelve objectives, three deep below one root."""
    cycle = await client.cycle()
    above = [await client.objective(cycle, "Root", progressSource="BOTH")]
    key_results = []
    for number in range(12):
        objective = await client.objective(cycle, f"Objective {number}", progressSource="BOTH")
        await client.make("objectiveAlign", objectiveId=objective, parentId=above[number // 3])
        above.append(objective)
        key_results.append(await client.key_result(objective, kind="REACH", target="100"))
    return key_results


async def test_fifty_record_under_one_root(client: Client) -> None:
    key_results, random = await tree(client), Random(7)
    requests = [
        [{"keyResultId": each, "value": str(number)} for each in random.sample(key_results, 5)] for number in range(50)
    ]

    async def record(items: list[dict[str, Any]]) -> None:
        payload = await client.change("checkInsRecord", {"checkIns": items}, "checkIns { value }")
        assert payload == {"checkIns": [{"value": each["value"]} for each in items], "userErrors": []}

    await asyncio.gather(*map(record, requests))
    document = "{ keyResults(first: 100) { nodes { id current checkIns { totalCount } } } }"
    found = (await client.data(document))["keyResults"]["nodes"]
    said = {
        id: [each["value"] for items in requests for each in items if each["keyResultId"] == id] for id in key_results
    }
    assert {each["id"]: each["checkIns"]["totalCount"] for each in found} == {id: len(said[id]) for id in said}
    assert [each["id"] for each in found if each["current"] not in said[each["id"]]] == []
    assert await findings(client) == []
