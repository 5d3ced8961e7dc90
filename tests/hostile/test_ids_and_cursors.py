"""Ids and cursors that are forged tell nothing: "not yours" and "not there" look and take the same."""

import base64
import time
from statistics import median
from typing import Any
from uuid import UUID

import orjson
import pytest

from schema.relay.node import global_id
from tests.hostile.target import STRICT, Answer, Target
from tests.kit.client import Client

FINE = Answer(200, None)
BAD_INPUT = Answer(200, "BAD_USER_INPUT")
NODE = "query($id: ID!) { node(id: $id) { id ... on Objective { title owner { name } } } }"
NOTHING = b'{"data":{"node":null}}'
SOMEBODY = UUID("01a20535-1fcd-74ae-8ec2-97207139be88")
LIST = "query($after: String) { objectives(first: 1, after: $after, orderBy: %s) { nodes { id } } }"
ORDERS = ("CREATED_AT", "POSITION", "TITLE", "UPDATED_AT")
ROUNDS = 400 if STRICT else 100


@pytest.fixture(scope="module")
async def theirs(bystander: Client) -> str:
    """The id of an objective of the other organization."""
    return await bystander.objective(await bystander.cycle(), "Nobody else may know of this")


def cursor(value: object) -> str:
    """A cursor as the service writes them, of anything."""
    return base64.urlsafe_b64encode(orjson.dumps(value)).decode().rstrip("=")


def forged(order: str) -> list[str]:
    """Cursors for an order that are not of this service, or of another order."""
    values: list[Any] = [None, 1, 1e308, "x", "x" * 2_000, [], {}, True, "9999-12-31T23:59:59-14:00"]
    good = f"{order} ASC"
    wrong: list[list[Any]] = [[good, value, id] for value in values for id in ("x", None, 5, "0" * 5_000)]
    other = [[f"{each} ASC", "x", str(SOMEBODY)] for each in ORDERS if each != order]
    return [*("", "=", "a" * 10_000, cursor([])), *map(cursor, wrong + other)]


@pytest.mark.parametrize("order", ORDERS)
def test_forged_cursors(target: Target, order: str) -> None:
    query = LIST % f"{{field: {order}, direction: ASC}}"
    bodies = [{"query": query, "variables": {"after": each}} for each in forged(order)]
    name = f"{len(bodies)} forged cursors of {order}"
    target.endure(name, lambda _: [target.post(each) for each in bodies], BAD_INPUT)


def test_what_is_not_ours_looks_as_what_is_not_there(target: Target, theirs: str) -> None:
    uuid = UUID(base64.urlsafe_b64decode(theirs + "==").decode().partition(":")[2])
    ids = {
        "not ours": theirs,
        "not there": global_id("Objective", SOMEBODY),
        "ours by another type": global_id("Person", uuid),
        "of no type": global_id("Nothing", SOMEBODY),
        "no id": "x",
    }

    def attack(_: Target) -> list[Answer]:
        answers = [target.posted({"query": NODE, "variables": {"id": id}}) for id in ids.values()]
        assert {content for _, content in answers} == {NOTHING}
        return [answer for answer, _ in answers]

    target.endure(", ".join(ids), attack, FINE)


def test_what_is_not_ours_takes_as_long_as_what_is_not_there(target: Target, theirs: str) -> None:
    times: dict[str, list[float]] = {theirs: [], global_id("Objective", SOMEBODY): []}
    for _ in range(ROUNDS):
        for id, seconds in times.items():
            began = time.perf_counter()
            assert target.posted({"query": NODE, "variables": {"id": id}}) == (FINE, NOTHING)
            seconds.append(time.perf_counter() - began)
    one, other = (median(each) for each in times.values())
    # Half of a request would be what a second statement takes.
    assert abs(one - other) < (0.1 if STRICT else 0.5) * max(one, other), (one, other)


def test_memory_is_back(target: Target) -> None:
    target.assert_memory_is_back()
