"""Plans are linear in the document, kept within bounds, and the same for everybody."""

import gc
import weakref
from typing import Any

import pytest
from graphql import parse

from schema.execution.running import breadth_first
from schema.execution.running.breadth_first import BreadthFirst
from tests.execution.toy import SCHEMA, box, context


def nested(depth: int) -> str:
    """Fragments that each spread the next one twice, so that written out they double with each."""
    fragments = [
        f"fragment F{level} on Box {{ one {{ ...F{level + 1} }} sure {{ ...F{level + 1} }} label }}"
        for level in range(depth)
    ]
    return "\n".join(["{ box { ...F0 } }", *fragments, f"fragment F{depth} on Box {{ label }}"])


def full(depth: int) -> Any:
    """Boxes in boxes, so that every level of a document is reached."""
    found = box("end", one=None)
    for _ in range(depth + 1):
        found = box("in", one=found)
    return found


async def compiled(depth: int) -> int:
    ours = BreadthFirst(SCHEMA)
    result = await ours.run(parse(nested(depth)), variables=None, operation_name=None, context=context(a=full(depth)))
    assert result.errors is None
    [plan] = ours._plans.values()
    return plan.fields


async def test_fragments_that_double_are_compiled_once_each() -> None:
    assert await compiled(10) - await compiled(9) == await compiled(6) - await compiled(5) == 3


async def run(ours: BreadthFirst, document: Any, **variables: Any) -> Any:
    at_hand = context(a=box("a"))
    return (await ours.run(document, variables=variables, operation_name=None, context=at_hand)).data


async def test_a_plan_is_kept_for_each_outcome_of_its_conditions() -> None:
    ours, document = (
        BreadthFirst(SCHEMA),
        parse("query($y: Boolean!, $n: String!) { box(name: $n) { label @skip(if: $y) } }"),
    )
    for y, n in ((True, "a"), (False, "a"), (True, "b"), (False, "c")):
        await run(ours, document, y=y, n=n)
    assert len(ours._plans) == 2


async def test_a_plan_holds_no_values_but_those_that_decide_on_fields() -> None:
    """It is shared by everybody and outlives its run, so nobody's input may stay with it."""
    ours, document = (
        BreadthFirst(SCHEMA),
        parse("query($y: Boolean!, $n: String!) { box(name: $n) { label @skip(if: $y) } }"),
    )

    class Text(str):
        """A text that can be seen to go."""

        __slots__ = ("__weakref__",)

    mine = Text("a")
    gone = weakref.ref(mine)
    assert (await run(ours, document, y=False, n=mine)) == {"box": {"label": "a"}}
    del mine
    gc.collect()
    assert gone() is None
    [plan] = ours._plans.values()
    assert plan._variables.coerced == {"y": False}


async def test_the_number_of_plans_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = BreadthFirst(SCHEMA)
    monkeypatch.setattr(breadth_first, "CACHED_PLANS", 3)
    documents = [parse(f"query Q{number} {{ box {{ label }} }}") for number in range(5)]
    for document in documents:
        await run(ours, document)
    assert len(ours._plans) == 3


async def test_the_bytes_of_plans_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    ours = BreadthFirst(SCHEMA)
    monkeypatch.setattr(breadth_first, "BYTES_A_FIELD", breadth_first.CACHED_BYTES // 10)
    for number in range(6):
        await run(ours, parse(f"query Q{number} {{ box {{ label strict }} }}"))
    assert len(ours._plans) == 3


async def test_documents_that_plans_keep_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """One operation of many is executed, and all of them stay in memory."""
    ours = BreadthFirst(SCHEMA)
    monkeypatch.setattr("schema.execution.documents.document_cache.BYTES_A_TOKEN", breadth_first.CACHED_BYTES // 100)
    for number in range(6):
        text = f"query Q{number} {{ box {{ label }} }} query More {{ box {{ label strict label strict label }} }}"
        await ours.run(parse(text), variables=None, operation_name=f"Q{number}", context=context(a=box("a")))
    assert (len(ours._plans), len(ours._outlines)) == (4, 5)


async def test_what_one_viewer_asked_is_not_what_another_gets() -> None:
    ours, document = BreadthFirst(SCHEMA), parse("{ box { label } }")
    for label in ("mine", "yours"):
        result = await ours.run(document, variables=None, operation_name=None, context=context(a=box(label)))
        assert result.data == {"box": {"label": label}}
