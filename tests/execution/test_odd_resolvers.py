"""Resolvers and types that do what few do; the answers are those of graphql-core."""

import asyncio
from typing import Any

import strawberry
from graphql import parse

from schema.execution.running.breadth_first import BreadthFirst
from schema.execution.running.executor import GraphQLCore
from tests.execution.test_breadth_first import told


async def answers(query: type, text: str) -> list[Any]:
    """What both executors tell of a document over a schema of its own; ours twice, the second time from its caches."""
    schema, found = strawberry.Schema(query), []
    ours = BreadthFirst(schema)
    for executor in (GraphQLCore(schema), ours, ours):
        document = parse(text)
        result = await executor.run(document, variables=None, operation_name=None, context=None)
        found.append(told(result))
    assert ours.handed_over == 0
    return found


async def test_constants_that_resolvers_change_are_made_anew() -> None:
    @strawberry.type
    class Query:
        @strawberry.field
        def seen(self, what: strawberry.scalars.JSON) -> int:
            what["seen"] = what.get("seen", 0) + 1
            return what["seen"]

    schema, document = strawberry.Schema(Query), parse("{ seen(what: {a: 1}) }")
    ours = BreadthFirst(schema)
    for _ in range(3):
        found = await ours.run(document, variables=None, operation_name=None, context=None)
        assert found.data == {"seen": 1}


async def test_an_iterator_that_ends_where_it_should_not_loses_nobody() -> None:
    @strawberry.type
    class Thing:
        number: int

        @classmethod
        def is_type_of(cls, value: Any, _info: Any) -> bool:
            return next(iter([])) if value.number == 3 else True

    @strawberry.type
    class Query:
        @strawberry.field
        def things(self) -> list[Thing | None]:
            return [Thing(number=number) for number in range(5)]

    core, *ours = await answers(Query, "{ things { number } }")
    assert ours == [core, core]
    assert core[0] == repr({"things": [{"number": n} if n != 3 else None for n in range(5)]})


async def test_the_object_may_be_taken_twice_and_extensions_asked_for() -> None:
    @strawberry.type
    class Thing:
        number: int

        @strawberry.field
        def twice(self, root: strawberry.Parent[Any]) -> int:
            return self.number + root.number

        @strawberry.field
        def extensions(self, info: strawberry.Info) -> str:
            return str(info.input_extensions)

    @strawberry.type
    class Query:
        @strawberry.field
        def thing(self) -> Thing:
            return Thing(number=2)

    core, *ours = await answers(Query, "{ thing { twice extensions } }")
    assert ours == [core, core]
    assert core[0] == repr({"thing": {"twice": 4, "extensions": "None"}})


async def test_a_list_of_the_resolver_stays_as_it_is() -> None:
    @strawberry.type
    class Query:
        @strawberry.field
        def numbers(self) -> list[int]:
            return NUMBERS

    async def three() -> int:
        return 3

    NUMBERS: Any = [asyncio.ensure_future(three()), 2]
    core, *ours = await answers(Query, "{ numbers }")
    assert ours == [core, core]
    assert isinstance(NUMBERS[0], asyncio.Future)
