"""Targets and whether they were reached."""

from collections.abc import Sequence
from typing import NamedTuple

from bench.tables import table

WORDS = {True: "reached", False: "missed", None: "not measured"}


class Target(NamedTuple):
    """A target and its measured result. `is_reached` is None if it was not measured, for the reason in `measured`."""

    title: str
    aim: str
    measured: str
    is_reached: bool | None


def at_most(title: str, limit: float, value: float, shown: str = "") -> Target:
    """A target for a value that should be small; it is shown with two decimals or as said."""
    return Target(title, f"at most {limit:g}", shown or f"{value:.2f}", value <= limit)


def at_least(title: str, limit: float, value: float, shown: str = "") -> Target:
    """A target for a value that should be large."""
    return Target(title, f"at least {limit:g}", shown or f"{value:.2f}", value >= limit)


def unmeasured(title: str, aim: str, reason: str) -> Target:
    """A target that this run has not measured."""
    return Target(title, aim, reason, None)


def targets_table(targets: Sequence[Target]) -> str:
    """The table of targets."""
    rows = [[each.title, each.aim, each.measured, WORDS[each.is_reached]] for each in targets]
    return table(["target", "aim", "measured", ""], rows)
