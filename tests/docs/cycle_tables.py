"""The tables of docs/cycles.md, from the state machine."""

from collections.abc import Sequence
from pathlib import Path

from service.cycles.states import ALLOWED, TRANSITIONS, CycleAction, CycleState, steps_to_allow

PAGE = Path("docs/cycles.md")


def states() -> str:
    """Which state allows what, and which mutations would help."""
    actions = list(CycleAction)
    rows = [
        (f"`{state}`", *("yes" if action in ALLOWED[state] else _remedy(state, action) for action in actions))
        for state in CycleState
    ]
    return _table(("state", *(action.value for action in actions)), rows)


def steps() -> str:
    """Which step may be taken from which states, and where it leads."""
    rows = [
        (f"`{step}`", ", ".join(f"`{each}`" for each in CycleState if each in transition.origins), f"`{transition.to}`")
        for step, transition in TRANSITIONS.items()
    ]
    return _table(("mutation", "from", "to"), rows)


def _remedy(state: CycleState, action: CycleAction) -> str:
    return "refused; " + ", ".join(f"`{step}`" for step in steps_to_allow(state, action))


def _table(header: tuple[str, ...], rows: Sequence[tuple[str, ...]]) -> str:
    lines = [header, tuple("---" for _ in header), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
