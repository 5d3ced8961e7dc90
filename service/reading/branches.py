"""The parts of a list, and how an index reads each in the order of the list."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from sqlalchemy import ColumnElement, FromClause, Select, and_, case, func, literal_column, select, true, union_all

from service.reading.page_order import PageOrder

# If at most so many rows are found by an index that has not the order of the list, they are sorted.
MAX_SORTED_ROWS = 100
# If a list has rows with at most so many values of a column, those with each value are read in the order of the list.
MAX_READ_VALUES = 50


@dataclass(frozen=True, slots=True, eq=False)
class Access:
    """How an index finds the rows of a branch.

    They meet `conditions`. `nulls` are columns that are null in all of them. `each` is a column that has one of several
    values, and the table with these in the column `value`. `order` is what the index has them sorted by, if that is
    more than one value. If it does not have them in the order of the list, they are sorted if they `are_few`, or if it
    turns out that they are; else the index of the order finds them, which meets the conditions `of_order`. It is the
    same where `each` has values of which there `may_be_many`, and it turns out that there are. They `may_be_most` rows
    of the organization.
    """

    conditions: tuple[ColumnElement[bool], ...] = ()
    nulls: tuple[Any, ...] = ()
    each: tuple[Any, FromClause] | None = None
    has_order: bool = True
    are_few: bool = False
    order: Any = None
    of_order: tuple[ColumnElement[bool], ...] = ()
    may_be_many: bool = False
    may_be_most: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Halves:
    """The conditions of the rows with a value, which an index has in the order of a `column`, and of the others, which
    it has, too, if they are `sorted_by` that."""

    with_value: tuple[ColumnElement[bool], ...]
    column: Any
    without_value: tuple[ColumnElement[bool], ...]
    sorted_by: Any = None


@dataclass(frozen=True, slots=True, eq=False)
class Branch:
    """Rows of a list that meet `where`, and `live` on whether they are archived; branches have no row in common.

    Without `access`, the planner chooses. If an index has the order of the list for the rows with a value only, the
    `halves` are read apart.
    """

    where: tuple[ColumnElement[bool], ...] = ()
    live: tuple[ColumnElement[bool], ...] = ()
    access: Access | None = None
    halves: Halves | None = None


class _Part(NamedTuple):
    """Rows of a page. `has_value` is whether they have a value to be sorted by, if either all of them or none has."""

    rows: Select[Any]
    has_value: bool | None = None


def equals(column: Any, value: Any) -> ColumnElement[bool]:
    """Equality that a plan expects of one row in two hundred.

    A plan that serves all values takes the average over the values that there are. If there is one only, it expects
    that all rows have what is asked for, and reads them in order to find it.
    """
    return and_(column == value, column >= value, column <= value)


def select_keys(
    source: FromClause, tenant: Sequence[ColumnElement[bool]], branches: Sequence[Branch], order: PageOrder
) -> Select[Any]:
    """The sort keys of the page of a list with these branches. Of each it reads as many rows as the page has."""
    parts = [part for number, each in enumerate(branches) for part in _parts(source, tenant, each, order, number)]
    second = [each.rows for each in parts if each.has_value is order.begins_empty]
    first = [each.rows for each in parts if each.has_value is not order.begins_empty]
    if second:
        return _in_turn(first, second, order)
    if len(first) == 1:
        return first[0]
    merged = union_all(*first).subquery("parts")
    return order.limited(select(*merged.c), [*merged.c])


def _in_turn(first: Sequence[Select[Any]], second: Sequence[Select[Any]], order: PageOrder) -> Select[Any]:
    """The first rows, among which may be some of the second half, and the second if those do not fill the page."""
    rows = union_all(*first).subquery("of_first")
    own = order.limited(select(*rows.c), [*rows.c]).cte("first_half")
    value = own.c[order.names[0]]
    is_first = value == order.empty if order.begins_empty else value != order.empty
    count = select(func.count()).select_from(own).where(is_first).scalar_subquery()
    limit: Any = literal_column(str(order.limit))
    merged = union_all(select(*own.c), *(each.where(count < limit) for each in second)).subquery("parts")
    return order.limited(select(*merged.c), [*merged.c])


def select_all(
    source: FromClause, tenant: Sequence[ColumnElement[bool]], branches: Sequence[Branch], limit: int
) -> Select[Any]:
    """A 1 for each row of a list with these branches, at most `limit`."""
    one: Any = literal_column("1").label("one")
    rows = select(one).select_from(source).where(*tenant)
    parts = [
        _read_by_index(rows.where(*each.live, *each.where), each.access, number, limit)
        for number, each in enumerate(branches)
    ]
    query = parts[0] if len(parts) == 1 else select(union_all(*parts).subquery("parts").c.one)
    return _limited(query, limit)


def _parts(
    source: FromClause, tenant: Sequence[ColumnElement[bool]], branch: Branch, order: PageOrder, number: int
) -> list[_Part]:
    rows, access = select(*order.labelled).select_from(source).where(*tenant, *branch.live), branch.access
    if access is not None and access.are_few:
        return [_Part(_sorted(rows, branch.where, access, order, number))]
    if access is not None and not access.has_order:
        return _sorted_if_few(rows, branch, access, order, number)
    matching = rows.where(*branch.where)
    if access is None:
        return _in_order(matching, branch, order)
    if access.each is None:
        return _in_order(matching.where(*access.conditions), branch, order, access.nulls)
    column, values = access.each
    if not access.may_be_many:
        return [_Part(_of_values(matching.where(*access.conditions), column, values, order, number))]
    some = _limited(select(values.c.value), MAX_READ_VALUES + 1).cte(f"some_{number}")
    count = select(func.count()).select_from(some).scalar_subquery()
    limit: Any = literal_column(str(MAX_READ_VALUES))
    by_value = _of_values(matching.where(*access.conditions), column, some, order, number)
    return [
        _Part(by_value.where(count <= limit)),
        *_sorted_if_few(rows.where(count > limit), branch, access, order, number),
    ]


def _in_order(rows: Select[Any], branch: Branch, order: PageOrder, nulls: Sequence[Any] = ()) -> list[_Part]:
    """The rows by an index that has them in the order of the list."""
    halves = branch.halves
    if halves is None:
        return [_Part(order.cut(rows, order.columns, nulls))]
    parts = []
    empty = () if halves.sorted_by is None else (halves.sorted_by,)
    for has_value, conditions, column, nulls in (
        (True, halves.with_value, halves.column, ()),
        (False, halves.without_value, order.empty, empty),
    ):
        own = order.sorted_by(column)
        half = rows.with_only_columns(*own.labelled, maintain_column_froms=True).where(*conditions)
        parts.append(_Part(own.cut(half, own.columns, nulls), has_value))
    return parts


def _of_values(rows: Select[Any], column: Any, values: FromClause, order: PageOrder, number: int) -> Select[Any]:
    """The rows with each value, in the order of the list."""
    page = order.cut(rows.where(equals(column, values.c.value)), order.columns).lateral(f"page_{number}")
    return order.limited(select(*page.c).select_from(values.join(page, true())), [*page.c])


def _read_by_index(rows: Select[Any], access: Access | None, number: int, limit: int | None) -> Select[Any]:
    """The rows of a query, in any order, of which `limit` are needed; None: all."""
    if access is None:
        return rows
    if access.each is None:
        matching = rows.where(*access.conditions)
        return matching if access.order is None else matching.order_by(access.order)
    column, values = access.each
    matching = rows.where(*access.conditions, equals(column, values.c.value))
    # With a limit the rows of each value are looked up by themselves.
    of_value = _limited(matching, limit).lateral(f"of_value_{number}")
    return select(*of_value.c).select_from(values.join(of_value, true()))


def _sorted(
    rows: Select[Any], where: Sequence[ColumnElement[bool]], access: Access, order: PageOrder, number: int
) -> Select[Any]:
    """The rows by their index."""
    matching = _read_by_index(rows.add_columns(and_(true(), *where).label("matches")), access, number, None)
    # The planner does not look into what has an offset. It would rather read all rows in order than sort few.
    few = matching.offset(literal_column("0")).subquery(f"few_{number}")
    keys = [few.c[name] for name in order.names]
    return order.cut(select(*keys).where(few.c.matches), keys)


def _sorted_if_few(rows: Select[Any], branch: Branch, access: Access, order: PageOrder, number: int) -> list[_Part]:
    """The rows by their index if it has few, and by that of the order otherwise. One of the two is not executed."""
    matches = and_(true(), *branch.where)
    matching = _read_by_index(rows.add_columns(matches.label("matches")), access, number, MAX_SORTED_ROWS + 1)
    few = _limited(matching, MAX_SORTED_ROWS + 1).cte(f"few_{number}")
    count = select(func.count()).select_from(few).scalar_subquery()
    keys = [few.c[name] for name in order.names]
    limit: Any = literal_column(str(MAX_SORTED_ROWS))
    # Within CASE the planner sees no condition that it would rather use another index for.
    hidden = case((matches, true()))
    return [
        _Part(order.cut(select(*keys).where(few.c.matches, count <= limit), keys)),
        *_in_order(rows.where(*access.of_order, hidden, count > limit), branch, order),
    ]


def _limited(query: Select[Any], limit: int | None) -> Select[Any]:
    return query if limit is None else query.limit(literal_column(str(limit)))
