"""The resolve info that resolvers and types receive: one for each field of a level."""

from collections.abc import Callable, Sequence
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo
from graphql.pyutils import Path

from schema.execution.fields.batched import PlannedRead, RequestedColumns
from schema.execution.graphql_core import ExecutionContext
from schema.execution.planning.columns import collect_requested_columns
from schema.execution.running.paths import ResponsePath


class LevelResolveInfo(GraphQLResolveInfo[Any]):
    """The resolve info for all objects of a level; its path is that of the first object."""

    response_path: ResponsePath
    operation_extensions = None
    plan_reads: Callable[..., Sequence[PlannedRead]] | None = None

    @property
    def requested_columns(self) -> RequestedColumns | None:
        """The columns that are requested of the rows behind the field; None for all columns."""
        field = self.response_path.field
        if field.requested_columns is ...:
            try:
                field.requested_columns = collect_requested_columns(field)
            except GraphQLError:
                # The error is reported later, at the object that it concerns.
                field.requested_columns = None
        return field.requested_columns

    @property
    def path(self) -> Any:
        """The response path, computed on demand."""
        path = None
        for key in self.response_path.path(0):
            path = Path(path, key, None)
        return path


def make_resolve_info(execution: ExecutionContext, response_path: ResponsePath) -> LevelResolveInfo:
    """The resolve info that graphql-core would pass for the field of a response path."""
    field = response_path.field
    info = LevelResolveInfo(
        field.name,
        field.nodes,
        field.definition.type,
        field.parent_type,
        None,  # type: ignore[arg-type]
        execution.schema,
        execution.fragment_definitions,
        execution.root_value,
        execution.operation,
        execution.variable_values,
        execution.context_value,
        execution.is_awaitable,
        execution.abort_signal,
        execution.async_helpers,
    )
    info.response_path = response_path
    return info
