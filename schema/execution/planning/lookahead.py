"""Lookahead: the statements that the relations of objects will send, so that they can be sent together."""

from collections.abc import Iterator, Sequence
from typing import Any

import strawberry
from graphql import GraphQLError

from schema.execution.fields.batched import PLANNED_READ, RETURNS_PARENT_ROWS, PlannedRead
from schema.execution.graphql_core import ExecutionContext
from schema.execution.planning.arguments import convert_arguments
from schema.execution.planning.columns import collect_requested_columns
from schema.execution.planning.plan import Field, ListShape, ObjectShape, Selection
from schema.execution.planning.resolution import AttributeResolution, BatchedCall, ResolverCall

# More do not fit into one message. Fragments that spread each other twice would have any number of them.
MAX_READS_AHEAD = 50
# A page is read with one row more. Of many smaller pages, the relations of these rows take longer than a message.
MIN_PAGE_AHEAD = 3


def plan_reads(
    schema: strawberry.Schema,
    execution: ExecutionContext,
    field: Field,
    info: Any,
    type_name: str | None = None,
    is_many: bool = False,
) -> Sequence[PlannedRead]:
    """The planned reads of the relations of the object that a field returns, or of the objects if there may be several,
    those of a level before those of the next one. Those with invalid arguments are left out and fail later.

    With `type_name`, those of the field's own fields of that object type, as of the object in a payload.
    """
    reads: list[PlannedRead] = []
    # What returns objects, whether they may be several, and the number of the read that they come from.
    sources: list[tuple[Field, bool, int | None]] = [
        (each, is_many, None) for each in _fields_of_type(field, type_name)
    ]
    for source, are_many, after in sources:
        for relation in _relations(source):
            for read in _reads_of(schema, execution, relation, info):
                planned = read._replace(after=after, is_of_many=are_many)
                number = next((number for number, each in enumerate(reads) if each == planned), len(reads))
                if number == MAX_READS_AHEAD:
                    return reads
                if number == len(reads):
                    reads.append(planned)
                if read.rows == 1 or read.rows > (MIN_PAGE_AHEAD if are_many else 0):
                    sources.append((relation, are_many or read.rows > 1, number))
    return reads


def _reads_of(
    schema: strawberry.Schema, execution: ExecutionContext, field: Field, info: Any
) -> tuple[PlannedRead, ...]:
    """The reads of one relation; none if they are not known, or if the arguments are invalid."""
    batched = field.resolution
    if not isinstance(batched, BatchedCall) or batched.has_extensions:
        return ()
    plan_read = getattr(batched.batch_function, PLANNED_READ, None)
    if plan_read is None:
        return ()
    try:
        if field.requested_columns is ...:
            field.requested_columns = collect_requested_columns(field)
        arguments = convert_arguments(schema, execution, field, batched.field, lambda: info)
        known = field.arguments if field.arguments and field.arguments.converted is arguments else None
        if known is not None and known.planned_reads is not None:
            return known.planned_reads
        planned: Any = plan_read(field.requested_columns, **{**batched.defaults, **arguments})
    except Exception:
        return ()
    reads: tuple[PlannedRead, ...] = () if planned is None else planned if type(planned) is tuple else (planned,)
    if known is not None:
        known.planned_reads = reads
    return reads


def _fields_of_type(field: Field, type_name: str | None) -> Iterator[Field]:
    if type_name is None:
        yield field
        return
    for selection in _selections_of_rows(field):
        for child in selection.nested_fields:
            if isinstance(child.shape, ObjectShape) and child.shape.graphql_type.name == type_name:
                yield child


def _relations(field: Field) -> Iterator[Field]:
    for selection in _selections_of_rows(field):
        yield from selection.deferred_fields


def _selections_of_rows(field: Field) -> Iterator[Selection]:
    """What is selected of the rows that a field returns, as objects, lists or pages; not if it is not valid."""
    shape = field.shape
    while isinstance(shape, ListShape):
        shape = shape.item
    if not isinstance(shape, ObjectShape) or shape.is_abstract:
        return
    try:
        selection = shape.selection_for(shape.graphql_type)
    except GraphQLError:
        # The error is reported at the object, if there is one.
        return
    yield selection
    for child in selection.nested_fields:
        if _returns_rows_of_parent(child):
            yield from _selections_of_rows(child)


def _returns_rows_of_parent(field: Field) -> bool:
    """Whether a field returns the rows behind its parent, as the nodes of a page, its edges, and the node of one."""
    resolution = field.resolution
    if isinstance(resolution, AttributeResolution):
        return resolution.name == "node"
    return isinstance(resolution, ResolverCall) and getattr(resolution.function, RETURNS_PARENT_ROWS, False)
