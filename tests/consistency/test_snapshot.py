"""A response comes from one snapshot, whatever is written while it is being made."""

from typing import Any

import pytest

from service.reading.reader import Reader
from tests.kit.client import Client

DOCUMENT = "query($id: ID!) { objective(id: $id) { progress keyResults { progress } } }"


async def test_sums_agree_although_something_is_written_between_two_batches(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    objective = await client.objective(await client.cycle())
    key_results = [await client.key_result(objective, kind="REACH", target="100") for _ in range(2)]
    await client.check_in(key_results[0], "40")
    read, calls = Reader.rows, []

    async def rows(self: Reader, *arguments: Any, **parameters: Any) -> Any:
        calls.append(arguments)
        if len(calls) == 2:
            # Between the objective and its key results; its own transaction, committed before we go on.
            monkeypatch.setattr(Reader, "rows", read)
            await client.check_in(key_results[1], "100")
        return await read(self, *arguments, **parameters)

    monkeypatch.setattr(Reader, "rows", rows)
    during = (await client.data(DOCUMENT, id=objective))["objective"]
    assert len(calls) == 2
    assert during == {"progress": 0.2, "keyResults": [{"progress": 0.4}, {"progress": 0}]}
    after = (await client.data(DOCUMENT, id=objective))["objective"]
    assert after == {"progress": 0.7, "keyResults": [{"progress": 0.4}, {"progress": 1}]}


async def test_a_mutation_reads_its_own_writes(client: Client) -> None:
    objective = await client.objective(await client.cycle())
    key_result = await client.key_result(objective, kind="REACH", target="100")
    said = await client.make(
        "keyResultCheckIn", "id keyResult { progress } objective { progress }", keyResultId=key_result, value="30"
    )
    assert (said["keyResult"], said["objective"]) == ({"progress": 0.3}, {"progress": 0.3})
