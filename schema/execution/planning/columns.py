"""Which columns of the rows behind a field a plan asks for, so that no others need to be fetched.

A resolver says by `__columns__` which columns of its parent it looks at, and by `__rows__ = True` that the objects
it answers with stand for the same rows. Whoever says nothing may look at all of them.
"""

from typing import Any

from schema.execution.fields.batched import COLUMNS, ROWS, Asked
from schema.execution.planning.plan import Field, LeafShape, ListShape, ObjectShape, Selection
from schema.execution.planning.resolution import Attribute, Batched, Resolver, TypeName

Columns = frozenset[str]


def columns_of(field: Field) -> Asked | None:
    """The columns that are asked for of the rows that a field answers with; None for all, as they are."""
    found = _of_rows(field)
    if found is None:
        return None
    written, looked_at = found
    return Asked(written | looked_at, written - looked_at)


def _of_rows(field: Field) -> tuple[Columns, Columns] | None:
    """What the response has as it comes, and what somebody looks at before."""
    shape = field.shape
    while isinstance(shape, ListShape):
        shape = shape.item
    if not isinstance(shape, ObjectShape) or shape.abstract:
        return None
    told = getattr(shape.kind, "is_type_of", None)
    own = frozenset() if told is None else _declared(told)
    asked = _asked_of(shape.select(shape.kind))
    return None if own is None or asked is None else (asked[0], asked[1] | own)


def _asked_of(selection: Selection) -> tuple[Columns, Columns] | None:
    written: set[str] = set()
    looked_at: set[str] = set()
    for field in selection.fields:
        asked = _of_parent(field)
        if asked is None:
            return None
        written |= asked[0]
        looked_at |= asked[1]
    return frozenset(written), frozenset(looked_at)


def _of_parent(field: Field) -> tuple[Columns, Columns] | None:
    resolution, none = field.resolution, frozenset[str]()
    if isinstance(resolution, TypeName):
        return none, none
    if isinstance(resolution, Attribute):
        return (frozenset([resolution.name]), none) if isinstance(field.shape, LeafShape) else _of_rows(field)
    if isinstance(resolution, Resolver) and getattr(resolution.function, ROWS, False):
        return _of_rows(field)
    function: Any = None
    if isinstance(resolution, Batched) and not resolution.extended:
        function = resolution.batch
    elif isinstance(resolution, Resolver):
        function = resolution.function
    declared = _declared(function)
    return None if declared is None else (none, declared)


def _declared(function: Any) -> Columns | None:
    columns = getattr(function, COLUMNS, None)
    return None if columns is None else frozenset(columns)
