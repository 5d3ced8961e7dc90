"""Runs what takes long in a thread, where the loop would stand still for everybody."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

P = ParamSpec("P")
R = TypeVar("R")


async def aside(is_much: bool, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What a function returns; in a thread if it has much to do. Raises what the function raises."""
    return await asyncio.to_thread(function, *args, **kwargs) if is_much else function(*args, **kwargs)
