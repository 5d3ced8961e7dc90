"""What became of each item of an import."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from uuid import UUID

from service.errors import Refusal
from service.values.record import record


class ExternalIdDuplicate(Refusal):
    """An earlier item of the same type has the same external id."""

    meaning = (
        "External id that an earlier item of the same type in the import has. Send each external id once for each type."
    )


class ItemDuplicate(Refusal):
    """An earlier item already links the same two objects."""

    meaning = "Item about the same two objects as an earlier item of the import. Send one item for the two."


class ItemInvalid(Refusal):
    """The item cannot be read: {problem}"""

    meaning = "Item of an import that cannot be read: <problem> Correct the field at fault and send the item again."


def invalid(path: tuple[str, ...], problem: str) -> ItemInvalid:
    """The refusal of a field that cannot be read."""
    return ItemInvalid(path, problem=f"{'.'.join(path)}: {problem}" if path else problem)


class TooManyItems(Refusal):
    """The import has {count} items; one request may have {limit}. Use `okrgraph import` on the command line, or send
    several requests: items may refer to what earlier ones brought."""

    meaning = (
        "Import of <count> items, where one request may have <limit>. Send several requests, in which items may refer"
        " to earlier ones, or use `okrgraph import` on the command line."
    )


class ItemLoop(Refusal):
    """The item is part of a loop: following its parents leads back to it."""

    meaning = (
        "Loop of items in an import: the item is inside items that are inside it, or computed from them. Change the "
        "parent or the formula of one of them."
    )


class Outcome(StrEnum):
    CREATED = "CREATED"
    UPDATED = "UPDATED"
    UNCHANGED = "UNCHANGED"
    FAILED = "FAILED"
    SKIPPED = "SKIPPED"


# Items that refer to more refused ones than these are refused themselves.
MAX_REFUSED = 100_000

# What became of an item and its id, or why it was refused.
Verdict = tuple[Outcome, UUID | None] | Refusal


@record
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
    """The tally of an import; each result is handed to `listener` and not kept.

    `refused` are the types and external ids of items that failed or were skipped, at most 100 000.
    """

    listener: Callable[[Result], None] = lambda _: None
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    refused: set[tuple[str, str]] = field(default_factory=set)

    def fail(self, line: int, type: str, external_id: str | None, refusal: Refusal) -> None:
        """Notes that an item was refused."""
        self.add(Result(line, type, external_id, Outcome.FAILED, None, refusal))

    def add(self, result: Result) -> None:
        """Notes what became of an item."""
        self.outcomes[result.outcome] += 1
        is_refused = result.outcome in (Outcome.FAILED, Outcome.SKIPPED)
        if is_refused and result.external_id is not None and len(self.refused) < MAX_REFUSED:
            self.refused.add((result.type, result.external_id))
        self.listener(result)

    @property
    def failed(self) -> bool:
        """Whether any item failed, so that nothing may be kept."""
        return self.outcomes[Outcome.FAILED] > 0
