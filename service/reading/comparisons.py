"""Single comparisons of a filter, and how an index finds the rows that meet them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from operator import ge, gt, le, lt
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    Date,
    DateTime,
    Double,
    Enum,
    Float,
    FromClause,
    Numeric,
    Text,
    any_,
    bindparam,
    cast,
    column,
    func,
    literal_column,
    not_,
    select,
    text,
)

from service.postgres.tables import HIDDEN_WITH
from service.reading.branches import Access, equals
from service.reading.filters import Part

# The comparators that name a span of an order.
RANGES = frozenset(("eq", "in_", "lt", "lte", "gt", "gte"))
BOUNDS: Mapping[str | None, Any] = {"lt": lt, "lte": le, "gt": gt, "gte": ge}
# All rows are in the index of a column.
IN_INDEX = "*"
Conditions = tuple[ColumnElement[bool], ...]
Accesses = Sequence[tuple[Conditions, Access | None]]


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """A comparison with a column. `values` are all that the column has, if that is known and its type does not say
    it. Rows with the `common` value are not in the index of the column. What is computed is in a column `stored` where
    it has a value; if it `has_nulls`, the others are in the index of this, too."""

    part: Part
    column: Any
    values: Sequence[str] = ()
    common: str | None = IN_INDEX
    stored: Any = None
    has_nulls: bool = False

    @property
    def ranged(self) -> Any:
        """The column whose index has a range of the rows that meet the comparison."""
        return self.column if self.stored is None else self.stored

    @property
    def comparator(self) -> str | None:
        """The comparator, as in the shape of a filter."""
        return self.part.comparator

    def accesses(self) -> Accesses:
        """How an index that begins with the column finds the rows, in parts with further conditions. The part of rows
        that are not in the index has none. No parts: there is no way."""
        compared, parameter = self.column, bindparam(self.part.parameter, type_=self.column.type)
        common: Any = literal_column(f"'{self.common}'")
        empty = None if self.common is None else Access((compared.is_(None),), nulls=(compared,), order=compared)
        match self.comparator:
            case "eq":
                return self._parts(Access((equals(compared, parameter),)), parameter == common)
            case "in_":
                members = bindparam(self.part.parameter, type_=ARRAY(compared.type))
                return self._parts(Access(each=(compared, self._members())), common == any_(members))
            case "null" if empty is not None and HIDDEN_WITH in compared.info:
                # Nothing is looked up for those who see all.
                hidden = (compared.is_not(None), text("NOT ('PRIVATE' = ANY(:visibilities))"))
                return [((compared.is_(None),), empty), (hidden, None)]
            case "null" if empty is not None:
                return [((), empty)]
            case "true" | "false" as value if value != self.common:
                return [((), Access((compared if value == "true" else not_(compared),)))]
            case "neq" if values := compared.type.enums if isinstance(compared.type, Enum) else self.values:
                others = self._parts(Access(each=(compared, self._others(values))), parameter != common)
                if not compared.nullable:
                    return others
                return [
                    *(((*more, compared.is_not(None)), access) for more, access in others),
                    ((compared.is_(None),), empty),
                ]
        return []

    def _parts(self, access: Access, has_common: ColumnElement[bool]) -> Accesses:
        """The rows of an access, and apart from them those that have the common value, if that is looked for."""
        if not isinstance(self.common, str) or self.common == IN_INDEX:
            return [((), access)]
        common: Any = literal_column(f"'{self.common}'")
        uncommon = self.column != common
        return [
            ((uncommon,), replace(access, conditions=(*access.conditions, uncommon))),
            ((self.column == common, has_common), None),
        ]

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
    comparators, compared = {each.comparator for each in comparisons}, comparisons[0].ranged
    if _is_exact(comparisons[0]):
        # What is found is compared exactly afterwards. The planner would take both conditions to be independent.
        return tuple(map(_rounded, comparisons))
    operands = [(each, bindparam(each.part.parameter, type_=compared.type)) for each in comparisons]
    more = [equals(compared, operand) for each, operand in operands if each.comparator == "eq"]
    more += [
        BOUNDS[each.comparator](compared, operand)
        for each, operand in operands
        if each.stored is not None and each.comparator in BOUNDS
    ]
    if isinstance(compared.type, Date | DateTime | Float):
        if comparators <= {"lt", "lte"}:
            more.append(compared > literal_column("'-infinity'"))
        elif comparators <= {"gt", "gte"}:
            more.append(compared < literal_column("'infinity'"))
    return (*(each.part.condition for each in comparisons), *more)


def _is_exact(comparison: Comparison) -> bool:
    """Whether a comparison is of exact numbers, which are stored for an index with fewer digits."""
    return comparison.stored is not None and isinstance(comparison.column.type, Numeric)


def _rounded(comparison: Comparison) -> ColumnElement[bool]:
    """What the stored numbers of all rows that meet a comparison of exact ones meet: rounding keeps their order."""
    stored, name = comparison.stored, comparison.part.parameter
    if comparison.comparator == "in_":
        members: Any = cast(bindparam(name, type_=ARRAY(Numeric())), ARRAY(Double))
        return stored == any_(members)  # type: ignore[no-any-return]
    operand: Any = cast(bindparam(name, type_=Numeric()), Double)
    match comparison.comparator:
        case "lt" | "lte":
            return stored <= operand  # type: ignore[no-any-return]
        case "gt" | "gte":
            return stored >= operand  # type: ignore[no-any-return]
    return equals(stored, operand)
