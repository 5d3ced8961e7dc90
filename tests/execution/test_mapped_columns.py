"""A resolver that maps a column is not called where rows are columns, and answers the same where it is."""

from typing import Any
from uuid import UUID

import pytest
import strawberry
from graphql import parse

from schema.execution.fields.batched import always_true_for, batched, maps_column
from schema.execution.running.breadth_first import BreadthFirstExecutor
from schema.execution.running.executor import GraphQLCoreExecutor
from service.reading.column_batch import BatchRow, ColumnBatch

IDS = [UUID(int=number) for number in range(3)]
CALLED: list[UUID] = []


def shown(id: UUID) -> str:
    if id == IDS[1]:
        raise ValueError("not this one")
    return str(id)


@strawberry.type
class Item:
    @strawberry.field
    @maps_column("id", shown)
    def text(root: strawberry.Parent[Any]) -> str | None:
        CALLED.append(root.id)
        return shown(root.id)

    @classmethod
    @always_true_for(BatchRow)
    def is_type_of(cls, _value: Any, _info: Any) -> bool:
        return True


@strawberry.type
class Query:
    @batched("Items.")
    async def items(parents: list[Any], info: strawberry.Info) -> list[list[Item]]:
        return [ColumnBatch.of(["id"], [IDS]) for _ in parents]  # type: ignore[misc]


SCHEMA = strawberry.Schema(query=Query)


@pytest.mark.parametrize(("executor", "calls"), [(BreadthFirstExecutor, []), (GraphQLCoreExecutor, IDS)])
async def test_the_values_are_those_of_the_function(executor: Any, calls: list[UUID]) -> None:
    CALLED.clear()
    result = await executor(SCHEMA).run(
        parse("{ items { text } }"), variables=None, operation_name=None, context=type("C", (), {"loaders": {}})()
    )
    assert [[each.path, each.message] for each in result.errors] == [[["items", 1, "text"], "not this one"]]
    assert result.data == {"items": [{"text": str(IDS[0])}, {"text": None}, {"text": str(IDS[2])}]}
    assert calls == CALLED
