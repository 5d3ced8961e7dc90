"""How many messages a carry-over of very many objectives sends."""

from typing import Any

from tests.carry_overs.asking import item
from tests.kit.client import Client, Statements
from tests.kit.forest import planted

DOCUMENT = "mutation($input: CycleCarryOverInput!) { cycleCarryOver(input: $input) { applied created unchanged } }"


async def objectives(client: Client, count: int) -> tuple[str, list[str]]:
    """The cycle and the ids of so many objectives in trees, with key results and alignments."""
    await planted(client, count, 10)
    [cycle] = (await client.data('{ cycles(filter: {externalId: {eq: "2026"}}) { nodes { id } } }'))["cycles"]["nodes"]
    found: list[str] = []
    after, more = None, True
    while more:
        document = """query($id: ID!, $after: String) { cycle(id: $id) { objectives(first: 100, after: $after) {
            nodes { id } pageInfo { hasNextPage endCursor } } } }"""
        page = (await client.data(document, id=cycle["id"], after=after))["cycle"]["objectives"]
        found += [each["id"] for each in page["nodes"]]
        after, more = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
    return cycle["id"], found


async def test_messages_do_not_grow_with_each_objective(client: Client, statements: Statements) -> None:
    source, ids = await objectives(client, 300)
    target = await client.cycle("2027-01-01", "2027-12-31", name="2027")
    counts = []
    for start, count in ((0, 100), (100, 200)):
        items = [item(id) for id in ids[start : start + count]]
        input: dict[str, Any] = {"id": source, "toCycleId": target, "items": items}
        sent = await statements.of(client.data(DOCUMENT, input=input))
        counts.append(len(sent))
        again = await statements.of(client.data(DOCUMENT, input=input))
        # Begin and locks, cycles, objectives, what was decided before; nothing is written.
        assert len(again) < 12, again
    # Twice as many objectives take a few messages more: rows are sent by the hundred.
    assert counts[1] - counts[0] < 20, counts
    assert counts[0] < 60, counts
