"""Runs what takes long in a thread, where the loop would stand still for everybody."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# Threads share one interpreter with the loop, which waits for each of them in turn: more would not be faster.
READERS = ThreadPoolExecutor(1, "read")
CONVERTERS = ThreadPoolExecutor(2, "convert")


async def read_aside(is_much: bool, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """As `aside`, for what is done within tenths of a second whatever is sent: it never waits for what takes longer."""
    return await _run(READERS, function, *args, **kwargs) if is_much else function(*args, **kwargs)


async def aside(is_much: bool, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What a function returns; in a thread if it has much to do. Raises what the function raises."""
    return await _run(CONVERTERS, function, *args, **kwargs) if is_much else function(*args, **kwargs)


async def _run(threads: ThreadPoolExecutor, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    context = copy_context()
    return await asyncio.get_running_loop().run_in_executor(
        threads,
        partial(context.run, function, *args, **kwargs),
    )
