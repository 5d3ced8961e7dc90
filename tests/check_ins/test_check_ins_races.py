"""Many check in at once: nobody meets a deadlock, each request is made whole, and the numbers are right afterwards."""

import asyncio
from random import Random
from typing import Any

from tests.kit.client import Client
from tests.kit.roles import acting
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


async def test_of_two_who_correct_the_same_check_in_one_wins(client: Client) -> None:
    key_result = await client.key_result(await client.objective(await client.cycle()), kind="REACH", target="100")
    others = [client, await acting(client, "ADMIN"), await acting(client, "OWNER")]
    for withdraws in (False, True):
        for number in range(5):
            said = await client.check_in(key_result, "50")
            inputs = [{"replacesId": said, "value": str(each)} for each in range(len(others))]
            work = [
                each.change("checkInCorrect", input, "checkIn { id }")
                for each, input in zip(others, inputs, strict=True)
            ]
            if withdraws:
                work[number % 3].close()
                work[number % 3] = client.change("checkInWithdraw", {"replacesId": said}, "checkIn { id }")
            payloads = await asyncio.gather(*work)
            [winner] = [each["checkIn"]["id"] for each in payloads if not each["userErrors"]]
            losers = [each for each in payloads if each["userErrors"]]
            document = "query($id: ID!) { checkIn(id: $id) { replacedBy { id isWithdrawal } } }"
            newest = (await client.data(document, id=said))["checkIn"]["replacedBy"]
            assert newest["id"] == winner
            code = "CHECK_IN_WITHDRAWN" if newest["isWithdrawal"] else "CHECK_IN_CORRECTED"
            for loser in losers:
                [error] = loser["userErrors"]
                assert (error["code"], error["field"], loser["checkIn"]) == (code, ["input", "replacesId"], None)
                assert winner in error["message"]
            assert len(losers) == 2
    assert await findings(client) == []


async def test_check_ins_corrections_and_withdrawals_under_one_root(client: Client) -> None:
    key_results, random = await tree(client), Random(11)
    said = [await client.check_in(random.choice(key_results), str(number)) for number in range(20)]
    allowed = {"CHECK_IN_CORRECTED", "CHECK_IN_WITHDRAWN"}

    async def change(mutation: str, input: dict[str, Any]) -> None:
        payload = await client.change(mutation, input, "")
        assert {each["code"] for each in payload["userErrors"]} <= allowed

    work = [change("checkInCorrect", {"replacesId": random.choice(said), "value": str(n + 100)}) for n in range(25)]
    work += [change("checkInWithdraw", {"replacesId": random.choice(said)}) for _ in range(10)]
    work += [
        change(
            "checkInsRecord", {"checkIns": [{"keyResultId": each, "value": "3"} for each in key_results[n % 3 :: 3]]}
        )
        for n in range(15)
    ]
    random.shuffle(work)
    await asyncio.gather(*work)
    assert await findings(client) == []
