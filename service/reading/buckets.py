"""Pages of many lists in one statement: of each of several buckets, rows that have a value in common."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ARRAY,
    ColumnElement,
    FromClause,
    Integer,
    Select,
    Text,
    any_,
    bindparam,
    func,
    literal_column,
    select,
)

from service.reading.keyset import Listing, Page, sort_keys
from service.reading.page_order import PageOrder
from service.reading.statements import reached


def select_page_of_buckets(
    source: FromClause, where: Sequence[ColumnElement[bool]], bucket: Any, listing: Listing, page: Page
) -> Select[Any]:
    """A page of the rows of each of `:buckets`, one row more than it has; they are ranked in one go for all.

    `bucket` is the text that names the bucket of a row of `source`. `listing` has the columns.
    """
    order = order_of(listing, page)
    ranked = (
        select(*order.labelled, bucket.label("bucket"), rank_within(bucket, order))
        .select_from(source)
        .where(
            *where,
            *order.after_cursor(order.columns),
            bucket == any_(bindparam("buckets", type_=ARRAY(Text))),
        )
        .subquery("ranked")
    )
    return rows_of_ranked(ranked, listing, order)


def rank_within(bucket: Any, order: PageOrder) -> Any:
    """The number of a row among those of the same bucket, in an order."""
    return func.row_number().over(partition_by=bucket, order_by=order.sort_keys(order.columns)).label("rank")


def order_of(listing: Listing, page: Page) -> PageOrder:
    """How the rows of a page are sorted, of which there is one more than the page has."""
    columns = tuple(sort_keys(listing, page.order, page.descending))
    is_descending = page.descending != page.backwards
    return PageOrder(columns, is_descending, page.cursor is not None, page.size + 1, ends_with_unique_tie=False)


def rows_of_ranked(ranked: Any, listing: Listing, order: PageOrder) -> Select[Any]:
    """The columns of a list for the rows of each bucket that are on its page."""
    return (
        select(*listing.columns, ranked.c.sort_value, ranked.c.bucket)
        .select_from(ranked.join(listing.source, ranked.c.id == listing.id))
        .where(reached(listing.id.table.c), ranked.c.rank <= literal_column(str(order.limit), Integer()))
        .order_by(ranked.c.bucket, ranked.c.rank)
    )
