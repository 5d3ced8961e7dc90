"""The arithmetic of the drill: what an answer means, what is lost, and when the service served again."""

from typing import Any

import pytest

from tests.drill.ledger import Entry, Ledger, Outcome, Verdict, Write, outcome_of, served_again

A, B, C, D, E = (Write(f"id-{name}", name) for name in "ABCDE")


def error(code: str) -> dict[str, Any]:
    return {"message": "?", "extensions": {"code": code}}


@pytest.mark.parametrize(
    ("status", "body", "outcome", "code"),
    [
        (200, {"data": {"made": {"object": {"id": "x"}, "userErrors": []}}}, Outcome.ACKNOWLEDGED, None),
        (200, {"data": {"objectives": {"nodes": []}}}, Outcome.ACKNOWLEDGED, None),
        (200, {"data": {"made": {"object": None, "userErrors": [{"code": "TAKEN"}]}}}, Outcome.OTHER, "TAKEN"),
        (503, {"errors": [error("SERVICE_UNAVAILABLE")]}, Outcome.REFUSED, "SERVICE_UNAVAILABLE"),
        (503, {"errors": [error("OPERATION_TIMEOUT")]}, Outcome.REFUSED, "OPERATION_TIMEOUT"),
        (200, {"data": None, "errors": [error("OPERATION_TIMEOUT")]}, Outcome.REFUSED, "OPERATION_TIMEOUT"),
        (200, {"data": {"made": None}, "errors": [error("COMMIT_UNCONFIRMED")]}, Outcome.UNKNOWN, "COMMIT_UNCONFIRMED"),
        (
            200,
            {"data": {"made": None}, "errors": [error("COMMITTED_WITHOUT_RESULT")]},
            Outcome.COMMITTED,
            "COMMITTED_WITHOUT_RESULT",
        ),
        (401, {"errors": [error("UNAUTHENTICATED")]}, Outcome.OTHER, "UNAUTHENTICATED"),
        (200, {"data": None, "errors": [error("INTERNAL_SERVER_ERROR")]}, Outcome.FAILED, "INTERNAL_SERVER_ERROR"),
        (500, None, Outcome.FAILED, "500"),
        (503, "not JSON of GraphQL", Outcome.FAILED, "503"),
        (404, None, Outcome.OTHER, "404"),
        (200, {"data": None}, Outcome.OTHER, "200"),
    ],
)
def test_what_an_answer_means(status: int, body: Any, outcome: Outcome, code: str | None) -> None:
    assert outcome_of(status, body) == (outcome, code)


def noted(*entries: Entry, fault_at: float | None = None) -> Ledger:
    ledger = Ledger()
    for entry in entries:
        ledger.note(entry)
    if fault_at is not None:
        ledger.note_fault(fault_at)
    return ledger


def test_the_verdict_of_a_drill_in_which_all_is_well() -> None:
    ledger = noted(
        Entry(A, 0.0, 0.1, Outcome.ACKNOWLEDGED),
        Entry(B, 1.0, 1.6, Outcome.REFUSED, "SERVICE_UNAVAILABLE"),
        Entry(C, 1.6, 2.0, Outcome.UNKNOWN, "ReadError"),
        Entry(D, 2.0, 2.0, Outcome.UNREACHED, "ConnectError"),
        Entry(E, 2.0, 3.25, Outcome.COMMITTED, "COMMITTED_WITHOUT_RESULT"),
        Entry(None, 2.0, 2.5, Outcome.REFUSED, "SERVICE_UNAVAILABLE"),
        Entry(None, 2.0, 2.5, Outcome.ACKNOWLEDGED),
        Entry(Write("id-F", "F"), 3.0, 3.5, Outcome.ACKNOWLEDGED),
        fault_at=1.0,
    )
    counts = {A: 1, C: 1, E: 1, Write("id-F", "F"): 1, Write("id-G", "of nobody"): 1}
    assert ledger.judge(counts, counts) == Verdict(
        acknowledged=2,
        lost=0,
        existing_though_refused=0,
        refused=1,
        unknown=1,
        unreached=1,
        others={"COMMITTED_WITHOUT_RESULT": 1},
        failed=0,
        reads=2,
        reads_not_served=1,
        stale_reads=0,
        max_wait_ms=1250,
        served_again=2.5,
    )


@pytest.mark.parametrize(
    ("events", "rows"),
    [({}, {}), ({A: 1}, {}), ({}, {A: 1}), ({A: 2}, {A: 1}), ({A: 1}, {A: 2}), ({Write("id-A", "older"): 1}, {A: 1})],
    ids=["nowhere", "no row", "no event", "two events", "two rows", "another value"],
)
@pytest.mark.parametrize("outcome", [Outcome.ACKNOWLEDGED, Outcome.COMMITTED])
def test_what_is_not_found_exactly_once_is_lost(
    events: dict[Write, int], rows: dict[Write, int], outcome: Outcome
) -> None:
    ledger = noted(Entry(A, 0, 1, outcome), Entry(B, 0, 1, Outcome.UNKNOWN))
    assert ledger.judge(events, rows).lost == 1
    assert ledger.judge({A: 1}, {A: 1}).lost == 0


@pytest.mark.parametrize("outcome", [Outcome.REFUSED, Outcome.UNREACHED])
def test_what_was_refused_is_not_to_be_found(outcome: Outcome) -> None:
    ledger = noted(Entry(A, 0, 1, outcome))
    assert ledger.judge({A: 1}, {}).existing_though_refused == 1
    assert ledger.judge({}, {A: 1}).existing_though_refused == 1
    assert ledger.judge({B: 1}, {B: 1}).existing_though_refused == 0


def test_failures_of_reads_and_writes_count_alike() -> None:
    ledger = noted(Entry(A, 0, 1, Outcome.FAILED, "500"), Entry(None, 0, 1, Outcome.FAILED, "500"))
    assert ledger.judge({}, {}).failed == 2


def test_when_it_served_again() -> None:
    before = Entry(A, 0, 1, Outcome.ACKNOWLEDGED)
    refused, served = Entry(B, 1, 4, Outcome.REFUSED), Entry(C, 2, 5, Outcome.ACKNOWLEDGED)
    later = Entry(D, 5, 6, Outcome.ACKNOWLEDGED)
    assert served_again([before, refused, served, later], 2) == 3
    assert served_again([before, served, later], 2) == 3
    assert served_again([before, served, refused, later], 2) == 3
    assert served_again([before, served, later, Entry(E, 5, 7, Outcome.UNKNOWN)], 2) is None
    assert served_again([before, refused], 2) is None
    assert served_again([before], 2) is None
    assert served_again([before, served], None) is None


def test_it_is_steady_after_a_second_of_acknowledged_writes() -> None:
    refused, served = Entry(A, 0, 1, Outcome.REFUSED), Entry(B, 1, 1.5, Outcome.ACKNOWLEDGED)
    assert not noted().is_steady(2)
    assert not noted(refused, served).is_steady(1.9)
    assert noted(refused, served).is_steady(2.1)
    assert not noted(refused, served).is_steady(3)
    assert not noted(Entry(None, 1, 1.5, Outcome.ACKNOWLEDGED)).is_steady(2)
