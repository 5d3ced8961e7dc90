"""Which objectives have others above them than before, of which they store whether there are any."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from service.events.models import Verb

# What is done to alignments of the first one of the objectives that these count in.
ALIGNING = frozenset({Verb.ALIGNED, Verb.UNALIGNED})


@dataclass
class Realignment:
    """The objectives of a transaction that serve others than before, or others that have changed, by their `ids`. Those
    directly `below` some are such, too: `children`, where these were locked together."""

    ids: set[UUID] = field(default_factory=set)
    below: set[UUID] = field(default_factory=set)
    children: dict[UUID, set[UUID]] = field(default_factory=dict)

    def note(self, verb: Verb, objectives: Sequence[UUID]) -> None:
        """Notes what was done to a row that counts in objectives."""
        if verb in ALIGNING:
            self.ids.update(objectives[:1])

    def add_known(self) -> set[UUID]:
        """Adds those below as far as they are known; below which they are not."""
        unknown = self.below - self.children.keys()
        self.ids.update(*(self.children[id] for id in self.below - unknown))
        self.below.clear()
        return unknown
