"""Lookahead: the statements that the relations of one object will send, so that they can be sent together."""

from typing import Any

import strawberry
from graphql import GraphQLError

from schema.execution.fields.batched import PLANNED_READ, PlannedRead
from schema.execution.graphql_core import ExecutionContext
from schema.execution.planning.arguments import convert_arguments
from schema.execution.planning.columns import collect_requested_columns
from schema.execution.planning.plan import Field, ObjectShape, Selection
from schema.execution.planning.resolution import BatchedCall


def plan_reads(
    schema: strawberry.Schema, execution: ExecutionContext, field: Field, info: Any, type_name: str | None = None
) -> list[PlannedRead]:
    """The planned reads of a field's relations; those with invalid arguments are left out and fail later.

    With `type_name`, those of the field's own fields of that object type, as of the object in a payload.
    """
    selection = _selection_of(field)
    if selection is None:
        return []
    reads: list[PlannedRead] = []
    if type_name is not None:
        for child in selection.nested_fields:
            if isinstance(child.shape, ObjectShape) and child.shape.graphql_type.name == type_name:
                reads += plan_reads(schema, execution, child, info)
        return reads
    for deferred_field in selection.deferred_fields:
        read = deferred_field.planned_read or _plan_read(schema, execution, deferred_field, info)
        if read is not None and read.is_single:
            read = read._replace(further=tuple(plan_reads(schema, execution, deferred_field, info)))
        if read is not None:
            reads.append(read)
    return reads


def _plan_read(schema: strawberry.Schema, execution: ExecutionContext, field: Field, info: Any) -> PlannedRead | None:
    """The read of one relation; None if it is not known, or if the arguments are invalid."""
    batched = field.resolution
    if not isinstance(batched, BatchedCall) or batched.has_extensions:
        return None
    plan_read = getattr(batched.batch_function, PLANNED_READ, None)
    if plan_read is None:
        return None
    try:
        if field.requested_columns is ...:
            field.requested_columns = collect_requested_columns(field)
        arguments = convert_arguments(schema, execution, field, batched.field, info)
        read: PlannedRead | None = plan_read(field.requested_columns, **{**batched.defaults, **arguments})
    except Exception:
        return None
    if field.converted_arguments is not None:
        # Its arguments are the same in every execution, and so is what it reads.
        field.planned_read = read
    return read


def _selection_of(field: Field) -> Selection | None:
    """What is selected of the object type that a field returns; None for other types, and if it is not valid."""
    shape = field.shape
    if not isinstance(shape, ObjectShape) or shape.is_abstract:
        return None
    try:
        return shape.selection_for(shape.graphql_type)
    except GraphQLError:
        # The error is reported at the object, if there is one.
        return None
