"""The state and the progress of an initiative, as its check-ins say."""

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple, Protocol


class StatedValues(Protocol):
    """What a check-in says, and what orders it among the others."""

    @property
    def progress(self) -> Decimal | None: ...
    @property
    def state(self) -> str | None: ...
    @property
    def at(self) -> datetime: ...
    @property
    def recorded_at(self) -> datetime: ...
    @property
    def sequence(self) -> int: ...


class CurrentValues(NamedTuple):
    """State and progress of an initiative; the progress is None if nobody gave one."""

    state: str
    progress: Decimal | None


def current_values(initial: CurrentValues, check_ins: Iterable[StatedValues]) -> CurrentValues:
    """Of the state and of the progress what the newest valid check-in says that says it, else the initial one.

    The newest is the one with the greatest `at`, then `recorded_at`, then `sequence`.
    """
    current = initial
    for each in sorted(check_ins, key=lambda each: (each.at, each.recorded_at, each.sequence)):
        state = current.state if each.state is None else each.state
        current = CurrentValues(state, current.progress if each.progress is None else each.progress)
    return current
