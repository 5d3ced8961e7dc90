"""Runs random histories, and makes one that shows a difference shorter: hypothesis would take minutes for it."""

import os
from collections.abc import Awaitable, Callable
from typing import Any

from hypothesis import HealthCheck, Phase, settings

FUZZ = int(os.environ.get("OKRGRAPH_FUZZ", "0"))
Run = Callable[[list[Any]], Awaitable[list[str]]]
MAX_RUNS = 40


def histories(few: int) -> settings:
    """So few histories, always the same; a hundredth of OKRGRAPH_FUZZ, of any kind, where that is set."""
    return settings(
        max_examples=max(FUZZ // 100, 1) if FUZZ else few,
        deadline=None,
        derandomize=not FUZZ,
        database=None,
        phases=[Phase.generate],
        suppress_health_check=list(HealthCheck),
    )


async def ensure_no_difference(run: Run, steps: list[Any]) -> None:
    """Raises AssertionError with the shortest history found and its differences, where there are any."""
    if found := await run(steps):
        steps, found = await reduced(run, steps, found)
        raise AssertionError("\n".join([*map(str, steps), *found]))


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
