"""The ledger of a drill: what was answered to each request, and what it says beside what is found afterwards."""

from collections import Counter
from collections.abc import Iterable, Mapping
from enum import StrEnum
from typing import Any, NamedTuple

# Codes that promise that nothing was done.
REFUSING = ("SERVICE_UNAVAILABLE", "OPERATION_TIMEOUT")
# Seconds without any failure after which the service counts as steady.
STEADY_SECONDS = 1.0


class Outcome(StrEnum):
    """What a client knows after a request."""

    ACKNOWLEDGED = "acknowledged"
    COMMITTED = "committed without a result"
    REFUSED = "refused"
    UNKNOWN = "unknown"
    UNREACHED = "no connection"
    OTHER = "other"
    FAILED = "failed"


# Answers after which a write has to be found, and after which it must not be.
KEPT = (Outcome.ACKNOWLEDGED, Outcome.COMMITTED)
UNDONE = (Outcome.REFUSED, Outcome.UNREACHED)


class Write(NamedTuple):
    """One change: the id of the row that it makes or changes, and the value that no other write gives to it."""

    id: str
    value: str


class Entry(NamedTuple):
    """One request, with the seconds of a monotonic clock at which it was sent and answered.

    `write` is None for a read; `code` is that of the first error, if there was any.
    """

    write: Write | None
    sent: float
    ended: float
    outcome: Outcome
    code: str | None = None


class Verdict(NamedTuple):
    """A ledger beside what was found afterwards. Waits are in milliseconds, `served_again` in seconds; it is None when
    no write was acknowledged after the last one that was not."""

    acknowledged: int
    lost: int
    existing_though_refused: int
    refused: int
    unknown: int
    unreached: int
    others: Mapping[str, int]
    failed: int
    reads: int
    reads_not_served: int
    stale_reads: int
    max_wait_ms: int
    served_again: float | None


class Ledger:
    """The requests of all clients of one drill, in the order of their answers."""

    def __init__(self) -> None:
        self.entries: list[Entry] = []
        self.stale_reads = 0
        self.fault_at: float | None = None

    def note(self, entry: Entry) -> None:
        """Adds a request that was answered, or is known to be without an answer."""
        self.entries.append(entry)

    def note_fault(self, at: float) -> None:
        """Says when the fault happened; the last time counts."""
        self.fault_at = at

    def is_steady(self, now: float) -> bool:
        """Whether of the writes answered within the last second all were acknowledged, and there was one."""
        recent = [entry.outcome for entry in self.entries if entry.write and entry.ended > now - STEADY_SECONDS]
        return bool(recent) and set(recent) == {Outcome.ACKNOWLEDGED}

    def judge(self, events: Mapping[Write, int], rows: Mapping[Write, int]) -> Verdict:
        """The verdict, given how often each write was found among the events and among the rows."""
        writes = [entry for entry in self.entries if entry.write is not None]
        reads = [entry for entry in self.entries if entry.write is None]
        counts = Counter(entry.outcome for entry in writes)
        confirmed = [entry.write for entry in writes if entry.outcome in KEPT]
        undone = [entry.write for entry in writes if entry.outcome in UNDONE]
        return Verdict(
            acknowledged=counts[Outcome.ACKNOWLEDGED],
            lost=sum(write is not None and (events.get(write), rows.get(write)) != (1, 1) for write in confirmed),
            existing_though_refused=sum(write in events or write in rows for write in undone),
            refused=counts[Outcome.REFUSED],
            unknown=counts[Outcome.UNKNOWN],
            unreached=counts[Outcome.UNREACHED],
            others=Counter(
                entry.code or "?" for entry in writes if entry.outcome in (Outcome.OTHER, Outcome.COMMITTED)
            ),
            failed=sum(entry.outcome is Outcome.FAILED for entry in self.entries),
            reads=len(reads),
            reads_not_served=sum(entry.outcome is not Outcome.ACKNOWLEDGED for entry in reads),
            stale_reads=self.stale_reads,
            max_wait_ms=round(max((entry.ended - entry.sent for entry in self.entries), default=0) * 1000),
            served_again=served_again(writes, self.fault_at),
        )


def served_again(writes: Iterable[Entry], fault_at: float | None) -> float | None:
    """Seconds from a fault to the first acknowledged write after the last one that was not; None without one."""
    if fault_at is None:
        return None
    after = [entry for entry in writes if entry.ended > fault_at]
    failed = max((entry.ended for entry in after if entry.outcome is not Outcome.ACKNOWLEDGED), default=fault_at)
    served = [entry.ended for entry in after if entry.outcome is Outcome.ACKNOWLEDGED and entry.ended > failed]
    return min(served) - fault_at if served else None


def outcome_of(status: int, body: Any) -> tuple[Outcome, str | None]:
    """What an HTTP status and the decoded body of a GraphQL response mean, and the code of the first error."""
    body = body if isinstance(body, dict) else {}
    code = next((error.get("extensions", {}).get("code", "?") for error in body.get("errors") or ()), None)
    if code == "COMMIT_UNCONFIRMED":
        return Outcome.UNKNOWN, code
    if code == "COMMITTED_WITHOUT_RESULT":
        return Outcome.COMMITTED, code
    if code == "INTERNAL_SERVER_ERROR" or (status >= 500 and code not in REFUSING):
        return Outcome.FAILED, code or str(status)
    if code in REFUSING:
        return Outcome.REFUSED, code
    if status != 200 or code or not isinstance(body.get("data"), dict):
        return Outcome.OTHER, code or str(status)
    for payload in body["data"].values():
        for error in (payload or {}).get("userErrors", ()):
            return Outcome.OTHER, str(error["code"])
    return Outcome.ACKNOWLEDGED, None
