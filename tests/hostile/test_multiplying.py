"""Short documents that ask for very much are ended early, however often they are sent."""

import pytest

from tests.hostile import bodies
from tests.hostile import multiplying as made
from tests.hostile.target import STRICT, Answer, Target, at_once

FINE = Answer(200, None)
TOO_LARGE = Answer(200, "RESPONSE_TOO_LARGE")
INVALID = Answer(200, "GRAPHQL_VALIDATION_FAILED")
TIMES = 240 if STRICT else 12

ATTACKS = {
    "the cycle's objectives of each objective, once": (made.repeat_field(1, made.cycles(1)), FINE),
    "45 objectives of each of 45, twice over": (made.repeat_field(1, made.cycles(2, first=45)), FINE),
    "the cycle's objectives of each objective, twice over": (made.repeat_field(1, made.cycles(2)), TOO_LARGE),
    "… three times over": (made.repeat_field(1, made.cycles(3)), TOO_LARGE),
    "… four times over": (made.repeat_field(1, made.cycles(4)), INVALID),
    "… once, under 20 aliases": (made.repeat_field(20, made.cycles(1)), TOO_LARGE),
    "… three times over, under 20 aliases": (made.repeat_field(20, made.cycles(3)), TOO_LARGE),
}


@pytest.fixture(scope="module", autouse=True)
def furnished(target: Target) -> None:
    """A hundred objectives of the attacker, in one cycle and one tree."""
    imported = {"query": bodies.MUTATION, "variables": {"input": {"items": made.items()}}}
    assert target.posted(imported) == (FINE, b'{"data":{"workspaceImport":{"applied":true}}}')
    # The plans of a statement are made at its first uses.
    for _ in range(3):
        assert target.post(made.repeat_field(1, made.cycles(2))) == TOO_LARGE


@pytest.mark.parametrize("name", ATTACKS)
def test_what_multiplies(target: Target, name: str) -> None:
    body, expected = ATTACKS[name]
    target.endure(name, lambda _: target.post(body), expected)


@pytest.mark.parametrize(
    "name", ["45 objectives of each of 45, twice over", "… three times over", "… once, under 20 aliases"]
)
def test_what_multiplies_six_at_a_time(target: Target, name: str) -> None:
    body, expected = ATTACKS[name]
    target.endure(f"{name}, six at a time", lambda _: at_once(6, lambda: target.post(body)), expected)


def test_one_id_a_hundred_times(target: Target) -> None:
    root = target.ids('{ objectives(filter: {externalId: {eq: "o0"}}) { nodes { id } } }')[0]
    body = made.one_id(20, 100, root)
    target.endure("`nodes` of one id a hundred times under 20 aliases", lambda _: target.post(body), TOO_LARGE)


def test_refused_ones_again_and_again(target: Target) -> None:
    body = made.repeat_field(1, made.cycles(2))
    target.endure_again("refused ones", TIMES, lambda: target.post(body), TOO_LARGE)


def test_memory_is_back(target: Target) -> None:
    target.assert_memory_is_back()
