"""Conditions of a filter on goals around a row, of which a column stores whether there are any and who sees them."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import ColumnElement, and_, or_, text

from service.reading.branches import Access
from service.reading.statements import constant
from service.values.presence import Presence

Accesses = Sequence[tuple[tuple[ColumnElement[bool], ...], Access | None]]
# Nothing is looked up for those who see all.
SEES_ALL: Any = text("'PRIVATE' = ANY(:visibilities)")
SEES_NOT_ALL: Any = text("NOT ('PRIVATE' = ANY(:visibilities))")
# A share token does not see what everybody in the organization sees.
SEES_OPEN: Any = text("'ORGANIZATION' = ANY(:visibilities)")
SEES_NOT_OPEN: Any = text("NOT ('ORGANIZATION' = ANY(:visibilities))")


class Surroundings(ABC):
    """What a filter compares with: an `expression` that differs between viewers, and how indexes find the rows."""

    @property
    @abstractmethod
    def expression(self) -> ColumnElement[Any]:
        """What is compared."""

    @property
    def type(self) -> Any:
        """The type of what is compared."""
        return self.expression.type

    @abstractmethod
    def moved(self, move: Callable[[Any], Any]) -> "Surroundings":
        """The same of rows under another name."""

    @abstractmethod
    def accesses(self, part: Any) -> Accesses:
        """How indexes find the rows that meet this part of a filter, in parts of which each has all conditions for it;
        no parts: there is no way."""


@dataclass(frozen=True, eq=False)
class Around(Surroundings):
    """Whether the viewer sees goals around a row. `presence` is the column with what is stored, `seen` the condition
    that there is one which the viewer sees. If most rows are OPEN (`is_usually_open`), these are not in its index. The
    index of the column `within`, if there is one, has the others apart."""

    presence: Any
    seen: ColumnElement[bool]
    is_usually_open: bool = False
    within: Any = None

    @property
    def expression(self) -> ColumnElement[bool]:
        """Whether there is any."""
        is_open = and_(self.presence == constant(Presence.OPEN), SEES_OPEN)
        return and_(self.presence != constant(Presence.NONE), or_(SEES_ALL, is_open, self.seen))

    def moved(self, move: Callable[[Any], Any]) -> "Around":
        """The same of rows under another name."""
        within = None if self.within is None else move(self.within)
        return replace(self, presence=move(self.presence), seen=move(self.seen), within=within)

    def accesses(self, part: Any) -> Accesses:
        """The rows of each presence that may have what is looked for: the usual ones in the order of the list, and only
        for those who may find some."""
        none, restricted, is_open = (self.presence == constant(each) for each in Presence)
        if part.comparator == "true":
            if self.is_usually_open:
                return []
            return [
                ((is_open, part.condition), Access((is_open,))),
                ((restricted, part.condition), Access((restricted,))),
            ]
        usual = None if self.is_usually_open else Access((is_open, SEES_NOT_OPEN))
        return [
            ((none,), Access((none,), may_be_most=not self.is_usually_open)),
            ((restricted, part.condition), Access((restricted, SEES_NOT_ALL))),
            ((is_open, SEES_NOT_OPEN, part.condition), usual),
        ]
