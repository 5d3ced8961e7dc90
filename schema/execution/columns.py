"""Which columns of the rows behind a field a plan asks for, so that no others need to be fetched.

A resolver says by `__columns__` which columns of its parent it looks at, and by `__rows__ = True` that the objects
it answers with stand for the same rows. Whoever says nothing may look at all of them.
"""

from typing import Any

from schema.execution.batched import COLUMNS, ROWS
from schema.execution.plan import Field, LeafShape, ListShape, ObjectShape, Selection
from schema.execution.resolution import Attribute, Batched, Resolver, TypeName


def columns_of(field: Field) -> frozenset[str] | None:
    """The columns that are asked for of the rows that a field answers with; None for all."""
    shape = field.shape
    while isinstance(shape, ListShape):
        shape = shape.item
    if not isinstance(shape, ObjectShape) or shape.abstract:
        return None
    told = getattr(shape.kind, "is_type_of", None)
    own = frozenset() if told is None else _declared(told)
    asked = _asked_of(shape.select(shape.kind))
    return None if own is None or asked is None else own | asked


def _asked_of(selection: Selection) -> frozenset[str] | None:
    found: set[str] = set()
    for field in selection.fields:
        asked = _looked_at(field)
        if asked is None:
            return None
        found |= asked
    return frozenset(found)


def _looked_at(field: Field) -> frozenset[str] | None:
    resolution = field.resolution
    if isinstance(resolution, TypeName):
        return frozenset()
    if isinstance(resolution, Attribute):
        return frozenset([resolution.name]) if isinstance(field.shape, LeafShape) else columns_of(field)
    if isinstance(resolution, Batched) and not resolution.extended:
        return _declared(resolution.batch)
    if isinstance(resolution, Resolver):
        return columns_of(field) if getattr(resolution.function, ROWS, False) else _declared(resolution.function)
    return None


def _declared(function: Any) -> frozenset[str] | None:
    columns = getattr(function, COLUMNS, None)
    return None if columns is None else frozenset(columns)
