"""A frame is a list of rows in all it says, however it was taken, joined and cut."""

from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.reading.column_batch import BatchRow, ColumnBatch

ROWS = st.lists(st.tuples(st.integers(0, 3), st.text(max_size=3), st.none() | st.integers()), max_size=12)
NAMES = ("key", "count", "items")


def make_batch(rows: list[tuple[Any, ...]]) -> ColumnBatch:
    return ColumnBatch.of(NAMES, [list(column) for column in zip(*rows, strict=True)] or [None] * len(NAMES))


def same(batch: ColumnBatch, rows: list[tuple[Any, ...] | None]) -> bool:
    """Whether a frame says of these rows what they are."""
    there = [position for position, row in enumerate(rows) if row is not None]
    assert len(batch) == len(rows)
    assert batch.present() == there
    assert batch.kinds == {type(None) if row is None else BatchRow for row in rows}
    for number, name in enumerate(NAMES):
        values = [None if row is None else row[number] for row in rows]
        assert batch.column(name) == values
        assert batch.typed(name) == (values, set(map(type, values)))
    for position, (one, row) in enumerate(zip(batch, rows, strict=True)):
        assert (one is None) == (row is None)
        if row is not None:
            assert (one.key, one["count"], one.items) == row
            assert batch[position] is one
            assert batch[position - len(rows)] is one
    return True


@given(ROWS, st.data())
def test_taken_cut_and_turned(rows: list[tuple[Any, ...]], data: st.DataObject) -> None:
    batch = make_batch(rows)
    assert same(batch, list(rows))
    position = st.none() | st.integers(0, len(rows) - 1) if rows else st.none()
    positions = data.draw(st.lists(position, max_size=12))
    selected, expected = batch.take(positions), [None if each is None else rows[each] for each in positions]
    assert same(selected, expected)
    bound = st.none() | st.integers(-13, 13)
    cut = slice(data.draw(bound), data.draw(bound), data.draw(st.sampled_from([None, 1, -1, 2])))
    assert same(batch[cut], list(rows[cut]))
    assert same(selected[cut], expected[cut])
    assert same(selected[cut].take(range(len(expected[cut]))), expected[cut])


@given(ROWS, st.data())
def test_joined(rows: list[tuple[Any, ...]], data: st.DataObject) -> None:
    batch = make_batch(rows)
    ends = sorted(data.draw(st.lists(st.integers(0, len(rows)), min_size=2, max_size=6)))
    cuts = [slice(start, end) for start, end in pairwise(ends)]
    in_a_row = batch[cuts[0]].joined([batch[cut] for cut in cuts[1:]])
    assert in_a_row is not None
    assert same(in_a_row, list(rows[ends[0] : ends[-1]]))
    cuts = data.draw(st.permutations(cuts))
    mixed = batch[cuts[0]].joined([batch[cut] for cut in cuts[1:]])
    assert mixed is not None
    assert same(mixed, [row for cut in cuts for row in rows[cut]])
    assert batch.joined([make_batch(rows)]) is None


@given(ROWS, st.lists(st.integers(0, 4), max_size=8), st.data())
def test_grouped(rows: list[tuple[Any, ...]], keys: list[int], data: st.DataObject) -> None:
    """In any order of rows, for keys in any order, with some said twice and some that no row has."""
    bound = st.integers(0, len(keys))
    cut = slice(data.draw(bound), data.draw(bound))
    for ordered in (rows, sorted(rows, key=lambda row: row[0])):
        groups = make_batch(ordered).grouped("key", keys)
        expected = [[row for row in ordered if row[0] == key] for key in keys]
        for part, there in ((groups, expected), (groups[cut], expected[cut])):
            assert part.lengths == list(map(len, there))
            assert same(part.flat, [row for group in there for row in group])
            assert len(part) == len(there)
            for position, (group, expected_rows) in enumerate(zip(part, there, strict=True)):
                assert same(group, list(expected_rows))
                assert same(part[position], list(expected_rows))


def test_a_row_says_what_it_has() -> None:
    [row] = make_batch([(1, "a", None)])
    assert (row.keys(), dict(zip(row.keys(), row, strict=True))) == (NAMES, {"key": 1, "count": "a", "items": None})
    with pytest.raises(AttributeError):
        _ = row.name
    with pytest.raises(KeyError):
        make_batch([(1, "a", None)]).column("name")
    [row_of_other_columns] = ColumnBatch.of(["a", "b"], [[1], [2]])
    assert dict(row_of_other_columns.items()) == {"a": 1, "b": 2}
