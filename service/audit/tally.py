"""Counts equal occurrences, so that a client that repeats what is refused makes few audit events."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from service.audit.kinds import AuditEventKind

WINDOW_SECONDS = 60.0
# Different occurrences of an organization within a minute; further ones are counted together, by kind and code.
MAX_DIFFERENT = 100
# Different occurrences of all organizations, and rows that wait for the database. Further ones are lost.
MAX_ENTRIES = 10_000
MAX_TEXT_LENGTH = 200


class Occurrence(NamedTuple):
    """What happened. Equal ones are counted together.

    Without an organization it can be no audit event of one, and is only logged.
    """

    organization_id: UUID | None
    kind: AuditEventKind
    code: str
    actor_id: UUID | None = None
    service_account_id: UUID | None = None
    api_key_id: UUID | None = None
    subject_type: str | None = None
    subject_id: UUID | None = None
    client_address: str | None = None
    operation: str | None = None
    path: str | None = None

    @property
    def folded(self) -> "Occurrence":
        """All that stays of it when there are too many different ones."""
        return Occurrence(self.organization_id, self.kind, self.code)


class Counted(NamedTuple):
    """An occurrence, the time and the request id of its first one, and how many there were."""

    occurrence: Occurrence
    at: datetime
    request_id: str | None
    times: int


@dataclass(slots=True)
class _Entry:
    """The repeats of an occurrence within a minute. `began` is in seconds of the caller's timer."""

    began: float
    at: datetime
    request_id: str | None
    repeats: int = 0


class Tally:
    """The first one of equal occurrences is to be written at once, and its repeats within a minute together after it.

    `lost` is how many were neither written nor counted, because there were too many. Memory is bounded. Times in
    seconds are those of any timer that never goes back.
    """

    def __init__(self) -> None:
        self.lost = 0
        self._entries: dict[Occurrence, _Entry] = {}
        self._different: Counter[UUID | None] = Counter()
        self._unwritten: list[Counted] = []

    @property
    def is_empty(self) -> bool:
        """Whether nothing is to be written, now or later."""
        return not self._entries and not self._unwritten

    def note(self, occurrence: Occurrence, at: datetime, request_id: str | None, seconds: float) -> None:
        """Counts an occurrence."""
        entry = self._entries.get(occurrence)
        if entry is None and not self._has_room(occurrence):
            occurrence = occurrence.folded
            entry = self._entries.get(occurrence)
        if entry is None:
            self._add(occurrence, at, request_id, seconds)
            return
        if not entry.repeats:
            entry.at, entry.request_id = at, request_id
        entry.repeats += 1

    def take_due(self, seconds: float) -> list[Counted]:
        """What is to be written now, which is forgotten: first ones, and repeats whose minute has ended."""
        return self._take([key for key, entry in self._entries.items() if entry.began + WINDOW_SECONDS <= seconds])

    def take_all(self) -> list[Counted]:
        """All that was counted, which is forgotten."""
        return self._take(list(self._entries))

    def put_back(self, counted: Iterable[Counted]) -> None:
        """Keeps what could not be written, as far as there is room."""
        for each in counted:
            if len(self._unwritten) < MAX_ENTRIES:
                self._unwritten.append(each)
            else:
                self.lost += each.times

    def _has_room(self, occurrence: Occurrence) -> bool:
        return self._different[occurrence.organization_id] < MAX_DIFFERENT and len(self._entries) < MAX_ENTRIES

    def _add(self, occurrence: Occurrence, at: datetime, request_id: str | None, seconds: float) -> None:
        if len(self._unwritten) >= MAX_ENTRIES:
            self.lost += 1
            return
        self._entries[occurrence] = _Entry(seconds, at, request_id)
        self._different[occurrence.organization_id] += 1
        self._unwritten.append(Counted(occurrence, at, request_id, 1))

    def _take(self, ended: Iterable[Occurrence]) -> list[Counted]:
        taken, self._unwritten = self._unwritten, []
        for occurrence in ended:
            entry = self._entries.pop(occurrence)
            self._different[occurrence.organization_id] -= 1
            if not self._different[occurrence.organization_id]:
                del self._different[occurrence.organization_id]
            if entry.repeats:
                taken.append(Counted(occurrence, entry.at, entry.request_id, entry.repeats))
        return taken


def shortened(text: str | None) -> str | None:
    """A text that a client chose, in a length that a row may have."""
    return text if text is None or len(text) <= MAX_TEXT_LENGTH else f"{text[: MAX_TEXT_LENGTH - 1]}…"
