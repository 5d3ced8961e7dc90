"""Moving a row among its siblings puts it where it is wanted, and moves the others only when it has to."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.values.positions import positions_after_move

quick = settings(deadline=None, max_examples=150)
positions = st.sampled_from([0.0, 1.0, 2.0, 1782993600.0]) | st.floats(-1e9, 1e10)
Siblings = list[tuple[UUID, float]]


@st.composite
def rows(draw: st.DrawFn) -> Siblings:
    """Siblings in order, by position and then by id; positions may be equal, or beside each other."""
    drawn = [(UUID(int=number), position) for number, position in enumerate(draw(st.lists(positions, max_size=8)))]
    return sorted(drawn, key=lambda sibling: (sibling[1], sibling[0]))


def order(siblings: Siblings) -> list[UUID]:
    return [id for id, _ in sorted(siblings, key=lambda sibling: (sibling[1], sibling[0]))]


def expected_order(siblings: Siblings, moved: UUID, after: UUID | None) -> list[UUID]:
    remaining = [id for id, _ in siblings if id != moved]
    index = 0 if after is None else remaining.index(after) + 1
    return [*remaining[:index], moved, *remaining[index:]]


def with_move(siblings: Siblings, moved: UUID, after: UUID | None) -> Siblings:
    changed = positions_after_move(siblings, moved, after)
    return list({**dict(siblings), **changed}.items())


@quick
@given(rows(), st.integers(0, 9), st.integers(-1, 9))
def test_the_order_is_the_wanted_one(siblings: Siblings, which: int, where: int) -> None:
    # Sometimes the one that is moved is not among them yet.
    moved = UUID(int=which)
    remaining = [id for id, _ in siblings if id != moved]
    after = None if where < 0 or not remaining else remaining[where % len(remaining)]
    result = with_move(siblings, moved, after)
    assert order(result) == expected_order(siblings, moved, after)
    changed = positions_after_move(siblings, moved, after)
    by_id = dict(siblings)
    index = expected_order(siblings, moved, after).index(moved)
    neighbours = [by_id[id] for id in remaining[max(index - 1, 0) : index + 1]] if 0 < index < len(remaining) else []
    if len(changed) == 1:
        assert changed.keys() == {moved}
        assert not neighbours or neighbours[0] < changed[moved] < neighbours[1]
    else:
        lower, upper = neighbours
        assert not lower < (lower + upper) / 2 < upper
        new_positions = [changed[id] for id in order(result)]
        assert new_positions == sorted(set(new_positions))
        assert len(new_positions) == len(remaining) + 1


@quick
@given(st.integers(2, 6), st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 5)), max_size=40))
def test_any_history_of_moves_keeps_positions_strictly_increasing(size: int, moves: list[tuple[int, int]]) -> None:
    siblings = [(UUID(int=number), 1782993600.0 + number) for number in range(size)]
    expected = [id for id, _ in siblings]
    for which, where in moves:
        moved = UUID(int=which % size)
        remaining = [id for id in expected if id != moved]
        after = None if where < 0 else remaining[where % len(remaining)]
        siblings = sorted(with_move(siblings, moved, after), key=lambda sibling: sibling[1])
        expected = expected_order([(id, 0.0) for id in expected], moved, after)
        assert [id for id, _ in siblings] == expected
        assert len({position for _, position in siblings}) == size


def test_a_gap_that_is_used_up_numbers_all_of_them_anew() -> None:
    first, second, third = (UUID(int=number) for number in (1, 2, 3))
    siblings = [(first, 1.0), (second, 1.0 + 2**-52), (third, 9.0)]
    assert positions_after_move(siblings, third, first) == {first: 1.0, third: 2.0, second: 3.0}
    assert positions_after_move(siblings, third, None) == {third: 0.0}
    assert positions_after_move(siblings, first, third) == {first: 10.0}
    assert positions_after_move([], first, None) == {first: 1.0}


def test_the_same_gap_can_be_halved_fifty_times_before_others_move() -> None:
    ids = [UUID(int=number) for number in range(3)]
    siblings = [(ids[0], 1.0), (ids[1], 2.0), (ids[2], 3.0)]
    for round_number in range(50):
        moved = siblings[2][0]
        changed = positions_after_move(siblings, moved, ids[0])
        assert changed.keys() == {moved}, round_number
        siblings = sorted(({**dict(siblings), **changed}).items(), key=lambda sibling: sibling[1])


@pytest.mark.parametrize("after", [UUID(int=1), UUID(int=7)])
def test_after_itself_or_a_stranger_there_is_no_place(after: UUID) -> None:
    with pytest.raises(KeyError):
        positions_after_move([(UUID(int=1), 1.0), (UUID(int=2), 2.0)], UUID(int=1), after)
