"""Rows are freed with the response and evicted documents at once, without the garbage collector."""

import gc
from typing import Any
from weakref import ReferenceType, WeakSet, ref

import strawberry
from graphql import DocumentNode, parse

from schema.execution.documents.document_cache import DocumentCache
from schema.execution.fields.batched import batched
from schema.execution.running.breadth_first import BreadthFirstExecutor


class Source:
    """The source of an object."""

    def __init__(self, number: int) -> None:
        self.number = number


@strawberry.type
class Item:
    number: int

    @strawberry.field
    def twice(root: strawberry.Parent[Source]) -> int:
        return root.number * 2

    @batched("The next ones.")
    async def more(parents: list[Source], info: strawberry.Info) -> list[list["Item"]]:
        return [[track(Source(parent.number + 1))] for parent in parents]


FRAGMENT = "fragment Again on Item { number more @include(if: $y) { number } }"
TRACKED: WeakSet[Source] = WeakSet()


def track(source: Source) -> Any:
    """The source, in the role of an object of the schema."""
    TRACKED.add(source)
    return source


@strawberry.type
class Query:
    @strawberry.field
    def items(self) -> list[Item]:
        return [track(Source(number)) for number in range(3)]


async def test_objects_of_a_response_need_no_garbage_collection() -> None:
    gc.collect()
    gc.disable()
    try:
        document = parse("{ items { twice more { twice more { number } } } }")
        executor = BreadthFirstExecutor(strawberry.Schema(Query))
        result = await executor.run(document, variables=None, operation_name=None, context=None)
        assert len(TRACKED) == 0
        assert result.errors is None
        assert result.data is not None
        assert [item["more"][0]["more"][0]["number"] for item in result.data["items"]] == [2, 3, 4]
    finally:
        gc.enable()


async def test_evicted_documents_and_plans_need_no_garbage_collection() -> None:
    schema = strawberry.Schema(Query)
    cache, executor = DocumentCache(schema), BreadthFirstExecutor(schema)
    document = await cache.load_async("query($y: Boolean!) { items { twice more { ...Again } } } " + FRAGMENT)
    assert isinstance(document, DocumentNode)
    await executor.run(document, variables={"y": True}, operation_name=None, context=None)
    references: list[ReferenceType[Any]] = [
        ref(document),
        *map(ref, executor._plans.values()),
        *map(ref, executor._facts.values()),
    ]
    assert len(references) == 3
    gc.collect()
    gc.disable()
    try:
        del document, cache, executor
        assert [reference() for reference in references] == [None] * 3
    finally:
        gc.enable()
