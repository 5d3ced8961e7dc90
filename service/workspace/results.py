"""What became of each item of an import."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from service.errors import Refusal


class DuplicateExternalId(Refusal):
    """An earlier item of the same type has the same external id."""


class SaidTwice(Refusal):
    """An earlier item is about the same two already."""


class InvalidItem(Refusal):
    """The item cannot be read: {problem}"""


class InsideEachOther(Refusal):
    """The item is inside others that are inside it."""


class Outcome(StrEnum):
    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    FAILED = "FAILED"


# What became of an item and its id, or why it was refused.
Verdict = tuple[Outcome, UUID | None] | Refusal


@dataclass(frozen=True, slots=True)
class Result:
    """One item: its line, and why it failed, if it did."""

    line: int
    type: str
    external_id: str | None
    outcome: Outcome
    id: UUID | None = None
    refusal: Refusal | None = None


@dataclass
class Report:
    """The tally of an import; each result is handed to `listener` and not kept."""

    listener: Callable[[Result], None] = lambda _: None
    outcomes: Counter[Outcome] = field(default_factory=Counter)

    def fail(self, line: int, type: str, external_id: str | None, refusal: Refusal) -> None:
        """Notes that an item was refused."""
        self.add(Result(line, type, external_id, Outcome.FAILED, None, refusal))

    def add(self, result: Result) -> None:
        """Notes what became of an item."""
        self.outcomes[result.outcome] += 1
        self.listener(result)

    @property
    def failed(self) -> bool:
        """Whether any item failed, so that nothing may be kept."""
        return self.outcomes[Outcome.FAILED] > 0
