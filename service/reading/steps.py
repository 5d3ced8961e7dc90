"""Values that depend on the time of a read, stored as they were at the last write, for indexes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, and_, literal_column, or_

from service.reading.branches import Access
from service.reading.reader import NOW


@dataclass(frozen=True, slots=True, eq=False)
class StoredStep:
    """The step of a step function of time that was in force when a row was written.

    `columns` hold its values, by the names of the filters that compare with those of the moment; `values` are all that
    there are. It is in force from `since`, or always if that is null, until before `until`, or for ever.
    """

    columns: Mapping[str, Any]
    values: Mapping[str, Sequence[str]]
    since: Any
    until: Any

    def in_force(self) -> ColumnElement[bool]:
        """The condition that the stored step is in force at `:now`."""
        return and_(or_(self.since.is_(None), self.since <= NOW), or_(self.until.is_(None), self.until > NOW))

    def out_of_force(self) -> list[Access]:
        """How the rows are found whose step has passed, and those whose step has not begun."""
        passed = (self.until > literal_column("'-infinity'"), self.until <= NOW)
        to_come = (self.since > NOW, self.since < literal_column("'infinity'"))
        return [
            Access(passed, has_order=False, are_few=True, order=self.until),
            Access(to_come, has_order=False, are_few=True, order=self.since),
        ]
