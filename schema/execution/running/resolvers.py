"""Calls the resolvers of a field for its parents."""

from collections.abc import Sequence
from functools import partial
from typing import Any

import strawberry
from strawberry.exceptions import WrongNumberOfResultsReturned
from strawberry.execution import optimized_is_awaitable

from schema.execution.fields.batched import BatchResults, ParentBatch
from schema.execution.fields.columnar import attribute_values, is_column_batch, is_grouped_rows
from schema.execution.graphql_core import ExecutionContext
from schema.execution.planning.arguments import coerce_arguments, convert_arguments
from schema.execution.planning.lookahead import plan_reads
from schema.execution.planning.plan import Field
from schema.execution.planning.resolution import BatchedCall, CoreResolverCall, ResolverCall, TypeNameResolution
from schema.execution.running.invoke import call_each
from schema.execution.running.paths import FieldColumn, ObjectBatch
from schema.execution.running.resolve_info import LevelResolveInfo, make_resolve_info


class FieldResolvers:
    """Calls the resolvers of one operation's fields, with their arguments."""

    def __init__(self, schema: strawberry.Schema, execution: ExecutionContext) -> None:
        self._schema, self._execution = schema, execution

    async def call_batched(
        self, field: Field, batched_call: BatchedCall, first_batch: ObjectBatch, parents: Sequence[Any]
    ) -> Sequence[Any]:
        """The results of a batched field for all parents, of which `first_batch` is the first.

        Raises what the field raises.
        """
        resolve_info = make_resolve_info(self._execution, FieldColumn(first_batch, field))
        if batched_call.has_extensions:
            arguments = coerce_arguments(self._execution, field)
            result = field.definition.resolve(ParentBatch(parents), resolve_info, **arguments)
            results = await result if optimized_is_awaitable(result) else result
            # An extension may return one value in place of the field's results; it is the value for all parents.
            return list(results) if isinstance(results, BatchResults) else [results] * len(parents)
        info = self._info(field, resolve_info, batched_call.field)
        arguments = convert_arguments(self._schema, self._execution, field, batched_call.field, lambda: info)
        returned = await batched_call.batch_function(parents, info, **{**batched_call.defaults, **arguments})
        results = returned if is_column_batch(returned) or is_grouped_rows(returned) else list(returned)
        if len(results) != len(parents):
            raise WrongNumberOfResultsReturned(expected=len(parents), received=len(results))
        return results

    def resolve_each(self, batch: ObjectBatch, field: Field) -> list[Any]:
        """The value of a field for each object, or the exception that was raised."""
        resolution, sources = field.resolution, batch.sources
        if isinstance(resolution, TypeNameResolution):
            return [field.parent_type.name] * len(sources)
        try:
            if isinstance(resolution, ResolverCall):
                if resolution.column is not None and is_column_batch(sources):
                    name, function = resolution.column
                    return call_each(function, attribute_values(sources, name))
                return self._call_resolver(batch, field, resolution)
            assert isinstance(resolution, CoreResolverCall)
            resolve_info = make_resolve_info(self._execution, FieldColumn(batch, field))
            arguments = coerce_arguments(self._execution, field)
            resolve = field.definition.resolve or self._execution.field_resolver
            return call_each(lambda source: resolve(source, resolve_info, **arguments), sources)
        except Exception as error:
            return [error] * len(sources)

    def _call_resolver(self, batch: ObjectBatch, field: Field, resolver: ResolverCall) -> list[Any]:
        def make_info() -> Any:
            return self._info(field, make_resolve_info(self._execution, FieldColumn(batch, field)), resolver.field)

        arguments = convert_arguments(self._schema, self._execution, field, resolver.field, make_info)
        if resolver.info_parameter is not None:
            arguments = {**arguments, resolver.info_parameter: make_info()}
        function, parent_parameter = resolver.function, resolver.parent_parameter
        if parent_parameter is None:
            return call_each(lambda _source: function(**arguments), batch.sources)
        if resolver.passes_parent_by_position:
            return call_each(partial(function, **arguments) if arguments else function, batch.sources)
        return call_each(lambda source: function(**arguments, **{parent_parameter: source}), batch.sources)

    def _info(self, field: Field, resolve_info: LevelResolveInfo, definition: Any) -> Any:
        resolve_info.plan_reads = partial(plan_reads, self._schema, self._execution, field)
        return self._schema.config.info_class(_raw_info=resolve_info, _field=definition)
