"""Arguments with the same variables are coerced once; the values are those of each request."""

from enum import Enum
from typing import Any

import pytest
import strawberry
from graphql import parse
from graphql.execution.values import get_argument_values

from schema.execution.planning import arguments
from schema.execution.running.breadth_first import BreadthFirstExecutor
from schema.execution.running.executor import GraphQLCoreExecutor


@strawberry.enum
class Size(Enum):
    SMALL = "small"
    LARGE = "large"


@strawberry.input
class Narrowing:
    first: int | None = 7
    size: Size | None = None
    words: list[str] | None = None


@strawberry.type
class Query:
    @strawberry.field
    def shown(
        self, first: int | None = 5, share: float = 0.5, word: str | None = None, narrowing: Narrowing | None = None
    ) -> str:
        return repr((first, share, word, narrowing))


SCHEMA = strawberry.Schema(query=Query)
DOCUMENT = """query($n: Int, $f: Float = 0.5, $w: String, $s: Size) {
    shown(first: $n, share: $f, word: $w, narrowing: {first: $n, size: $s}) }"""


@pytest.fixture
def coerced(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """The fields whose arguments were coerced."""
    fields: list[object] = []
    coerce = get_argument_values

    def counted(definition: Any, node: Any, variables: Any) -> dict[str, Any]:
        fields.append(node.name.value)
        return coerce(definition, node, variables)

    monkeypatch.setattr(arguments, "get_argument_values", counted)
    return fields


async def run(executor: Any, text: str, **variables: Any) -> Any:
    document = DOCUMENTS.setdefault(text, parse(text))
    result = await executor.run(document, variables=variables, operation_name=None, context=None)
    assert result.errors is None
    return result.data


DOCUMENTS: dict[str, Any] = {}


async def test_each_request_has_its_own_values() -> None:
    ours, core = BreadthFirstExecutor(SCHEMA), GraphQLCoreExecutor(SCHEMA)
    steps: list[dict[str, Any]] = [
        {},
        {"n": None},
        {"n": 1},
        {"n": 1},
        {"n": 1, "f": 1},
        {"n": 1, "f": 1.5},
        {"n": 1, "w": "a"},
        {"n": 1, "w": "b"},
        {"n": 1, "s": "SMALL"},
        {"n": 1, "s": "LARGE"},
        {"n": 1, "s": None},
        {},
    ]
    assert [await run(ours, DOCUMENT, **each) for each in steps] == [
        await run(core, DOCUMENT, **each) for each in steps
    ]


@pytest.mark.parametrize(
    ("text", "first", "second", "count"),
    [
        ("{ shown(first: 3, narrowing: {words: []}) }", {}, {}, 1),
        ("query($n: Int) { shown(first: $n) }", {"n": 3}, {"n": 3}, 1),
        ("query($n: Int) { shown(first: $n) }", {"n": 3}, {"n": 4}, 2),
        ("query($n: Int) { shown(first: $n) }", {"n": None}, {}, 2),
        ("query($s: Size) { shown(narrowing: {size: $s}) }", {"s": "SMALL"}, {"s": "SMALL"}, 1),
        # No text and no float of a request stays with the plan.
        ("query($w: String) { shown(word: $w) }", {"w": "secret"}, {"w": "secret"}, 2),
        ("query($f: Float!) { shown(share: $f) }", {"f": 0.0}, {"f": -0.0}, 2),
    ],
)
async def test_equal_variables_are_coerced_once(
    coerced: list[object], text: str, first: dict[str, Any], second: dict[str, Any], count: int
) -> None:
    executor = BreadthFirstExecutor(SCHEMA)
    for variables in (first, second):
        await run(executor, text, **variables)
    assert len(coerced) == count
