"""What a run has read is let go of with the response, what is forgotten at once: nothing waits for the collector."""

import gc
from weakref import WeakSet, ref

import strawberry
from graphql import DocumentNode, parse

from schema.execution.documents.document_cache import Documents
from schema.execution.fields.batched import batched
from schema.execution.running.breadth_first import BreadthFirst


class Source:
    """What stands behind an object."""

    def __init__(self, number: int) -> None:
        self.number = number


@strawberry.type
class Thing:
    number: int

    @strawberry.field
    def twice(root: strawberry.Parent[Source]) -> int:
        return root.number * 2

    @batched("The next ones.")
    async def more(parents: list[Source], info: strawberry.Info) -> list[list["Thing"]]:
        return [[seen(Source(parent.number + 1))] for parent in parents]


AGAIN = "fragment Again on Thing { number more @include(if: $y) { number } }"
SEEN: WeakSet[Source] = WeakSet()


def seen(source: Source) -> Source:
    SEEN.add(source)
    return source


@strawberry.type
class Query:
    @strawberry.field
    def things(self) -> list[Thing]:
        return [seen(Source(number)) for number in range(3)]  # type: ignore[misc]


async def test_nothing_waits_for_the_garbage_collector() -> None:
    gc.collect()
    gc.disable()
    try:
        document = parse("{ things { twice more { twice more { number } } } }")
        ours = BreadthFirst(strawberry.Schema(Query))
        result = await ours.run(document, variables=None, operation_name=None, context=None)
        assert len(SEEN) == 0
        assert result.errors is None
        assert [thing["more"][0]["more"][0]["number"] for thing in result.data["things"]] == [2, 3, 4]
    finally:
        gc.enable()


async def test_neither_do_documents_and_plans_that_are_forgotten() -> None:
    schema = strawberry.Schema(Query)
    documents, ours = Documents(schema), BreadthFirst(schema)
    loaded = await documents.loaded("query($y: Boolean!) { things { twice more { ...Again } } } " + AGAIN)
    assert isinstance(loaded, DocumentNode)
    await ours.run(loaded, variables={"y": True}, operation_name=None, context=None)
    forgotten = [ref(loaded), *map(ref, ours._plans.values()), *map(ref, ours._outlines.values())]
    assert len(forgotten) == 3
    gc.collect()
    gc.disable()
    try:
        del loaded, documents, ours
        assert [each() for each in forgotten] == [None] * 3
    finally:
        gc.enable()
