"""What a run has read is let go of with the response, and does not wait for the garbage collector."""

import gc
from weakref import WeakSet

import strawberry
from graphql import parse

from schema.execution.batched import batched
from schema.execution.breadth_first import BreadthFirst


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
