"""The pure tables of states: each step, each way to what is not allowed, and the state at a time."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from service.cycles.states import (
    ALLOWED,
    TRANSITIONS,
    CycleAction,
    CycleActivation,
    CycleState,
    CycleStep,
    effective_state,
    steps_instead,
    steps_to_allow,
)

START = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass
class Stored:
    state: str
    activation: str = "AT_START"
    starts_at: datetime = START


def test_the_table() -> None:
    """As docs/cycles.md and the domain say it."""
    assert {state: {action.name for action in actions} for state, actions in ALLOWED.items()} == {
        "PLANNING": {"EDIT", "SCHEDULE"},
        "ACTIVE": {"EDIT", "CHECK_IN", "REVIEW", "SCHEDULE", "CARRY_OVER"},
        "CLOSING": {"CHECK_IN", "REVIEW", "SCORE", "CARRY_OVER"},
        "CLOSED": {"CARRY_OVER"},
    }
    assert {step.name: ({*transition.origins}, transition.to) for step, transition in TRANSITIONS.items()} == {
        "ACTIVATE": ({"PLANNING"}, "ACTIVE"),
        "BEGIN_CLOSING": ({"ACTIVE"}, "CLOSING"),
        "EXTEND": ({"ACTIVE", "CLOSING"}, "ACTIVE"),
        "CLOSE": ({"CLOSING"}, "CLOSED"),
        "REOPEN": ({"CLOSED"}, "CLOSING"),
    }


@pytest.mark.parametrize(
    ("state", "action", "steps"),
    [
        ("PLANNING", "CHECK_IN", ["cycleActivate"]),
        ("PLANNING", "SCORE", ["cycleActivate", "cycleBeginClosing"]),
        ("ACTIVE", "SCORE", ["cycleBeginClosing"]),
        ("CLOSING", "EDIT", ["cycleExtend"]),
        ("CLOSED", "CHECK_IN", ["cycleReopen"]),
        ("CLOSED", "SCHEDULE", ["cycleReopen", "cycleExtend"]),
        ("ACTIVE", "EDIT", []),
    ],
)
def test_what_would_help(state: str, action: str, steps: list[str]) -> None:
    assert list(steps_to_allow(CycleState(state), CycleAction[action])) == steps


@pytest.mark.parametrize("state", CycleState)
def test_the_steps_that_are_named_lead_there(state: CycleState) -> None:
    def after(steps: tuple[CycleStep, ...]) -> CycleState:
        reached = state
        for step in steps:
            assert reached in TRANSITIONS[step].origins
            reached = TRANSITIONS[step].to
        return reached

    for action in CycleAction:
        assert action in ALLOWED[after(steps_to_allow(state, action))]
    for step in CycleStep:
        assert after(steps_instead(state, step)) is TRANSITIONS[step].to


@given(
    st.sampled_from(CycleState), st.sampled_from(CycleActivation), st.timedeltas(-timedelta(days=9), timedelta(days=9))
)
def test_the_state_at_a_time(state: CycleState, activation: CycleActivation, passed: timedelta) -> None:
    found = effective_state(Stored(state, activation), START + passed)
    has_begun = passed >= timedelta(0)
    if state is CycleState.PLANNING and activation is CycleActivation.AT_START and has_begun:
        assert found is CycleState.ACTIVE
    else:
        assert found is state
