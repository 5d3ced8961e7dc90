"""Very much work leaves turns of the event loop to others."""

import asyncio

import pytest

from schema.execution.running.breadth_first import BreadthFirst
from tests.execution.test_breadth_first import answer, boxes
from tests.execution.toy import SCHEMA


async def test_much_work_leaves_turns_to_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """Very many objects are completed part by part, many variables are read in threads; all else takes one turn."""
    turns = 0

    async def count() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0)

    async def turned(document: str, *, large: int = 3_000, many: int = 1_500) -> int:
        nonlocal turns
        monkeypatch.setattr("schema.execution.running.yielding.LARGE", large)
        monkeypatch.setattr("schema.execution.running.yielding.LESS", large)
        monkeypatch.setattr("schema.execution.running.yielding.FEW", 0)
        monkeypatch.setattr("schema.execution.documents.variables.MANY_VALUES", many)
        counting = asyncio.create_task(count())
        await asyncio.sleep(0)
        turns = 0
        found = await answer(BreadthFirst(SCHEMA), document, {"n": "a"} if "$n" in document else {}, boxes())
        counting.cancel()
        assert found.data
        return turns

    fields = '{ boxes(names: ["a", "b", "a", "b"]) { label maybe colour strict } }'
    assert await turned(fields) == 0
    # The root and four boxes; where those are too many, the boxes in a turn of their own, in parts of so many. Between
    # two such turns is one of others.
    assert [await turned(fields, large=large) for large in (5, 4, 3, 2, 1)] == [0, 2, 4, 4, 8]
    # What comes in one turn is counted together.
    twice = fields.replace("{", '{ again: boxes(names: ["a", "b"]) { label }', 1)
    assert [await turned(twice, large=large) for large in (7, 6)] == [0, 2]
    awaited = "query($n: String!) { a: box(name: $n) { label } b: box(name: $n) { label } c: box { label } }"
    assert await turned(awaited, many=0) >= await turned(awaited) + 4
