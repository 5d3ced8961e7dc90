"""Plans are linear in the document, bounded in number and bytes, and shared by all viewers."""

import gc
import weakref
from typing import Any

import pytest
from graphql import parse

from schema.execution.running import breadth_first
from schema.execution.running.breadth_first import BreadthFirstExecutor
from tests.execution.toy import SCHEMA, box, context


def nested(depth: int) -> str:
    """Fragments that each spread the next one twice, so that their expansion doubles with each."""
    fragments = [
        f"fragment F{level} on Box {{ one {{ ...F{level + 1} }} sure {{ ...F{level + 1} }} label }}"
        for level in range(depth)
    ]
    return "\n".join(["{ box { ...F0 } }", *fragments, f"fragment F{depth} on Box {{ label }}"])


def nested_boxes(depth: int) -> Any:
    """Boxes in boxes, so that every level of a document is reached."""
    outer = box("end", one=None)
    for _ in range(depth + 1):
        outer = box("in", one=outer)
    return outer


async def count_fields(depth: int) -> int:
    executor = BreadthFirstExecutor(SCHEMA)
    result = await executor.run(
        parse(nested(depth)), variables=None, operation_name=None, context=context(a=nested_boxes(depth))
    )
    assert result.errors is None
    [plan] = executor._plans.values()
    return plan.field_count


async def test_fragments_that_spread_twice_are_compiled_once_each() -> None:
    assert await count_fields(10) - await count_fields(9) == await count_fields(6) - await count_fields(5) == 3


async def execute(executor: BreadthFirstExecutor, document: Any, **variables: Any) -> Any:
    context_value = context(a=box("a"))
    return (await executor.run(document, variables=variables, operation_name=None, context=context_value)).data


async def test_a_plan_is_cached_for_each_combination_of_conditions() -> None:
    executor, document = (
        BreadthFirstExecutor(SCHEMA),
        parse("query($y: Boolean!, $n: String!) { box(name: $n) { label @skip(if: $y) } }"),
    )
    for y, n in ((True, "a"), (False, "a"), (True, "b"), (False, "c")):
        await execute(executor, document, y=y, n=n)
    assert len(executor._plans) == 2


async def test_a_plan_holds_no_texts_of_variables() -> None:
    """A plan is shared and outlives its request, so of anyone's input it holds numbers and conditions only."""
    executor, document = (
        BreadthFirstExecutor(SCHEMA),
        parse("query($y: Boolean!, $n: String!) { box(name: $n) { label @skip(if: $y) } }"),
    )

    class Text(str):
        """A text that supports weak references."""

        __slots__ = ("__weakref__",)

    value = Text("a")
    reference = weakref.ref(value)
    assert (await execute(executor, document, y=False, n=value)) == {"box": {"label": "a"}}
    del value
    gc.collect()
    assert reference() is None
    [plan] = executor._plans.values()
    assert plan._variables.coerced == {"y": False}


async def test_the_number_of_plans_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    executor = BreadthFirstExecutor(SCHEMA)
    monkeypatch.setattr(breadth_first, "MAX_CACHED_PLANS", 3)
    documents = [parse(f"query Q{number} {{ box {{ label }} }}") for number in range(5)]
    for document in documents:
        await execute(executor, document)
    assert len(executor._plans) == 3


async def test_the_bytes_of_plans_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    executor = BreadthFirstExecutor(SCHEMA)
    monkeypatch.setattr(breadth_first, "BYTES_PER_FIELD", breadth_first.MAX_CACHED_BYTES // 10)
    for number in range(6):
        await execute(executor, parse(f"query Q{number} {{ box {{ label strict }} }}"))
    assert len(executor._plans) == 3


async def test_the_documents_of_plans_count_for_the_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    """One operation of many is executed, and all of them stay in memory."""
    executor = BreadthFirstExecutor(SCHEMA)
    monkeypatch.setattr(
        "schema.execution.documents.document_cache.BYTES_PER_TOKEN", breadth_first.MAX_CACHED_BYTES // 100
    )
    for number in range(6):
        text = f"query Q{number} {{ box {{ label }} }} query More {{ box {{ label strict label strict label }} }}"
        await executor.run(parse(text), variables=None, operation_name=f"Q{number}", context=context(a=box("a")))
    assert (len(executor._plans), len(executor._facts)) == (4, 5)


async def test_viewers_share_a_plan_but_no_result() -> None:
    executor, document = BreadthFirstExecutor(SCHEMA), parse("{ box { label } }")
    for label in ("mine", "yours"):
        result = await executor.run(document, variables=None, operation_name=None, context=context(a=box(label)))
        assert result.data == {"box": {"label": label}}
