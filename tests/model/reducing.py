"""Makes a history that shows a difference shorter; hypothesis would take minutes, for each history is many requests."""

from collections.abc import Awaitable, Callable
from typing import Any

Run = Callable[[list[Any]], Awaitable[list[str]]]
MAX_RUNS = 40


async def reduced(run: Run, steps: list[Any], found: list[str]) -> tuple[list[Any], list[str]]:
    """Fewer steps that still show the first difference found, and what they show."""
    field, runs = found[0].split(":")[0], 0
    length = len(steps) // 2
    while length and runs < MAX_RUNS:
        start = 0
        while start < len(steps) and runs < MAX_RUNS:
            fewer = steps[:start] + steps[start + length :]
            runs += 1
            shown = [each for each in await run(fewer) if each.split(":")[0] == field]
            if shown:
                steps, found = fewer, shown
            else:
                start += length
        length //= 2
    return steps, found
