"""Executes a plan level by level: plain fields at once, then each batched field in one call for all its parents."""

import asyncio
from collections.abc import Coroutine, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import strawberry
from strawberry.execution import optimized_is_awaitable

from schema.execution.fields.columnar import concatenate, is_column_batch_type, typed_attributes, types_of
from schema.execution.graphql_core import ExecutionContext
from schema.execution.offload import run_in_thread_if
from schema.execution.planning.leaves import NONE_TYPE
from schema.execution.planning.plan import Field, ListShape, ObjectShape, Selection
from schema.execution.planning.resolution import BatchedCall
from schema.execution.running.completion import Completion
from schema.execution.running.errors import FieldErrors, ResponseIsNull
from schema.execution.running.invoke import (
    await_all,
    close_coroutines,
    gather_items,
    get_attributes,
    is_awaitable_type,
)
from schema.execution.running.jobs import run_together
from schema.execution.running.paths import FieldColumn, ObjectBatch, ResponsePath
from schema.execution.running.resolve_info import make_resolve_info
from schema.execution.running.resolvers import FieldResolvers
from schema.execution.running.response_size import ResponseSize
from schema.execution.running.yielding import OBJECTS_PER_ERROR, ObjectBudget

# Presetting the keys of so many objects takes as long as completing one.
OBJECTS_PRESET_PER_COMPLETION = 10
# More errors than these are reported in any order.
MAX_SORTED_ERRORS = 3_000


class AwaitableColumn(NamedTuple):
    """Values of a column, some of them awaitable: those at `indices`."""

    column: FieldColumn
    values: list[Any]
    indices: list[int]


class LongListColumn(NamedTuple):
    """Lists of a column that hold too many objects for one event-loop iteration; they are completed in chunks."""

    column: FieldColumn
    values: Sequence[Any]
    lists_per_chunk: int


