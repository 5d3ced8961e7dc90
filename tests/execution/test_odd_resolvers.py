"""Resolvers and types with rare features have the same results as under graphql-core."""

import asyncio
from typing import Any

import strawberry
from graphql import parse

from schema.execution.running.breadth_first import BreadthFirstExecutor
from schema.execution.running.executor import GraphQLCoreExecutor
from tests.execution.test_breadth_first import formatted


async def execute_with_both(query: type, text: str) -> list[Any]:
    """The results of graphql-core and of the breadth-first executor, the latter twice: at first and from its caches."""
    schema, results = strawberry.Schema(query), []
    breadth_first = BreadthFirstExecutor(schema)
    for executor in (GraphQLCoreExecutor(schema), breadth_first, breadth_first):
        document = parse(text)
        result = await executor.run(document, variables=None, operation_name=None, context=None)
        results.append(formatted(result))
    assert breadth_first.fallback_count == 0
    return results


async def test_constants_that_resolvers_change_are_converted_again() -> None:
    @strawberry.type
    class Query:
        @strawberry.field
        def seen(self, what: strawberry.scalars.JSON) -> int:
            facts: Any = what
            facts["seen"] = facts.get("seen", 0) + 1
            return facts["seen"]

    schema, document = strawberry.Schema(Query), parse("{ seen(what: {a: 1}) }")
    executor = BreadthFirstExecutor(schema)
    for _ in range(3):
        result = await executor.run(document, variables=None, operation_name=None, context=None)
        assert result.data == {"seen": 1}


async def test_a_stop_iteration_in_is_type_of_loses_no_object() -> None:
    @strawberry.type
    class Item:
        number: int

        @classmethod
        def is_type_of(cls, value: Any, _info: Any) -> bool:
            return next(iter([])) if value.number == 3 else True

    @strawberry.type
    class Query:
        @strawberry.field
        def items(self) -> list[Item | None]:
            return [Item(number=number) for number in range(5)]

    expected, *results = await execute_with_both(Query, "{ items { number } }")
    assert results == [expected, expected]
    assert expected[0] == repr({"items": [{"number": n} if n != 3 else None for n in range(5)]})


async def test_a_resolver_may_take_the_parent_twice_and_read_input_extensions() -> None:
    @strawberry.type
    class Item:
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
        def item(self) -> Item:
            return Item(number=2)

    expected, *results = await execute_with_both(Query, "{ item { twice extensions } }")
    assert results == [expected, expected]
    assert expected[0] == repr({"item": {"twice": 4, "extensions": "None"}})


async def test_a_list_of_the_resolver_is_not_changed() -> None:
    @strawberry.type
    class Query:
        @strawberry.field
        def numbers(self) -> list[int]:
            return NUMBERS

    async def three() -> int:
        return 3

    NUMBERS: Any = [asyncio.ensure_future(three()), 2]
    expected, *results = await execute_with_both(Query, "{ numbers }")
    assert results == [expected, expected]
    assert isinstance(NUMBERS[0], asyncio.Future)
