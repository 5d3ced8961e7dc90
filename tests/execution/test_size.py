"""A response that would be too large is ended while it is small, and nothing of it is told but that."""

from typing import Any

import pytest
from graphql import ExecutionResult, parse

from schema.execution.running import response_size
from schema.execution.running.breadth_first import BreadthFirst
from schema.execution.running.response_size import A_VALUE, AN_ERROR, AN_OBJECT, length
from tests.execution.toy import SCHEMA, box, context

TEN = [f"n{number}" for number in range(10)]


def boxes(**more: Any) -> Any:
    """Ten boxes, each with ten inside that have ten inside."""
    inside = [box(name, inside=[box(name) for name in TEN]) for name in TEN]
    return context(**{name: box(name, **{"inside": inside, **more}) for name in TEN})


async def answer(text: str, at_hand: Any) -> ExecutionResult:
    return await BreadthFirst(SCHEMA).run(parse(text), variables=None, operation_name=None, context=at_hand)


# The list, ten boxes with a key each, their values and texts; nine of those inside unless more are asked for.
@pytest.mark.parametrize(
    ("text", "large"),
    [
        ("{ boxes { strict } }", 11 * AN_OBJECT + 10 * 10 + 10 * A_VALUE),
        ("{ boxes { inside { strict } } }", (1 + 10 + 10 + 90) * AN_OBJECT + 100 * 10 + 90 * A_VALUE),
        ("{ boxes { label } }", 11 * AN_OBJECT + 10 * 9 + 10 * A_VALUE + 20),
        ("{ boxes { maybe } }", 11 * AN_OBJECT + 10 * 9 + 10 * A_VALUE + 10 * 1_000),
        ("{ boxes { certain } }", (1 + 10 + 10 + 20) * AN_OBJECT + 10 * 11 + 30 * A_VALUE),
        ("{ boxes { broken } }", 11 * AN_OBJECT + 10 * 10 + 10 * A_VALUE + 10 * AN_ERROR),
    ],
)
async def test_to_the_byte(text: str, large: int, monkeypatch: pytest.MonkeyPatch) -> None:
    at_hand = boxes(maybe="m" * 1_000)
    monkeypatch.setattr(response_size, "MOST", large)
    found = await answer(text, at_hand)
    assert found.data is not None
    monkeypatch.setattr(response_size, "MOST", large - 1)
    found = await answer(text, at_hand)
    [error] = found.errors or ()
    assert found.data is None
    assert error.extensions == {"code": "RESPONSE_TOO_LARGE", "limit": "response", "maximum": large - 1}
    assert "changed" not in error.message


async def test_a_mutation_says_that_what_it_did_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response_size, "MOST", 150)
    at_hand = boxes()
    found = await answer('mutation { put(name: "new") { label one { label } } }', at_hand)
    assert (found.data, at_hand.count) == (None, 1)
    [error] = found.errors or ()
    assert error.message.endswith("What the operation has changed stays changed.")


async def test_refused_arguments_of_very_many_objects_are_told_once() -> None:
    """All of them become null by the first, so that one error is all there is."""
    at_hand = context(**{f"b{number}": box(f"b{number}", one=ValueError("one")) for number in range(5_000)})
    names = ", ".join(f'"b{number}"' for number in range(5_000))
    found = await answer(f"{{ sureBoxes(names: [{names}]) {{ sure {{ label }} }} }}", at_hand)
    assert [error.message for error in found.errors or ()] == ["one"]


def test_many_texts_are_guessed() -> None:
    """Wherever the long ones are; some of a hundred tries are over, some under, and all together about right."""
    assert (length(["a", None, "bc"], 100), length([None, {"d": 1}], 100)) == (3, len("{'d': 1}"))
    texts = ["x" * 10] * 9_000 + ["x" * 20_000] * 1_000
    guesses = [length(texts[number:] + texts[:number], 100) for number in range(100)]
    assert all(abs(guess / sum(map(len, texts)) - 1) < 0.2 for guess in guesses)


async def test_nothing_is_refused_by_a_guess(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few long texts among many short ones are guessed to be many, and counted then."""
    at_hand = context(**{f"b{number}": box("x" * 5_000 * (number % 100 == 0)) for number in range(1_000)})
    monkeypatch.setattr(response_size, "MOST", 1_001 * AN_OBJECT + 1_000 * (9 + A_VALUE) + 10 * 5_000)
    for _ in range(30):
        assert (await answer("{ boxes { label } }", at_hand)).data is not None
