"""Short documents that ask for very much are ended before they take anything worth speaking of."""

import tracemalloc

import pytest

from schema.execution.running.response_size import MAX_RESPONSE_BYTES
from tests.door.conftest import Door

MEASURE = "{ objectives { totalCount } }"


def cycles(times: int) -> str:
    """All objectives of the cycle of each objective of the cycle of each objective."""
    inner = "id"
    for _ in range(times):
        inner = f"cycle {{ objectives(first: 100) {{ nodes {{ {inner} }} }} }}"
    return f"{{ objectives(first: 100) {{ nodes {{ {inner} }} }} }}"


@pytest.mark.parametrize("document", [cycles(2), cycles(3)], ids=["a million", "a hundred million"])
async def test_what_multiplies(door: Door, document: str) -> None:
    client = await door(executor="breadth-first", pool_size=1, pool_timeout=1)
    cycle = await client.cycle()
    for number in range(100):
        await client.objective(cycle, f"Objective {number}")
    await client.answer(document)
    tracemalloc.start()
    try:
        response = await client.http.post("/graphql", json={"query": document})
        _, peak = tracemalloc.get_traced_memory()
    finally:
        tracemalloc.stop()
    [error] = response.json()["errors"]
    assert (response.status_code, response.json().get("data")) == (200, None)
    assert error["extensions"] == {"code": "RESPONSE_TOO_LARGE", "limit": "response", "maximum": MAX_RESPONSE_BYTES}
    assert peak < 5 * MAX_RESPONSE_BYTES
    # Its connection is free again.
    assert await client.data(MEASURE) == {"objectives": {"totalCount": 100}}


async def test_texts_count(door: Door) -> None:
    """Long texts that come again and again are large, however few objects there are."""
    client = await door(executor="breadth-first")
    cycle = await client.cycle()
    for number in range(40):
        await client.objective(cycle, f"Objective {number}", description="d" * 20_000)
    document = "{ objectives { nodes { cycle { objectives(first: %d) { nodes { description } } } } } }"
    assert (await client.answer(document % 4)).keys() == {"data"}
    [error] = (await client.answer(document % 40))["errors"]
    assert error["extensions"]["code"] == "RESPONSE_TOO_LARGE"


async def test_keys_count(door: Door) -> None:
    """A name of the document comes again with each object."""
    client = await door(executor="breadth-first")
    cycle = await client.cycle()
    for number in range(40):
        await client.objective(cycle, f"Objective {number}")
    document = "{ objectives { nodes { cycle { objectives(first: 40) { nodes { %s: version } } } } } }"
    assert (await client.answer(document % "v")).keys() == {"data"}
    [error] = (await client.answer(document % ("v" * 19_000)))["errors"]
    assert error["extensions"]["code"] == "RESPONSE_TOO_LARGE"


async def test_a_mutation_that_did_its_work_was_executed(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    client = await door(executor="breadth-first")
    cycle = await client.cycle()
    monkeypatch.setattr("schema.execution.running.response_size.MAX_RESPONSE_BYTES", 100)
    document = f'mutation {{ objectiveCreate(input: {{cycleId: "{cycle}", title: "a"}}) {{ objective {{ title }} }} }}'
    headers = {"Accept": "application/graphql-response+json"}
    response = await client.http.post("/graphql", json={"query": document}, headers=headers)
    assert (response.status_code, response.json()["data"]) == (200, None)
    assert response.json()["errors"][0]["message"].endswith("What the operation has changed stays changed.")
    monkeypatch.undo()
    assert await client.data("{ objectives { nodes { title } } }") == {"objectives": {"nodes": [{"title": "a"}]}}
