"""Runs a plan level by level: what is at hand at once, then each batched field in one call for all its objects."""

import asyncio
from collections.abc import Coroutine, Sequence
from itertools import accumulate, pairwise
from typing import Any, NamedTuple

import strawberry
from strawberry.execution import optimized_is_awaitable

from schema.execution.fields.columnar import is_frame_type, joined, kinds_of
from schema.execution.graphql_core import Core
from schema.execution.offload import aside
from schema.execution.planning.leaves import NOTHING
from schema.execution.planning.plan import Field, ListShape, ObjectShape, Selection
from schema.execution.planning.resolution import Attribute, Batched
from schema.execution.running.completion import Completion
from schema.execution.running.errors import Failures, NothingLeft
from schema.execution.running.invoke import (
    attributes,
    discard,
    gathered,
    is_awaitable_type,
    settled,
    together,
)
from schema.execution.running.paths import Batch, Column, Place
from schema.execution.running.resolve_info import raw_info
from schema.execution.running.resolvers import Resolvers
from schema.execution.running.response_size import Size
from schema.execution.running.yielding import AN_ERROR, Turns

# So many objects are laid out while one is completed. More errors than these are told in any order.
LAID_OUT, SORTED = 10, 3_000


class Promise(NamedTuple):
    """Values of a column that have to be awaited: all at these indices, the others are there."""

    column: Column
    values: list[Any]
    indices: list[int]


class Long(NamedTuple):
    """Lists of a column that hold very many objects: how many lists are completed in one piece."""

    column: Column
    values: Sequence[Any]
    size: int


