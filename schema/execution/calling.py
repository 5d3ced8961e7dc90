"""Gets values of many objects: attributes, results of functions, what awaitables come to."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import lru_cache
from operator import attrgetter, itemgetter
from types import CoroutineType, GeneratorType
from typing import Any

from strawberry.execution import optimized_is_awaitable

ROWS = "attributes_are_items"


def attributes(sources: list[Any], name: str) -> list[Any]:
    """An attribute of each object; an exception where it has none.

    A class may say by `attributes_are_items = True` that its items of the same names are quicker to get at.
    """
    try:
        return attribute(sources, name)
    except Exception:
        return called(lambda source: getattr(source, name), sources)


def attribute(sources: Sequence[Any], name: str) -> list[Any]:
    """An attribute of each object. Raises AttributeError, or KeyError, when one has none."""
    kinds = set(map(type, sources))
    rows = len(kinds) == 1 and getattr(next(iter(kinds)), ROWS, False)
    return list(map(itemgetter(name) if rows else attrgetter(name), sources))


def called(function: Callable[[Any], Any], sources: list[Any]) -> list[Any]:
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


async def in_turn(jobs: list[Coroutine[Any, Any, None]]) -> None:
    """Runs jobs one after another. The first that raises ends them all."""
    try:
        for job in jobs:
            await job
    finally:
        for job in jobs:
            job.close()


async def together(jobs: list[Coroutine[Any, Any, None]]) -> None:
    """Runs jobs at the same time. The first that raises ends them all."""
    if not jobs:
        return
    if len(jobs) == 1:
        await jobs[0]
        return
    tasks = [asyncio.ensure_future(job) for job in jobs]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_EXCEPTION)
        for task in done:
            task.result()
    finally:
        pending = [task for task in tasks if not task.done()]
        for task in pending:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


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
    indices = [index for index, value in enumerate(values) if optimized_is_awaitable(value)]
    for index, found in zip(indices, await settled([values[index] for index in indices]), strict=True):
        values[index] = found
    return values


@lru_cache(maxsize=4096)
def is_awaitable_type(kind: type) -> bool:
    """Whether objects of a type may be awaitable."""
    return hasattr(kind, "__await__") or issubclass(kind, GeneratorType)
