"""Moving a row among its siblings puts it where it is wanted, and moves the others only when it has to."""

from uuid import UUID

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from service.values.positions import placed

quick = settings(deadline=None, max_examples=150)
positions = st.sampled_from([0.0, 1.0, 2.0, 1782993600.0]) | st.floats(-1e9, 1e10)
Siblings = list[tuple[UUID, float]]


@st.composite
def rows(draw: st.DrawFn) -> Siblings:
    """Siblings in order, by position and then by id; positions may be equal, or beside each other."""
    found = [(UUID(int=number), position) for number, position in enumerate(draw(st.lists(positions, max_size=8)))]
    return sorted(found, key=lambda sibling: (sibling[1], sibling[0]))


def order(siblings: Siblings) -> list[UUID]:
    return [id for id, _ in sorted(siblings, key=lambda sibling: (sibling[1], sibling[0]))]


def wanted(siblings: Siblings, moved: UUID, after: UUID | None) -> list[UUID]:
    others = [id for id, _ in siblings if id != moved]
    place = 0 if after is None else others.index(after) + 1
    return [*others[:place], moved, *others[place:]]


def with_move(siblings: Siblings, moved: UUID, after: UUID | None) -> Siblings:
    changed = placed(siblings, moved, after)
    return list({**dict(siblings), **changed}.items())


@quick
@given(rows(), st.integers(0, 9), st.integers(-1, 9))
def test_the_order_is_the_wanted_one(siblings: Siblings, which: int, where: int) -> None:
    # Sometimes the one that is moved is not among them yet.
    moved = UUID(int=which)
    others = [id for id, _ in siblings if id != moved]
    after = None if where < 0 or not others else others[where % len(others)]
    result = with_move(siblings, moved, after)
    assert order(result) == wanted(siblings, moved, after)
    changed = placed(siblings, moved, after)
    by_id = dict(siblings)
    place = wanted(siblings, moved, after).index(moved)
    neighbours = [by_id[id] for id in others[max(place - 1, 0) : place + 1]] if 0 < place < len(others) else []
    if len(changed) == 1:
        assert changed.keys() == {moved}
        assert not neighbours or neighbours[0] < changed[moved] < neighbours[1]
    else:
        lower, upper = neighbours
        assert not lower < (lower + upper) / 2 < upper
        found = [changed[id] for id in order(result)]
        assert found == sorted(set(found))
        assert len(found) == len(others) + 1


@quick
@given(st.integers(2, 6), st.lists(st.tuples(st.integers(0, 5), st.integers(-1, 5)), max_size=40))
def test_any_history_of_moves_keeps_positions_strictly_increasing(size: int, moves: list[tuple[int, int]]) -> None:
    siblings = [(UUID(int=number), 1782993600.0 + number) for number in range(size)]
    expected = [id for id, _ in siblings]
    for which, where in moves:
        moved = UUID(int=which % size)
        others = [id for id in expected if id != moved]
        after = None if where < 0 else others[where % len(others)]
        siblings = sorted(with_move(siblings, moved, after), key=lambda sibling: sibling[1])
        expected = wanted([(id, 0.0) for id in expected], moved, after)
        assert [id for id, _ in siblings] == expected
        assert len({position for _, position in siblings}) == size


def test_a_gap_that_is_used_up_numbers_all_of_them_anew() -> None:
    first, second, third = (UUID(int=number) for number in (1, 2, 3))
    siblings = [(first, 1.0), (second, 1.0 + 2**-52), (third, 9.0)]
    assert placed(siblings, third, first) == {first: 1.0, third: 2.0, second: 3.0}
    assert placed(siblings, third, None) == {third: 0.0}
    assert placed(siblings, first, third) == {first: 10.0}
    assert placed([], first, None) == {first: 1.0}


def test_the_same_gap_can_be_halved_fifty_times_before_others_move() -> None:
    ids = [UUID(int=number) for number in range(3)]
    siblings = [(ids[0], 1.0), (ids[1], 2.0), (ids[2], 3.0)]
    for turn in range(50):
        moved = siblings[2][0]
        changed = placed(siblings, moved, ids[0])
        assert changed.keys() == {moved}, turn
        siblings = sorted(({**dict(siblings), **changed}).items(), key=lambda sibling: sibling[1])


@pytest.mark.parametrize("after", [UUID(int=1), UUID(int=7)])
def test_after_itself_or_a_stranger_there_is_no_place(after: UUID) -> None:
    with pytest.raises(KeyError):
        placed([(UUID(int=1), 1.0), (UUID(int=2), 2.0)], UUID(int=1), after)
