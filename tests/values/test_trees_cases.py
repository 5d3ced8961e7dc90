"""Loops of parents, and levels of inputs, case by case."""

import itertools

import pytest

from service.values.trees import find_levels, find_loop


@pytest.mark.parametrize(
    ("parents", "nodes", "loop"),
    [
        ({}, ["a"], None),
        ({"a": None}, ["a"], None),
        ({"a": "b", "b": "c"}, ["a", "b", "c"], None),
        ({"a": "a"}, ["a"], "a"),
        ({"a": "b", "b": "a"}, ["b"], "b"),
        ({"a": "b", "b": "c", "c": "b"}, ["a"], "a"),
        ({"a": "b", "b": "a", "c": None}, ["c"], None),
    ],
)
def test_a_loop_of_parents(parents: dict[str, str | None], nodes: list[str], loop: str | None) -> None:
    assert find_loop(parents, nodes) == loop


@pytest.mark.parametrize(
    ("inputs", "levels", "loop"),
    [
        ({}, [], None),
        ({"a": []}, [["a"]], None),
        ({"a": ["b", "c"], "b": ["c"]}, [["c"], ["b"], ["a"]], None),
        ({"a": ["a"]}, [], {"a"}),
        ({"a": ["b"], "b": ["a"], "c": ["a"], "d": ["e"]}, [["e"], ["d"]], {"a", "b"}),
    ],
)
def test_levels_of_inputs(inputs: dict[str, list[str]], levels: list[list[str]], loop: set[str] | None) -> None:
    ordered, path = find_levels(inputs)
    assert ordered == levels
    assert (None if path is None else set(path)) == loop
    if path is not None:
        assert path[0] == path[-1]
        assert all(later in inputs[earlier] for earlier, later in itertools.pairwise(path))
