"""Imports as large as bodies may be end in time, and others do not wait for them."""

from typing import Any

import pytest

from schema.workspace import MAX_ITEMS
from tests.hostile import bodies
from tests.hostile.multiplying import items
from tests.hostile.target import STRICT, Answer, Target

FINE = Answer(200, None)
BAD_INPUT = Answer(200, "BAD_USER_INPUT")
COUNTS = (2_000, MAX_ITEMS, 6_000, 20_000) if STRICT else (1_000, 6_000)
QUERY = bodies.MUTATION.replace("applied", "applied created failed userErrors { code } results { outcome }")


def imported(each: list[dict[str, Any]]) -> dict[str, Any]:
    """The body of an import, a cycle before the items."""
    return {"query": QUERY, "variables": {"input": {"items": [items()[0], *each]}}}


def objectives(count: int, mark: str, **facts: str) -> list[dict[str, Any]]:
    """Objectives whose external ids begin with a mark."""
    named = {"title": "An objective", "cycle": "c", **facts}
    return [{"objective": {**named, "externalId": f"{mark}-{number}"}} for number in range(count)]


@pytest.mark.parametrize("count", COUNTS)
def test_objectives(target: Target, count: int) -> None:
    marks = iter("abc")
    target.endure(
        f"an import of {count} objectives",
        lambda _: target.post(imported(objectives(count - 1, f"{count}{next(marks)}"))),
        FINE,
    )


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("that are long", {"title": "t" * 250, "description": "d" * 550}),
        ("that refer to nothing", {"cycle": "nothing"}),
    ],
)
def test_objectives_of_a_kind(target: Target, name: str, facts: dict[str, str]) -> None:
    count, marks = MAX_ITEMS if STRICT else 1_000, iter("abc")
    target.endure(
        f"an import of {count} objectives {name}",
        lambda _: target.post(imported(objectives(count - 1, f"{name[5:7]}{next(marks)}", **facts))),
        FINE,
    )


def test_items_that_cannot_be_read(target: Target) -> None:
    count = MAX_ITEMS if STRICT else 1_000
    each = [{"objective": {"externalId": f"x{number}", "title": 5}} for number in range(count - 1)]
    target.endure(f"an import of {count} items that cannot be read", lambda _: target.post(imported(each)), BAD_INPUT)


def test_memory_is_back(target: Target) -> None:
    target.assert_memory_is_back()
