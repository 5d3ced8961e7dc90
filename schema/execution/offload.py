"""Runs long functions in a thread, so that they do not block the event loop."""

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from functools import partial
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")

# Few threads: they share one interpreter with the event loop, so more would not be faster.
SHORT_JOB_THREADS = ThreadPoolExecutor(1, "read")
LONG_JOB_THREADS = ThreadPoolExecutor(2, "convert")


async def run_short_job_in_thread_if(
    needs_thread: bool, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs
) -> R:
    """As `run_in_thread_if`, for functions that take tenths of a second at most; they never wait for longer ones."""
    return (
        await _run_in_thread(SHORT_JOB_THREADS, function, *args, **kwargs)
        if needs_thread
        else function(*args, **kwargs)
    )


async def run_in_thread_if(needs_thread: bool, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """The result of a function, which runs in a thread if it `needs_thread`. Raises what the function raises."""
    return (
        await _run_in_thread(LONG_JOB_THREADS, function, *args, **kwargs) if needs_thread else function(*args, **kwargs)
    )


async def _run_in_thread(threads: ThreadPoolExecutor, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    context = copy_context()
    return await asyncio.get_running_loop().run_in_executor(
        threads,
        partial(context.run, function, *args, **kwargs),
    )
