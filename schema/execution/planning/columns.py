"""Collects the columns that a plan requests of the rows behind a field, so that no others are fetched."""

from typing import Any

from schema.execution.fields.batched import RETURNS_PARENT_ROWS, USED_COLUMNS, RequestedColumns
from schema.execution.planning.plan import Field, LeafShape, ListShape, ObjectShape, Selection
from schema.execution.planning.resolution import AttributeResolution, BatchedCall, ResolverCall, TypeNameResolution

ColumnNames = frozenset[str]


def collect_requested_columns(field: Field) -> RequestedColumns | None:
    """The columns that are requested of the rows that a field returns; None for all columns.

    A resolver declares the columns of its parent that it uses by `__used_columns__`, and by `__returns_parent_rows__`
    that its results represent the same rows. A resolver without a declaration may use all columns.
    """
    columns = _columns_of_rows(field)
    if columns is None:
        return None
    response_only, used = columns
    return RequestedColumns(response_only | used, response_only - used)


def _columns_of_rows(field: Field) -> tuple[ColumnNames, ColumnNames] | None:
    """The columns that the response contains unchanged, and the columns that code uses; None for all columns."""
    shape = field.shape
    while isinstance(shape, ListShape):
        shape = shape.item
    if not isinstance(shape, ObjectShape) or shape.is_abstract:
        return None
    is_type_of = getattr(shape.graphql_type, "is_type_of", None)
    type_columns = frozenset() if is_type_of is None else _declared_columns(is_type_of)
    selected = _columns_of_selection(shape.selection_for(shape.graphql_type))
    return None if type_columns is None or selected is None else (selected[0], selected[1] | type_columns)


def _columns_of_selection(selection: Selection) -> tuple[ColumnNames, ColumnNames] | None:
    response_only: set[str] = set()
    used: set[str] = set()
    for field in selection.fields:
        columns = _columns_of_parent(field)
        if columns is None:
            return None
        response_only |= columns[0]
        used |= columns[1]
    return frozenset(response_only), frozenset(used)


def _columns_of_parent(field: Field) -> tuple[ColumnNames, ColumnNames] | None:
    resolution, no_columns = field.resolution, frozenset[str]()
    if isinstance(resolution, TypeNameResolution):
        return no_columns, no_columns
    if isinstance(resolution, AttributeResolution):
        return (
            (frozenset([resolution.name]), no_columns)
            if isinstance(field.shape, LeafShape)
            else _columns_of_rows(field)
        )
    if isinstance(resolution, ResolverCall) and getattr(resolution.function, RETURNS_PARENT_ROWS, False):
        return _columns_of_rows(field)
    function: Any = None
    if isinstance(resolution, BatchedCall) and not resolution.has_extensions:
        function = resolution.batch_function
    elif isinstance(resolution, ResolverCall):
        function = resolution.function
    declared = _declared_columns(function)
    return None if declared is None else (no_columns, declared)


def _declared_columns(function: Any) -> ColumnNames | None:
    columns = getattr(function, USED_COLUMNS, None)
    return None if columns is None else frozenset(columns)
