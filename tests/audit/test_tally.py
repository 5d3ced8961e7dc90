"""Equal occurrences are counted: the first one at once, its repeats after a minute, and never too many."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

from service.audit.kinds import AuditEventKind
from service.audit.tally import MAX_DIFFERENT, MAX_ENTRIES, Counted, Occurrence, Tally, shortened

NOON = datetime(2026, 7, 2, 12, tzinfo=UTC)
HERE, THERE = UUID(int=1), UUID(int=2)


def failure(organization_id: UUID | None = HERE, address: str = "10.0.0.1") -> Occurrence:
    return Occurrence(organization_id, AuditEventKind.SIGN_IN_FAILED, "KEY_WRONG", client_address=address)


def note(tally: Tally, occurrence: Occurrence, seconds: float = 0.0, request: str = "r") -> None:
    tally.note(occurrence, NOON + timedelta(seconds=seconds), request, seconds)


def test_the_first_one_is_due_at_once_and_repeats_after_a_minute() -> None:
    tally = Tally()
    note(tally, failure(), 0, "first")
    assert tally.take_due(0) == [Counted(failure(), NOON, "first", 1)]
    note(tally, failure(), 10, "second")
    note(tally, failure(), 20, "third")
    assert tally.take_due(59.9) == []
    assert not tally.is_empty
    assert tally.take_due(60) == [Counted(failure(), NOON + timedelta(seconds=10), "second", 2)]
    assert tally.is_empty
    note(tally, failure(), 61, "fourth")
    assert tally.take_due(61) == [Counted(failure(), NOON + timedelta(seconds=61), "fourth", 1)]


def test_without_repeats_there_is_one_row() -> None:
    tally = Tally()
    note(tally, failure())
    assert len(tally.take_due(0)) == 1
    assert tally.take_due(60) == []
    assert tally.is_empty


def test_different_ones_are_counted_apart() -> None:
    tally = Tally()
    each = [failure(), failure(THERE), failure(address="10.0.0.2"), failure(None)]
    for occurrence in each:
        note(tally, occurrence)
    assert tally.take_due(0) == [Counted(occurrence, NOON, "r", 1) for occurrence in each]


def test_too_many_different_ones_of_an_organization_are_counted_together() -> None:
    tally = Tally()
    for number in range(MAX_DIFFERENT + 5):
        note(tally, failure(address=f"10.0.0.{number}"))
    note(tally, failure(THERE))
    taken = tally.take_due(0)
    assert len(taken) == MAX_DIFFERENT + 2
    assert taken[-2:] == [Counted(failure().folded, NOON, "r", 1), Counted(failure(THERE), NOON, "r", 1)]
    assert failure().folded == Occurrence(HERE, AuditEventKind.SIGN_IN_FAILED, "KEY_WRONG")
    assert tally.take_due(60) == [Counted(failure().folded, NOON, "r", 4)]
    # Each minute anew.
    note(tally, failure(address="10.0.0.200"), 61)
    assert [counted.occurrence for counted in tally.take_due(61)] == [failure(address="10.0.0.200")]


def test_what_cannot_be_written_is_kept_as_far_as_there_is_room() -> None:
    tally = Tally()
    tally.put_back([Counted(failure(), NOON, "r", 1)] * (MAX_ENTRIES - 1))
    tally.put_back([Counted(failure(), NOON, "r", 3), Counted(failure(), NOON, "r", 7)])
    assert tally.lost == 7
    note(tally, failure(THERE))
    assert tally.lost == 8
    assert len(tally.take_due(0)) == MAX_ENTRIES
    assert tally.is_empty


def test_all_that_was_counted_can_be_taken() -> None:
    tally = Tally()
    note(tally, failure())
    note(tally, failure(), 5)
    assert [counted.times for counted in tally.take_all()] == [1, 1]
    assert tally.is_empty


def test_texts_of_clients_are_cut() -> None:
    assert [shortened(text) for text in (None, "x" * 200, "x" * 201)] == [None, "x" * 200, "x" * 199 + "…"]
