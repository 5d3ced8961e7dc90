"""Large executions let other tasks of the event loop run."""

import asyncio

import pytest

from schema.execution.running.breadth_first import BreadthFirstExecutor
from tests.execution.test_breadth_first import execute, make_boxes
from tests.execution.toy import SCHEMA


async def test_large_executions_yield_to_other_tasks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many objects are completed in chunks, and many variables are coerced in threads; the rest takes one iteration."""
    iterations = 0

    async def count_iteration() -> None:
        nonlocal iterations
        while True:
            iterations += 1
            await asyncio.sleep(0)

    async def count_iterations(document: str, *, max_objects: int = 3_000, max_values: int = 1_500) -> int:
        nonlocal iterations
        monkeypatch.setattr("schema.execution.running.yielding.MAX_OBJECTS_PER_ITERATION", max_objects)
        monkeypatch.setattr("schema.execution.running.yielding.MAX_OBJECTS_PER_ITERATION_WHEN_LARGE", max_objects)
        monkeypatch.setattr("schema.execution.running.yielding.MAX_OBJECTS_WITHOUT_WAITING", 0)
        monkeypatch.setattr("schema.execution.documents.variables.MAX_INLINE_VALUES", max_values)
        counter = asyncio.create_task(count_iteration())
        await asyncio.sleep(0)
        iterations = 0
        result = await execute(
            BreadthFirstExecutor(SCHEMA), document, {"n": "a"} if "$n" in document else {}, make_boxes()
        )
        counter.cancel()
        assert result.data
        return iterations

    fields = '{ boxes(names: ["a", "b", "a", "b"]) { label maybe colour strict } }'
    assert await count_iterations(fields) == 0
    # The root and four boxes; above the maximum, the boxes have iterations of their own, in chunks of the maximum.
    # Between two of these is one iteration of other tasks.
    assert [await count_iterations(fields, max_objects=limit) for limit in (5, 4, 3, 2, 1)] == [0, 2, 4, 4, 8]
    # Objects of one iteration are counted together.
    doubled = fields.replace("{", '{ again: boxes(names: ["a", "b"]) { label }', 1)
    assert [await count_iterations(doubled, max_objects=limit) for limit in (7, 6)] == [0, 2]
    awaited = "query($n: String!) { a: box(name: $n) { label } b: box(name: $n) { label } c: box { label } }"
    assert await count_iterations(awaited, max_values=0) >= await count_iterations(awaited) + 4
