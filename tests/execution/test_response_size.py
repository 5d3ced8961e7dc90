"""An operation whose response would be too large ends early, with this error only."""

from typing import Any

import pytest
from graphql import ExecutionResult, parse

from schema.execution.running import response_size
from schema.execution.running.breadth_first import BreadthFirstExecutor
from schema.execution.running.response_size import (
    BYTES_PER_ERROR,
    BYTES_PER_OBJECT,
    BYTES_PER_VALUE,
    estimate_characters,
)
from tests.execution.toy import SCHEMA, box, context

TEN = [f"n{number}" for number in range(10)]


def make_boxes(**attributes: Any) -> Any:
    """Ten boxes, each with ten inside that have ten inside."""
    inside = [box(name, inside=[box(name) for name in TEN]) for name in TEN]
    return context(**{name: box(name, **{"inside": inside, **attributes}) for name in TEN})


async def execute(text: str, context_value: Any) -> ExecutionResult:
    return await BreadthFirstExecutor(SCHEMA).run(
        parse(text), variables=None, operation_name=None, context=context_value
    )


# The list, ten boxes with a key each, their values and texts; nine of those inside unless `first` is larger.
@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("{ boxes { strict } }", 11 * BYTES_PER_OBJECT + 10 * 10 + 10 * BYTES_PER_VALUE),
        ("{ boxes { inside { strict } } }", (1 + 10 + 10 + 90) * BYTES_PER_OBJECT + 100 * 10 + 90 * BYTES_PER_VALUE),
        ("{ boxes { label } }", 11 * BYTES_PER_OBJECT + 10 * 9 + 10 * BYTES_PER_VALUE + 20),
        ("{ boxes { maybe } }", 11 * BYTES_PER_OBJECT + 10 * 9 + 10 * BYTES_PER_VALUE + 10 * 1_000),
        ("{ boxes { certain } }", (1 + 10 + 10 + 20) * BYTES_PER_OBJECT + 10 * 11 + 30 * BYTES_PER_VALUE),
        ("{ boxes { broken } }", 11 * BYTES_PER_OBJECT + 10 * 10 + 10 * BYTES_PER_VALUE + 10 * BYTES_PER_ERROR),
    ],
)
async def test_the_maximum_is_exact(text: str, size: int, monkeypatch: pytest.MonkeyPatch) -> None:
    context_value = make_boxes(maybe="m" * 1_000)
    monkeypatch.setattr(response_size, "MAX_RESPONSE_BYTES", size)
    result = await execute(text, context_value)
    assert result.data is not None
    monkeypatch.setattr(response_size, "MAX_RESPONSE_BYTES", size - 1)
    result = await execute(text, context_value)
    [error] = result.errors or []
    assert result.data is None
    assert error.extensions == {"code": "RESPONSE_TOO_LARGE", "limit": "response", "maximum": size - 1}
    assert "changed" not in error.message


async def test_a_mutation_reports_that_its_changes_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_size, "MAX_RESPONSE_BYTES", 150)
    context_value = make_boxes()
    result = await execute('mutation { put(name: "new") { label one { label } } }', context_value)
    assert (result.data, context_value.count) == (None, 1)
    [error] = result.errors or []
    assert error.message.endswith("What the operation has changed stays changed.")


async def test_one_error_remains_of_very_many_that_nulled_the_same_value() -> None:
    """The first error nulls all objects, so that it is the only one."""
    context_value = context(**{f"b{number}": box(f"b{number}", one=ValueError("one")) for number in range(5_000)})
    names = ", ".join(f'"b{number}"' for number in range(5_000))
    result = await execute(f"{{ sureBoxes(names: [{names}]) {{ sure {{ label }} }} }}", context_value)
    assert [error.message for error in result.errors or ()] == ["one"]


def test_the_characters_of_many_texts_are_estimated() -> None:
    """Wherever the long texts are: each of a hundred estimates is within 20 %."""
    assert (estimate_characters(["a", None, "bc"], 100), estimate_characters([None, {"d": 1}], 100)) == (
        3,
        len("{'d': 1}"),
    )
    texts = ["x" * 10] * 9_000 + ["x" * 20_000] * 1_000
    estimates = [estimate_characters(texts[number:] + texts[:number], 100) for number in range(100)]
    assert all(abs(estimate / sum(map(len, texts)) - 1) < 0.2 for estimate in estimates)


async def test_no_response_is_refused_by_an_estimate(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few long texts among many short ones are estimated too high, and then measured."""
    context_value = context(**{f"b{number}": box("x" * 5_000 * (number % 100 == 0)) for number in range(1_000)})
    monkeypatch.setattr(
        response_size, "MAX_RESPONSE_BYTES", 1_001 * BYTES_PER_OBJECT + 1_000 * (9 + BYTES_PER_VALUE) + 10 * 5_000
    )
    for _ in range(30):
        assert (await execute("{ boxes { label } }", context_value)).data is not None
