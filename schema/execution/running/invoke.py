"""Gets values of many objects: attributes, results of functions, what awaitables come to."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import lru_cache
from types import CoroutineType, GeneratorType
from typing import Any

from strawberry.execution import optimized_is_awaitable

from schema.execution.fields.columnar import kinds_of, typed


def attributes(sources: Sequence[Any], name: str) -> tuple[list[Any], set[type]]:
    """An attribute of each object, an exception where it has none; and the types of all that."""
    try:
        return typed(sources, name)
    except Exception:
        found = called(lambda source: getattr(source, name), sources)
        return found, kinds_of(found)


def called(function: Callable[[Any], Any], sources: Sequence[Any]) -> list[Any]:
    """What a function returns for each object, or the exception that it raises."""
    found: list[Any] = []
    append = found.append
    for source in sources:
        try:
            append(function(source))
        except Exception as error:
            append(error)
    return found


async def settled(awaitables: list[Awaitable[Any]]) -> list[Any]:
    """What each comes to, together; the exception where one is raised."""
    if len(awaitables) == 1:
        try:
            return [await awaitables[0]]
        except Exception as error:
            return [error]
    found = await asyncio.gather(*awaitables, return_exceptions=True)
    for each in found:
        if isinstance(each, BaseException) and not isinstance(each, Exception):
            raise each
    return found


async def together(jobs: list[Coroutine[Any, Any, None]]) -> None:
    """Runs jobs at the same time. The first that raises ends them all."""
    if not jobs:
        return
    if len(jobs) == 1:
        await jobs[0]
        return
    loop = asyncio.get_running_loop()
    # Less than half of what `asyncio.wait` costs, which small requests notice.
    over, left = loop.create_future(), len(jobs)
    first: list[asyncio.Task[None]] = []

    def ended(task: asyncio.Task[None]) -> None:
        nonlocal left
        left -= 1
        failed = task.cancelled() or task.exception() is not None
        if not over.done() and (failed or not left):
            first.append(task)
            over.set_result(None)

    tasks = [loop.create_task(job) for job in jobs]
    for task in tasks:
        task.add_done_callback(ended)
    try:
        await over
    finally:
        if left:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)
        # An error holds this frame, so that this must not hold the tasks, which hold their errors.
        tasks.clear()
        del task
    first.pop().result()


def discard(values: list[Any]) -> None:
    """Closes coroutines that nobody will await."""
    for value in values:
        if isinstance(value, CoroutineType):
            value.close()


def gathered(values: list[Any]) -> list[Any] | Coroutine[Any, Any, list[Any]]:
    """A list whose items may be awaitable, as one awaitable if any is."""
    if not any(map(is_awaitable_type, set(map(type, values)))):
        return values
    return _gathered(values)


async def _gathered(values: list[Any]) -> list[Any]:
    found = list(values)
    indices = [index for index, value in enumerate(values) if optimized_is_awaitable(value)]
    for index, value in zip(indices, await settled([values[index] for index in indices]), strict=True):
        found[index] = value
    return found


@lru_cache(maxsize=4096)
def is_awaitable_type(kind: type) -> bool:
    """Whether objects of a type may be awaitable."""
    return hasattr(kind, "__await__") or issubclass(kind, GeneratorType)
