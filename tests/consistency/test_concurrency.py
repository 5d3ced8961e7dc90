"""Many write at once: nobody meets a deadlock, and the numbers are right afterwards."""

import asyncio
from random import Random
from typing import Any

from service.reading.reader import Reader
from service.rollup.doctor import examine
from tests.kit.client import Client


async def findings(client: Client) -> list[Any]:
    reader = Reader(client.database, client.organization_id)
    try:
        return [finding async for finding in examine(reader)]
    finally:
        await reader.close()


async def test_fifty_check_ins_under_one_root_among_realignments(client: Client) -> None:
    cycle = await client.cycle()
    root = await client.objective(cycle, "Root", progressSource="BOTH")
    middles = [await client.objective(cycle, f"Middle {n}", progressSource="BOTH") for n in range(4)]
    leaves = [await client.objective(cycle, f"Leaf {n}") for n in range(10)]
    key_results = [await client.key_result(leaf, kind="REACH", target="100") for leaf in leaves]
    for middle in middles:
        await client.make("objectiveAlign", objectiveId=middle, parentId=root)
    edges = [
        await client.make("objectiveAlign", objectiveId=leaf, parentId=middles[n % 4]) for n, leaf in enumerate(leaves)
    ]
    random = Random(3)
    check_ins = [client.check_in(random.choice(key_results), str(random.randrange(100))) for _ in range(50)]
    realigned = [client.make("objectiveAlign", objectiveId=leaf, parentId=random.choice(middles)) for leaf in leaves]
    unaligned = [client.make("objectiveUnalign", id=edge) for edge in edges[:4]]
    retitled = [client.make("objectiveUpdate", id=id, title=f"New {n}") for n, id in enumerate([root, *middles])]
    work = [*check_ins, *realigned, *unaligned, *retitled]
    random.shuffle(work)
    await asyncio.gather(*work)
    data = await client.data("{ keyResults(first: 100) { nodes { checkIns { totalCount } } } }")
    assert sum(node["checkIns"]["totalCount"] for node in data["keyResults"]["nodes"]) == 50
    assert await findings(client) == []


async def test_of_two_crossing_alignments_one_is_refused(client: Client) -> None:
    cycle = await client.cycle()
    for _ in range(5):
        a, b = await client.objective(cycle, "A"), await client.objective(cycle, "B")
        selection = "alignment { id }"
        payloads = await asyncio.gather(
            client.change("objectiveAlign", {"objectiveId": a, "parentId": b}, selection),
            client.change("objectiveAlign", {"objectiveId": b, "parentId": a}, selection),
        )
        errors = sorted([error["code"] for error in payload["userErrors"]] for payload in payloads)
        assert errors == [[], ["ALIGNMENT_LOOP"]]
        assert sorted(payload["alignment"] is None for payload in payloads) == [False, True]
    assert await findings(client) == []


async def test_doctor_sees_what_was_changed_behind_our_back(client: Client) -> None:
    objective = await client.objective(await client.cycle())
    key_result = await client.key_result(objective, kind="REACH", target="100")
    await client.check_in(key_result, "30")
    assert await findings(client) == []
    async with client.database.primary.connect() as connection:
        raw = (await connection.get_raw_connection()).driver_connection
        assert raw is not None
        await raw.execute("UPDATE objectives SET progress = 0.9")
        await raw.execute("UPDATE key_results SET weight = 2, current = 31")
    assert sorted((each.subject, each.problem[:6]) for each in await findings(client)) == [
        ("KeyResult", "stored"),
        ("Objective", "stored"),
        # Lists have the progress of before.
        ("Objective", "the st"),
        ("key_results", "differ"),
    ]
