"""Arguments of a page of a list: its size, its cursors, and the direction of its order."""

from enum import StrEnum
from typing import Annotated

import strawberry

from schema.descriptions.enums import describe_enum
from service.reading.keyset import Page, parse_page

DEFAULT_PAGE_SIZE = 50


First = Annotated[
    int | None,
    strawberry.argument(
        description="Number of {objects} to return from the start of the list, or after the cursor `after`; 0 to 100, "
        f"where 0 is for `totalCount` alone. {DEFAULT_PAGE_SIZE} when both `first` and `last` are left out."
    ),
]
After = Annotated[
    str | None,
    strawberry.argument(
        description="Cursor of {an object}: the page begins right after it. Use it with `first`, not with `last`; "
        "left out, the page begins at the start."
    ),
]
Last = Annotated[
    int | None,
    strawberry.argument(
        description="Number of {objects} to return from the end of the list, or before the cursor `before`; 0 to 100. "
        "Use it instead of `first`, not together."
    ),
]
Before = Annotated[
    str | None,
    strawberry.argument(
        description="Cursor of {an object}: the page ends right before it. Use it with `last` only; "
        "left out, the page ends at the end."
    ),
]


class OrderDirection(StrEnum):
    ASC = "ASC"
    DESC = "DESC"


describe_enum(
    OrderDirection,
    "Direction in which a list is sorted.",
    ASC="Ascending: the smallest, earliest or alphabetically first comes first.",
    DESC="Descending: the largest, latest or alphabetically last comes first.",
)


def parse_page_arguments(
    order: str,
    *,
    descending: bool = False,
    first: int | None = None,
    after: str | None = None,
    last: int | None = None,
    before: str | None = None,
) -> Page:
    """The page that the arguments ask for. Raises BadUserInput."""
    return parse_page(order, descending, first, after, last, before, DEFAULT_PAGE_SIZE)
