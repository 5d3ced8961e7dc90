"""Inputs that the changes of several rooms share."""

from typing import Any
from uuid import UUID

import strawberry

from schema.node import reference

EFFECTIVE_AT = "From when on it holds; now when left out. Not in the future, not before the last change."
EXPECTED_VERSION = "The version you last read; the change is refused with CONFLICT if there is a newer one."
REASON = "Why; kept with the event."
OWN_ID = "A UUID of your own, so that sending it again cannot create it twice."
EXTERNAL_ID = "The id by which your own system knows it; unique among its kind, at most 200 characters."


@strawberry.input(description="What to archive or to bring back.")
class ArchiveInput:
    id: strawberry.ID = strawberry.field(description="Its id.")
    reason: str | None = strawberry.field(default=None, description=REASON)


@strawberry.input(description="Where to put something among its siblings.")
class ReorderInput:
    id: strawberry.ID = strawberry.field(description="What to move.")
    after_id: strawberry.ID | None = strawberry.field(
        default=None, description="The sibling it is to follow; it comes first when left out."
    )


def optional(description: str) -> Any:
    """A field that may be left out."""
    return strawberry.field(default=None, description=description)


def after(input: ReorderInput, type_name: str) -> UUID | None:
    """The sibling to follow. Raises NotFound for an id that cannot be one."""
    return reference(input.after_id, type_name, "afterId") if input.after_id is not None else None