class LevelExecution:
    """The execution of one operation, level by level; `field_errors` are its errors.

    It lets other tasks run: very many objects are completed in several event-loop iterations. If the request
    `has_many_variables`, arguments are coerced in a thread.
    """

    def __init__(
        self, schema: strawberry.Schema, execution: ExecutionContext, has_many_variables: bool = False
    ) -> None:
        self._resolvers, self._has_many_variables = FieldResolvers(schema, execution), has_many_variables
        self._size = ResponseSize()
        self.field_errors = FieldErrors(self._size)
        self._completion = Completion(
            execution.schema,
            self._size,
            self.enter_selection,
            lambda response_path: make_resolve_info(execution, response_path),
        )
        self._deferred_batches: dict[Selection, list[ObjectBatch]] = {}
        self._large_batches: list[ObjectBatch] = []
        self._long_lists: list[LongListColumn] = []
        self._budget = ObjectBudget()
        # Only one task completes objects at a time.
        self._completion_lock = asyncio.Lock()
        self._awaitable_columns: list[AwaitableColumn] = []

    def enter_selection(
        self, selection: Selection, sources: Sequence[Any], response_path: ResponsePath | None, indices: Sequence[int]
    ) -> list[dict[str, Any]]:
        """The response objects of a selection, complete except for deferred fields. Raises ResponseTooLarge."""
        batch = ObjectBatch(selection, sources, response_path, indices)
        if self._budget.add_completed(batch.cost):
            batch.results = [{} for _ in range(len(sources))]
            self._large_batches += batch.split(max(self._budget.max_objects * len(sources) // batch.cost, 1))
        else:
            columns = self._complete_leaf_fields(batch)
            batch.results = selection.build_dicts(len(sources), columns)
            for field in selection.nested_fields:
                self._set_values(batch, field, self._complete_field(batch, field))
        if selection.deferred_fields:
            self._deferred_batches.setdefault(selection, []).append(batch)
        return batch.results

    def close(self) -> None:
        """Deletes the references to all objects; their cycles would otherwise wait for the garbage collector."""
        for awaitable in self._awaitable_columns:
            close_coroutines(awaitable.values)
        del self._completion, self._deferred_batches, self._large_batches, self._long_lists, self._awaitable_columns

    async def run_levels(self) -> None:
        """Executes all levels below the entered selections.

        Raises ResponseIsNull once the whole response is null, and ResponseTooLarge.
        """
        if self._completion.failures:
            await self._report_failures()
        while self._deferred_batches or self._large_batches or self._long_lists or self._awaitable_columns:
            await self._budget.wait_for_room()
            deferred, self._deferred_batches = self._deferred_batches, {}
            large_batches, self._large_batches = self._large_batches, []
            await self._preset_keys(large_batches)
            batched_fields: list[tuple[Field, BatchedCall, list[ObjectBatch]]] = []
            for selection, batches in deferred.items():
                for field in selection.deferred_fields:
                    if isinstance(field.resolution, BatchedCall):
                        batched_fields.append((field, field.resolution, batches))
                        continue
                    for batch in batches:
                        values = await run_in_thread_if(
                            self._has_many_variables, self._resolvers.resolve_each, batch, field
                        )
                        self._set_values(
                            batch, field, self._complete_or_defer(FieldColumn(batch, field), values, types_of(values))
                        )
            awaitable_columns, self._awaitable_columns = self._awaitable_columns, []
            jobs: list[Coroutine[Any, Any, None]] = [self._await_column(awaitable) for awaitable in awaitable_columns]
            if large_batches:
                jobs.append(self._complete_large_batches(large_batches))
            if self._long_lists:
                jobs.append(self._complete_long_lists())
            jobs += [self._resolve_batched(*batched_field) for batched_field in batched_fields]
            await run_together(jobs)
            if self._completion.failures:
                await self._report_failures()

    async def _report_failures(self) -> None:
        failures, self._completion.failures = self._completion.failures, []
        chunk_size = self._budget.max_objects // OBJECTS_PER_ERROR + 1
        if len(failures) <= MAX_SORTED_ERRORS:
            # In the order of the response.
            failures.sort(key=lambda failure: failure[0].sort_key(failure[1]))
        for start in range(0, len(failures), chunk_size):
            chunk = failures[start : start + chunk_size]
            await self._budget.wait_for_room(len(chunk) * OBJECTS_PER_ERROR)
            self._budget.add_completed(len(chunk) * OBJECTS_PER_ERROR)
            for failure in chunk:
                self.field_errors.add(*failure)
            if self.field_errors.is_response_null:
                raise ResponseIsNull

    def _complete_leaf_fields(self, batch: ObjectBatch) -> list[list[Any]]:
        """The completed columns of the leaf fields."""
        selection, attributes = batch.selection, batch.selection.leaf_attributes
        columns: Sequence[list[Any] | None] = [None] * len(selection.leaf_fields)
        if attributes is not None:
            try:
                columns = self._completion.complete_leaves(selection, *typed_attributes(batch.sources, attributes))
            except (AttributeError, KeyError):
                # It is raised again below, where each attribute is read alone.
                columns = [None] * len(selection.leaf_fields)
        return [
            self._complete_field(batch, field) if column is None else column
            for field, column in zip(selection.leaf_fields, columns, strict=True)
        ]

    def _complete_field(self, batch: ObjectBatch, field: Field) -> list[Any]:
        column = FieldColumn(batch, field)
        types: frozenset[type]
        if field.attribute is not None:
            values, types = get_attributes(batch.sources, field.attribute)
        else:
            values = self._resolvers.resolve_each(batch, field)
            types = types_of(values)
        return self._complete_or_defer(column, values, types)

    def _complete_or_defer(self, column: FieldColumn, values: list[Any], types: frozenset[type]) -> list[Any]:
        """The completed values; nulls if the column is deferred."""
        if self._defer_awaitables(column, values, types) or self._defer_long_lists(column, values, types):
            return [None] * len(values)
        return self._completion.complete(column.field.shape, values, types, column)

    def _set_values(self, batch: ObjectBatch, field: Field, values: list[Any]) -> None:
        key = field.key
        for result, value in zip(batch.results, values, strict=True):
            result[key] = value

    def _defer_awaitables(self, column: FieldColumn, values: list[Any], types: frozenset[type]) -> bool:
        """Whether some of the values are awaitable; if so, the column is deferred until they have results."""
        if isinstance(column.field.shape, ListShape) and list in types:
            values[:] = [gather_items(value) if type(value) is list else value for value in values]
            types = types_of(values)
        if not any(map(is_awaitable_type, types)):
            return False
        indices = [index for index, value in enumerate(values) if optimized_is_awaitable(value)]
        if not indices:
            # A generator may be an old-style coroutine; these are not.
            return False
        self._awaitable_columns.append(AwaitableColumn(column, values, indices))
        return True

    def _defer_long_lists(self, column: FieldColumn, values: Sequence[Any], types: frozenset[type]) -> bool:
        """Whether the lists hold more objects than one event-loop iteration may complete.

        If so, they are completed later, in chunks. Raises ResponseTooLarge.
        """
        shape = column.field.shape
        if len(values) < 2 or not isinstance(shape, ListShape) or not isinstance(shape.item, ObjectShape):
            return False
        if not all(
            value_type is list or value_type is NONE_TYPE or is_column_batch_type(value_type) for value_type in types
        ):
            return False
        item_count = sum(len(items) for items in values if items is not None)
        if item_count <= self._budget.max_objects:
            return False
        if not shape.item.is_nullable:
            self._size.ensure_room(item_count)
        self._long_lists.append(
            LongListColumn(column, values, max(self._budget.max_objects * len(values) // item_count, 1))
        )
        return True

    async def _preset_keys(self, batches: list[ObjectBatch]) -> None:
        """Sets all keys to null in the order of the response, before any field sets one of them."""
        for batch in batches:
            await self._budget.wait_for_room(batch.cost // OBJECTS_PRESET_PER_COMPLETION)
            self._budget.add_completed(batch.cost // OBJECTS_PRESET_PER_COMPLETION)
            count = len(batch.sources)
            nulls = batch.selection.build_dicts(count, [[None] * count] * len(batch.selection.leaf_fields))
            for result, null_dict in zip(batch.results, nulls, strict=True):
                result.update(null_dict)

    async def _complete_large_batches(self, batches: list[ObjectBatch]) -> None:
        """Completes batches one after another, and lets other tasks run after each."""
        for batch in batches:
            async with self._completion_lock:
                await self._budget.wait_for_room(batch.cost)
                self._budget.add_completed(batch.cost)
                for field in (*batch.selection.leaf_fields, *batch.selection.nested_fields):
                    self._set_values(batch, field, self._complete_field(batch, field))
                if self._completion.failures:
                    await self._report_failures()

    async def _complete_long_lists(self) -> None:
        """Completes lists in chunks, and lets other tasks run after each chunk."""
        long_lists, self._long_lists = self._long_lists, []
        for column, values, lists_per_chunk in long_lists:
            for start, batch in zip(
                range(0, len(values), lists_per_chunk), column.batch.split(lists_per_chunk), strict=True
            ):
                await self._complete_columns(
                    [(FieldColumn(batch, column.field), values[start : start + lists_per_chunk])]
                )

    async def _await_column(self, awaitable: AwaitableColumn) -> None:
        column, values, indices = awaitable
        results = await await_all([values[index] for index in indices])
        for index, value in zip(indices, results, strict=True):
            values[index] = value
        await self._complete_columns([(column, values)])

    async def _complete_columns(self, columns: list[tuple[FieldColumn, Sequence[Any]]]) -> None:
        # Few objects are completed without waiting, so nothing else is completed meanwhile.
        needs_lock = self._completion_lock.locked() or not self._budget.is_small
        if not needs_lock:
            self._set_columns(columns)
            if not self._completion.failures:
                return
        async with self._completion_lock:
            if needs_lock:
                await self._budget.wait_for_room()
                self._set_columns(columns)
            if self._completion.failures:
                await self._report_failures()

    def _set_columns(self, columns: list[tuple[FieldColumn, Sequence[Any]]]) -> None:
        for column, values in columns:
            field, types = column.field, types_of(values)
            if not self._defer_long_lists(column, values, types):
                self._set_values(column.batch, field, self._completion.complete(field.shape, values, types, column))

    async def _resolve_batched(self, field: Field, batched_call: BatchedCall, batches: list[ObjectBatch]) -> None:
        parents = batches[0].sources if len(batches) == 1 else concatenate([batch.sources for batch in batches])
        try:
            results = await self._resolvers.call_batched(field, batched_call, batches[0], parents)
        except Exception as error:
            results = [error] * len(parents)
        bounds = pairwise(accumulate((len(batch.sources) for batch in batches), initial=0))
        parts = [results] if len(batches) == 1 else [results[start:end] for start, end in bounds]
        columns = [(FieldColumn(batch, field), part) for batch, part in zip(batches, parts, strict=True)]
        # If the results are an error, it refers to this frame.
        del results, parts
        await self._complete_columns(columns)
