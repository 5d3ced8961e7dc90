"""What one change asks for and everything that is wrong with it, so that all of it can be told at once."""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, NamedTuple
from uuid import UUID

from service.errors import Refusal, Refusals


class Proposal(NamedTuple):
    """A row to insert or to update: its table, its id, and what was given for its columns. `within` is the path in
    the input to what was given."""

    row: Any
    table: Any
    id: UUID
    values: dict[str, Any]
    within: tuple[str, ...] = ()


@dataclass
class Attempt:
    """The refusals noted so far, each once, and what was proposed for which rows."""

    refusals: list[Refusal] = field(default_factory=list)
    proposals: list[Proposal] = field(default_factory=list)

    def note(self, refusals: Iterable[Refusal]) -> None:
        """Adds refusals; one with the code and the field of another, about the same name or key result in it, is
        left out."""
        for refusal in refusals:
            known = {_refusal_key(each) for each in self.refusals}
            for each in refusal.all:
                if _refusal_key(each) not in known:
                    known.add(_refusal_key(each))
                    self.refusals.append(each)

    @contextmanager
    def noting(self) -> Iterator[None]:
        """Notes the refusal that ends the block, if one does, instead of letting it out."""
        try:
            yield
        except Refusal as refusal:
            self.note([refusal])

    def include(self, part: "Attempt", *within: str) -> None:
        """Takes over what is wrong with a part of the change, and what was proposed in it. `within` is the path in the
        input to the part."""
        # Copies: what is wrong with an input is told again if the change is tried again.
        self.note(refusal.within(*within) for refusal in part.refusals)
        self.proposals += [each._replace(within=(*within, *each.within)) for each in part.proposals]

    @property
    def refusal(self) -> Refusal | None:
        """The refusal that was noted, or Refusals for several; None when all is well."""
        return Refusals(self.refusals) if len(self.refusals) > 1 else next(iter(self.refusals), None)

    def ensure_fine(self) -> None:
        """Raises the refusal that was noted, or Refusals for several."""
        if refusal := self.refusal:
            raise refusal

    def propose(self, row: Any, values: Mapping[str, Any]) -> None:
        """Remembers what is given for a row; what it refers to is looked up if the change is refused."""
        proposed = {name: value for name, value in values.items() if value is not None}
        self.proposals.append(Proposal(row, row.__table__, row.id, proposed))


def _refusal_key(refusal: Refusal) -> tuple[Any, ...]:
    return refusal.code, refusal.field, refusal.facts.get("name"), refusal.facts.get("key_result_id")
