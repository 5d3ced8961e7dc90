"""Chooses how a filtered list is read, so that an index finds its rows in its order where there is one."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import FromClause, case, false, true

from service.postgres.tables import COMMON, LIVE
from service.reading.branches import Access, Branch, Halves
from service.reading.comparisons import IN_INDEX, RANGES, Accesses, Comparison, Conditions, range_conditions
from service.reading.filters import Part, Shape, build_condition, build_parts, depends_on_now, names_of
from service.reading.involvement import Involvement
from service.reading.keyset import Listing
from service.reading.page_order import ComputedOrder
from service.reading.subtree import Subtree
from service.reading.surroundings import Around, Surroundings

Compared = Mapping[str, Sequence[Comparison]]
# The columns that refer to rows which meet a filter, and the parts of the filter with the ids of these.
Referred = Mapping[str, tuple[Any, Part]]


class Indexed(NamedTuple):
    """What the indexes of a table serve: `orders`, and for columns with one value, the order of the rows with it.

    Rows with the `common` value of a column are not in its index.
    """

    orders: frozenset[str]
    filters: Mapping[str, str]
    unique: frozenset[str]
    common: Mapping[str, str | None]


def with_filter(
    listing: Listing,
    columns: Mapping[str, Any],
    shape: Shape,
    order: str,
    *,
    include_archived: bool = False,
    is_one_off: bool = False,
) -> Listing:
    """The rows of a list that meet a filter, to be sorted by `order`."""
    states = _states(listing.source, include_archived)
    step = listing.step
    if step is None or not names_of(shape) & step.columns.keys():
        branches = _branches(listing, columns, shape, order, states)
        listing = replace(listing, depends_on_now=any(map(depends_on_now, branches[0].where)))
        if len(branches) == 1 and branches[0].access is None and not isinstance(listing.orders[order], ComputedOrder):
            return listing.with_conditions(*branches[0].live, *branches[0].where, is_one_off=is_one_off)
        return replace(listing, branches=tuple(branches), is_one_off=is_one_off)
    own = _branches(listing, {**columns, **step.columns}, shape, order, states, (step.in_force(),))
    matches = build_condition(columns, shape)
    live = () if include_archived else states[0]
    others = [Branch((*access.conditions, matches), live, access) for access in step.out_of_force()]
    return replace(listing, branches=(*own, *others), depends_on_now=True, is_one_off=is_one_off)


def _halves_of(order: Any) -> Halves | None:
    """The halves of a list in an order that an index has for the rows with a value only."""
    if not isinstance(order, ComputedOrder) or order.column is None:
        return None
    if order.has_nulls:
        return Halves((order.column.is_not(None),), order.column, (order.column.is_(None),), order.column)
    # Of a condition within CASE the planner expects that half of the rows meet it, and reads them in order.
    without_value = case((order.value.is_(None), true()))
    return Halves((order.column.is_not(None), order.value.is_not(None)), order.column, (without_value,))


@cache
def indexed(table: FromClause) -> Indexed:
    """What the indexes of a table serve."""
    orders: set[str] = set()
    filters: dict[str, str] = {}
    common: dict[str, str | None] = {}
    for index in getattr(table, "indexes", ()):
        names = [str(getattr(each, "name", each)) for each in index.expressions]
        if names[-1] == "id" and LIVE in names:
            if len(names) == 4 and names[1] == LIVE:
                orders.add(names[2])
            elif len(names) == 5 and names[2] == LIVE:
                filters[names[1]] = names[3]
        elif names[-1] == "id" and len(names) == 3:
            if "archived_at" in table.c:
                # Of the rows with a value, archived or not.
                orders.add(names[1])
            else:
                filters[names[1]] = "id"
        if COMMON in index.info:
            common[names[1]] = index.info[COMMON]
    unique = {"id"} | {"external_id"} & {each.name for each in table.c}
    return Indexed(frozenset(orders), filters, frozenset(unique), common)


def _branches(
    listing: Listing,
    columns: Mapping[str, Any],
    shape: Shape,
    order: str,
    states: Sequence[Conditions],
    conditions: Conditions = (),
) -> list[Branch]:
    """The rows that meet a filter and the conditions, those of each state apart."""
    parts, sorts = build_parts(columns, shape), listing.orders[order]
    column = sorts.column if isinstance(sorts, ComputedOrder) else sorts
    sorted_by = None if column is None else column.name
    served, compared = indexed(listing.source), dict[str, list[Comparison]]()
    involved: Accesses = []
    around: list[tuple[Surroundings, Part]] = []
    referred: dict[str, tuple[Any, Part]] = {}
    # What the accesses have conditions for.
    stated: list[Part] = []
    for part in parts:
        if part.name is None:
            continue
        own = columns[part.name]
        if isinstance(own, Involvement):
            has_order = served.filters.get(own.owner.name) == sorted_by
            involved = own.accesses(part.comparator or "", part.parameter, owner_has_order=has_order)
        elif isinstance(own, Subtree):
            involved = own.accesses(part.parameter)
        elif isinstance(own, Surroundings):
            around.append((own, part))
        elif part.referred is not None:
            referred[own.column.name] = own.column, part
        else:
            values = () if listing.step is None else listing.step.values.get(part.name, ())
            computed = listing.orders.get(part.name.upper())
            stored = computed.column if isinstance(computed, ComputedOrder) else None
            name = getattr(own, "name", part.name) if stored is None else stored.name
            has_nulls = isinstance(computed, ComputedOrder) and computed.has_nulls
            comparison = Comparison(part, own, values, served.common.get(name, IN_INDEX), stored, has_nulls)
            compared.setdefault(name, []).append(comparison)
    accesses = involved or _accesses(served, compared, referred, around, sorted_by, stated)
    if sorted_by is None:
        # All rows that meet the filter are sorted.
        accesses = [(more, access and replace(access, are_few=True)) for more, access in accesses]
    halves = _halves_of(sorts)
    where = (*conditions, *(part.condition for part in parts if part not in stated))
    return [Branch((*where, *more), live, access, halves) for live in states for more, access in accesses]


def _accesses(
    served: Indexed,
    compared: Compared,
    referred: Referred,
    around: Sequence[tuple[Surroundings, Part]],
    sorted_by: str | None,
    stated: list[Part],
) -> Accesses:
    """How indexes find the rows with these comparisons, in parts that have further conditions. None lets the planner
    choose. What these conditions say of the filter is added to `stated`."""
    if any(each.comparator in ("eq", "in_") for name in served.unique for each in compared.get(name, ())):
        return [((), None)]
    in_order = [name for name, order in served.filters.items() if order == sorted_by]
    # The indexes of what is around rows are in the order of those of the columns that they begin with.
    has_order = sorted_by in served.filters.values()
    for condition, part in around:
        if accesses := _accesses_within(condition, part, compared, referred, has_order, stated):
            return accesses
    for comparison in _by_comparator(compared, in_order, ("eq", "null", "true", "false")):
        if accesses := comparison.accesses():
            return accesses
    for column, (own, part) in referred.items():
        if column in served.filters:
            access = _of_referred(own, part)
            return [((), access if column in in_order else replace(access, has_order=False))]
    for condition, part in around:
        if accesses := condition.accesses(part):
            stated.append(part)
            return [(more, access and replace(access, has_order=has_order)) for more, access in accesses]
    for comparison in _by_comparator(compared, in_order, ("in_", "neq")):
        if accesses := comparison.accesses():
            return accesses
    of_order = [each for each in compared.get(sorted_by or "", ()) if each.comparator in RANGES]
    conditions = tuple(each.part.condition for each in of_order)
    for comparison in _by_comparator(compared, served.filters, ("eq", "true", "false", "in_", "null", "neq")):
        if accesses := comparison.accesses():
            return [
                (more, access and replace(access, has_order=False, of_order=conditions)) for more, access in accesses
            ]
    if of_order:
        return [((), Access(range_conditions(of_order)))]
    for name, comparisons in compared.items():
        ranges = [each for each in comparisons if each.comparator in RANGES]
        if ranges and (name in served.orders or name in served.filters):
            return [((), Access(range_conditions(ranges), has_order=False, order=ranges[0].ranged))]
        for comparison in comparisons:
            if comparison.comparator == "null" and comparison.has_nulls:
                empty = (comparison.ranged.is_(None),)
                has_order = name == sorted_by
                return [((), Access(empty, has_order=has_order, order=comparison.ranged, may_be_most=True))]
    return [((), None)]


def _accesses_within(
    condition: Surroundings, part: Part, compared: Compared, referred: Referred, has_order: bool, stated: list[Part]
) -> Accesses:
    """As `_accesses`, by an index of the rows that have both a value of a column and something around them; no parts:
    there is no way, or the filter compares nothing with the column."""
    accesses = condition.accesses(part)
    if not accesses or not isinstance(condition, Around) or condition.within is None:
        return []
    column = condition.within
    others: Conditions = ()
    equal = [each for each in compared.get(column.name, ()) if each.comparator == "eq"]
    if equal:
        [(_, own)] = equal[0].accesses()
        assert own is not None
    elif column.name in referred:
        # However many values there are, few rows with each are in the index.
        own = replace(_of_referred(*referred[column.name]), may_be_many=False)
        if has_order:
            # The rows of the index have the right values.
            stated.append(referred[column.name][1])
            others = (referred[column.name][1].condition,)
    else:
        return []
    stated.append(part)
    own = replace(own, has_order=has_order)
    return [
        ((*more, *others), None)
        if access is None
        else (more, replace(own, conditions=(*own.conditions, *access.conditions)))
        for more, access in accesses
    ]


def _of_referred(column: Any, part: Part) -> Access:
    """The rows with one of the ids in a column that a part of the filter selects."""
    assert part.referred is not None
    return Access(each=(column, part.referred.subquery(f"of_{column.name}")), may_be_many=True)


def _by_comparator(compared: Compared, names: Iterable[str], comparators: Iterable[str]) -> Iterator[Comparison]:
    """The comparisons with these columns that have one of the comparators, in the order of these."""
    for comparator in comparators:
        for name in names:
            yield from (each for each in compared.get(name, ()) if each.comparator == comparator)


def _states(source: FromClause, include_archived: bool) -> list[Conditions]:
    """The conditions on the rows that are not archived, and on those that are if they are included."""
    if "archived_at" not in source.c:
        return [()]
    live = source.c.archived_at.is_(None)
    return [(live,), (live.is_(false()),)] if include_archived else [(live,)]
