"""Single comparisons of a filter, and how an index finds the rows that meet them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    DateTime,
    Enum,
    FromClause,
    Text,
    bindparam,
    column,
    func,
    literal_column,
    select,
)

from service.reading.branches import Access, equals
from service.reading.filters import Part

# The comparators that name a span of an order.
RANGES = frozenset(("eq", "in_", "lt", "lte", "gt", "gte"))
Conditions = tuple[ColumnElement[bool], ...]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A comparison with a column. `values` are all that the column has, if that is known and its type does not say
    it."""

    part: Part
    column: Any
    values: Sequence[str] = ()

    @property
    def comparator(self) -> str | None:
        """The comparator, as in the shape of a filter."""
        return self.part.comparator

    def accesses(self) -> list[tuple[Conditions, Access]]:
        """How an index that begins with the column finds the rows, in parts with further conditions."""
        compared = self.column
        if self.comparator == "eq":
            return [((), Access((equals(compared, bindparam(self.part.parameter, type_=compared.type)),)))]
        empty = Access((compared.is_(None),), nulls=(compared,), order=compared)
        if self.comparator == "null":
            return [((), empty)]
        if self.comparator == "in_":
            return [((), Access(each=(compared, self._members())))]
        values = tuple(compared.type.enums) if isinstance(compared.type, Enum) else self.values
        if self.comparator != "neq" or not values:
            return []
        others = Access(each=(compared, self._others(values)))
        if not compared.nullable:
            return [((), others)]
        return [((compared.is_not(None),), others), ((compared.is_(None),), empty)]

    def _members(self) -> FromClause:
        """The values of a list, once each."""
        members = func.unnest(bindparam(self.part.parameter, type_=ARRAY(self.column.type)))
        rows = members.table_valued(column("value", self.column.type), name="members").render_derived()
        return select(rows.c.value).distinct().subquery("members_once")

    def _others(self, values: Sequence[str]) -> FromClause:
        """All values but the one compared with."""
        array: Any = literal_column(f"CAST('{{{','.join(values)}}}' AS text[])", ARRAY(Text))
        rows = func.unnest(array).table_valued(column("value", Text), name="all_values").render_derived()
        excluded = bindparam(self.part.parameter, type_=self.column.type)
        return select(rows.c.value).where(rows.c.value != excluded).subquery("other_values")


def range_conditions(comparisons: Sequence[Comparison]) -> Conditions:
    """The comparisons with the column of an order, with a second end if they have one.

    A plan that serves all values expects a third of all rows after one end, and one in two hundred between two.
    """
    comparators, compared = {each.comparator for each in comparisons}, comparisons[0].column
    more: list[ColumnElement[bool]] = []
    if isinstance(compared.type, Date | DateTime):
        if comparators <= {"lt", "lte"}:
            more = [compared > literal_column("'-infinity'")]
        elif comparators <= {"gt", "gte"}:
            more = [compared < literal_column("'infinity'")]
    return (*(each.part.condition for each in comparisons), *more)
