"""Calls functions and awaits awaitables for many objects, and returns exceptions as values."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from functools import lru_cache
from types import CoroutineType, GeneratorType
from typing import Any

from strawberry.execution import optimized_is_awaitable

from schema.execution.fields.columnar import attribute_values_and_types


def get_attributes(sources: Sequence[Any], name: str) -> tuple[list[Any], frozenset[type]]:
    """The values of an attribute, and their types; the exception of each object that has no such attribute."""
    try:
        return attribute_values_and_types(sources, name)
    except Exception:
        values = call_each(lambda source: getattr(source, name), sources)
        return values, frozenset(map(type, values))


def call_each(function: Callable[[Any], Any], sources: Sequence[Any]) -> list[Any]:
    """The result of a function for each object, or the exception that it raises."""
    results: list[Any] = []
    append = results.append
    for source in sources:
        try:
            append(function(source))
        except Exception as error:
            append(error)
    return results


async def await_all(awaitables: list[Awaitable[Any]]) -> list[Any]:
    """The results of awaitables that run concurrently, or the exceptions that they raise."""
    if len(awaitables) == 1:
        try:
            return [await awaitables[0]]
        except Exception as error:
            return [error]
    results = await asyncio.gather(*awaitables, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, Exception):
            raise result
    return results


def close_coroutines(values: list[Any]) -> None:
    """Closes coroutines that will not be awaited."""
    for value in values:
        if isinstance(value, CoroutineType):
            value.close()


def gather_items(values: list[Any]) -> list[Any] | Coroutine[Any, Any, list[Any]]:
    """The list itself, or one awaitable for all its items if any of them may be awaitable."""
    if not any(map(is_awaitable_type, set(map(type, values)))):
        return values
    return _await_items(values)


async def _await_items(values: list[Any]) -> list[Any]:
    results = list(values)
    indices = [index for index, value in enumerate(values) if optimized_is_awaitable(value)]
    for index, value in zip(indices, await await_all([values[index] for index in indices]), strict=True):
        results[index] = value
    return results


@lru_cache(maxsize=4096)
def is_awaitable_type(python_type: type) -> bool:
    """Whether instances of a class may be awaitable."""
    return hasattr(python_type, "__await__") or issubclass(python_type, GeneratorType)
