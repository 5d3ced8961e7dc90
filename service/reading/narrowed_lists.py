"""Narrows the list of each parent by a filter, and selects whole lists."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from sqlalchemy import FromClause, Select, select

from service.reading.filters import Shape, build_condition, depends_on_now
from service.reading.keyset import Listing, sort_keys
from service.reading.statements import equals_any


def narrow(
    listing: Listing,
    table: FromClause,
    columns: Mapping[str, Any],
    shape: Shape,
    *,
    include_archived: bool = False,
    is_one_off: bool = False,
) -> Listing:
    """The rows of a list that meet a filter on `columns`, and those of `table` that are archived only if included.

    The index of the list's key finds the rows of each parent; the filter reads all of them in the order of the page.
    """
    conditions = [build_condition(columns, shape)] if shape else []
    if "archived_at" in table.c and not include_archived:
        conditions.append(table.c.archived_at.is_(None))
    return replace(
        listing.with_conditions(*conditions, is_one_off=is_one_off),
        depends_on_now=listing.depends_on_now or any(map(depends_on_now, conditions)),
    )


def select_unpaged_lists(listing: Listing, order: str, descending: bool) -> Select[Any]:
    """The statement that selects all rows of the list of each parent in `:ids`, with the column `parent_key`."""
    keys = sort_keys(listing, order, descending)
    return (
        select(*listing.columns, listing.key.label("parent_key"))
        .select_from(listing.source)
        .where(*listing.where, equals_any(listing.key))
        .order_by(listing.key, *(key.desc() if descending else key for key in keys))
    )
