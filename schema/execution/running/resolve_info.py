"""What resolvers and types are told about the execution: once for each field of a level."""

from collections.abc import Callable
from typing import Any

from graphql import GraphQLError, GraphQLResolveInfo
from graphql.pyutils import Path

from schema.execution.fields.batched import Asked, Read
from schema.execution.graphql_core import Core
from schema.execution.planning.columns import columns_of
from schema.execution.running.paths import Place


class LevelInfo(GraphQLResolveInfo[Any]):
    """One for all objects of a level; its path is that of the first of them."""

    place: Place
    operation_extensions = None
    following: Callable[[Any], list[Read]] | None = None

    @property
    def columns(self) -> Asked | None:
        """The columns that are asked for of the rows behind the field; None for all, as they are."""
        field = self.place.field
        if field.columns is ...:
            try:
                field.columns = columns_of(field)
            except GraphQLError:
                # What is wrong below is told where there is an object that it is about.
                field.columns = None
        return field.columns

    @property
    def path(self) -> Any:
        """The path, worked out when somebody asks for it."""
        found = None
        for key in self.place.path(0):
            found = Path(found, key, None)
        return found


def raw_info(core: Core, place: Place) -> LevelInfo:
    """What graphql-core would tell about the field of a place."""
    field = place.field
    info = LevelInfo(
        field.name,
        field.nodes,
        field.definition.type,
        field.kind,
        None,  # type: ignore[arg-type]
        core.schema,
        core.fragment_definitions,
        core.root_value,
        core.operation,
        core.variable_values,
        core.context_value,
        core.is_awaitable,
        core.abort_signal,
        core.async_helpers,
    )
    info.place = place
    return info