class Levels:
    """The execution of one operation, level by level; `failures` are its errors.

    It does not hold up others where one level is much work: very many objects are completed in several turns of the
    loop, and arguments are read in a thread where there `is_much` in the variables.
    """

    def __init__(self, schema: strawberry.Schema, core: Core, is_much: bool = False) -> None:
        self._resolvers, self._is_much = Resolvers(schema, core), is_much
        self._size = Size()
        self.failures = Failures(self._size)
        self._completion = Completion(core.schema, self._size, self.enter, lambda place: raw_info(core, place))
        self._waiting: dict[Selection, list[Batch]] = {}
        self._large: list[Batch] = []
        self._long: list[Long] = []
        # Whoever completes objects does so while no one else does.
        self._turns, self._one_by_one = Turns(), asyncio.Lock()
        self._promises: list[Promise] = []

    def enter(
        self, selection: Selection, sources: Sequence[Any], place: Place | None, indices: Sequence[int]
    ) -> list[dict[str, Any]]:
        """The objects of a selection, complete but for what has to be awaited. Raises TooLarge."""
        batch = Batch(selection, sources, place, indices)
        if self._turns.count(batch.work):
            batch.results = [{} for _ in range(len(sources))]
            self._large += batch.parts(max(self._turns.most * len(sources) // batch.work, 1))
        else:
            columns: list[Any] = [self._completed(batch, field) for field in selection.leaves]
            batch.results = selection.build(len(sources), columns)
            for field in selection.inner:
                self._put(batch, field, self._completed(batch, field))
        if selection.later:
            self._waiting.setdefault(selection, []).append(batch)
        return batch.results

    def over(self) -> None:
        """Lets go of all objects, which would hold each other until the garbage collector finds them."""
        for promise in self._promises:
            discard(promise.values)
        del self._completion, self._waiting, self._large, self._long, self._promises

    async def finish(self) -> None:
        """Works through all levels below what was entered.

        Raises NothingLeft once the whole response is null, and TooLarge.
        """
        await self._tell()
        while self._waiting or self._large or self._long or self._promises:
            await self._turns.room()
            waiting, self._waiting = self._waiting, {}
            large, self._large = self._large, []
            await self._lay_out(large)
            asked: list[tuple[Field, Batched, list[Batch]]] = []
            for selection, batches in waiting.items():
                for field in selection.later:
                    if isinstance(field.resolution, Batched):
                        asked.append((field, field.resolution, batches))
                        continue
                    for batch in batches:
                        values = await aside(self._is_much, self._resolvers.values, batch, field)
                        self._put(batch, field, self._at_hand(Column(batch, field), values, kinds_of(values)))
            promises, self._promises = self._promises, []
            jobs: list[Coroutine[Any, Any, None]] = [self._keep(promise) for promise in promises]
            if large:
                jobs.append(self._fill(large))
            if self._long:
                jobs.append(self._fill_lists())
            jobs += [self._answer(*each) for each in asked]
            await together(jobs)
            await self._tell()

    async def _tell(self) -> None:
        found, self._completion.failures = self._completion.failures, []
        size = self._turns.most // AN_ERROR + 1
        if len(found) <= SORTED:
            # In the order of the response, as if it had been written from its beginning to its end.
            found.sort(key=lambda failure: failure[0].rank(failure[1]))
        for start in range(0, len(found), size):
            some = found[start : start + size]
            await self._turns.room(len(some) * AN_ERROR)
            self._turns.count(len(some) * AN_ERROR)
            for failure in some:
                self.failures.add(*failure)
            if self.failures.nothing_left:
                raise NothingLeft

    def _completed(self, batch: Batch, field: Field) -> list[Any]:
        column = Column(batch, field)
        if isinstance(field.resolution, Attribute):
            values, kinds = attributes(batch.sources, field.resolution.name)
        else:
            values = self._resolvers.values(batch, field)
            kinds = kinds_of(values)
        return self._at_hand(column, values, kinds)

    def _at_hand(self, column: Column, values: list[Any], kinds: set[type]) -> list[Any]:
        """What values come to, but for those that have to be awaited."""
        if self._defer(column, values, kinds) or self._put_off(column, values, kinds):
            return [None] * len(values)
        return self._completion.column(column.field.shape, values, kinds, column)

    def _put(self, batch: Batch, field: Field, completed: list[Any]) -> None:
        key = field.key
        for result, value in zip(batch.results, completed, strict=True):
            result[key] = value

    def _defer(self, column: Column, values: list[Any], kinds: set[type]) -> bool:
        """Whether some of the values have to be awaited; they are completed when they are there."""
        if isinstance(column.field.shape, ListShape) and list in kinds:
            values[:] = [gathered(value) if type(value) is list else value for value in values]
            kinds = kinds_of(values)
        if not any(map(is_awaitable_type, kinds)):
            return False
        indices = [index for index, value in enumerate(values) if optimized_is_awaitable(value)]
        if not indices:
            # A generator may be a coroutine of old, and is not one.
            return False
        self._promises.append(Promise(column, values, indices))
        return True

    def _put_off(self, column: Column, values: Sequence[Any], kinds: set[type]) -> bool:
        """Whether lists hold more objects than one turn completes; they are completed part by part. Raises TooLarge."""
        shape = column.field.shape
        if len(values) < 2 or not isinstance(shape, ListShape) or not isinstance(shape.item, ObjectShape):
            return False
        if not all(kind is list or kind is NOTHING or is_frame_type(kind) for kind in kinds):
            return False
        total = sum(len(each) for each in values if each is not None)
        if total <= self._turns.most:
            return False
        if not shape.item.nullable:
            self._size.ensure_room(total)
        self._long.append(Long(column, values, max(self._turns.most * len(values) // total, 1)))
        return True

    async def _lay_out(self, batches: list[Batch]) -> None:
        """Puts all keys in their order, with nulls, before somebody sets one of them."""
        for batch in batches:
            await self._turns.room(batch.work // LAID_OUT)
            self._turns.count(batch.work // LAID_OUT)
            count = len(batch.sources)
            nulls = batch.selection.build(count, [[None] * count] * len(batch.selection.leaves))
            for result, each in zip(batch.results, nulls, strict=True):
                result.update(each)

    async def _fill(self, batches: list[Batch]) -> None:
        """Completes batches one after another, with a turn for others after each."""
        for batch in batches:
            async with self._one_by_one:
                await self._turns.room(batch.work)
                self._turns.count(batch.work)
                for field in (*batch.selection.leaves, *batch.selection.inner):
                    self._put(batch, field, self._completed(batch, field))
                if self._completion.failures:
                    await self._tell()

    async def _fill_lists(self) -> None:
        """Completes lists part by part, with a turn for others after each."""
        long, self._long = self._long, []
        for column, values, size in long:
            for start, part in zip(range(0, len(values), size), column.batch.parts(size), strict=True):
                await self._finish([(Column(part, column.field), values[start : start + size])])

    async def _keep(self, promise: Promise) -> None:
        column, values, indices = promise
        found = await settled([values[index] for index in indices])
        for index, value in zip(indices, found, strict=True):
            values[index] = value
        await self._finish([(column, values)])

    async def _finish(self, columns: list[tuple[Column, Sequence[Any]]]) -> None:
        async with self._one_by_one:
            await self._turns.room()
            for column, values in columns:
                field, kinds = column.field, kinds_of(values)
                if not self._put_off(column, values, kinds):
                    self._put(column.batch, field, self._completion.column(field.shape, values, kinds, column))
            if self._completion.failures:
                await self._tell()

    async def _answer(self, field: Field, batched: Batched, batches: list[Batch]) -> None:
        parents = batches[0].sources if len(batches) == 1 else joined([batch.sources for batch in batches])
        try:
            answers = await self._resolvers.asked(field, batched, batches[0], parents)
        except Exception as error:
            answers = [error] * len(parents)
        ends = list(accumulate(len(batch.sources) for batch in batches))
        bounds = pairwise([0, *ends])
        columns = [
            (Column(batch, field), answers[start:end]) for batch, (start, end) in zip(batches, bounds, strict=True)
        ]
        # If they are an error, it holds this frame.
        del answers
        await self._finish(columns)
