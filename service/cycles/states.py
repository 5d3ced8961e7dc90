"""The state machine of cycles: what each state allows, and which verb leads where. No database, no clock."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from enum import StrEnum
from typing import NamedTuple, Protocol


class CycleState(StrEnum):
    PLANNING = "PLANNING"
    ACTIVE = "ACTIVE"
    CLOSING = "CLOSING"
    CLOSED = "CLOSED"


class CycleActivation(StrEnum):
    AT_START = "AT_START"
    MANUAL = "MANUAL"


class CycleAction(StrEnum):
    """What is done in a cycle: changing its goals and what they count, checking in, scoring, writing retrospectives,
    changing its dates or its cadence, and carrying its goals over into another cycle, which has to allow EDIT."""

    EDIT = "change goals"
    CHECK_IN = "check in"
    SCORE = "score goals"
    REVIEW = "write retrospectives"
    SCHEDULE = "change the dates, the parent or the cadence of the cycle"
    CARRY_OVER = "carry goals over into another cycle"


class CycleStep(StrEnum):
    """A step from one state to another, by the mutation of that name."""

    ACTIVATE = "cycleActivate"
    BEGIN_CLOSING = "cycleBeginClosing"
    EXTEND = "cycleExtend"
    CLOSE = "cycleClose"
    REOPEN = "cycleReopen"


class Transition(NamedTuple):
    """The state that a step leads to, and the states that it may be taken from."""

    to: CycleState
    origins: frozenset[CycleState]


# The documents print these tables.
ALLOWED: Mapping[CycleState, frozenset[CycleAction]] = {
    CycleState.PLANNING: frozenset({CycleAction.EDIT, CycleAction.SCHEDULE}),
    CycleState.ACTIVE: frozenset(CycleAction) - {CycleAction.SCORE},
    CycleState.CLOSING: frozenset(
        {CycleAction.CHECK_IN, CycleAction.SCORE, CycleAction.REVIEW, CycleAction.CARRY_OVER}
    ),
    CycleState.CLOSED: frozenset({CycleAction.CARRY_OVER}),
}
TRANSITIONS: Mapping[CycleStep, Transition] = {
    CycleStep.ACTIVATE: Transition(CycleState.ACTIVE, frozenset({CycleState.PLANNING})),
    CycleStep.BEGIN_CLOSING: Transition(CycleState.CLOSING, frozenset({CycleState.ACTIVE})),
    CycleStep.EXTEND: Transition(CycleState.ACTIVE, frozenset({CycleState.ACTIVE, CycleState.CLOSING})),
    CycleStep.CLOSE: Transition(CycleState.CLOSED, frozenset({CycleState.CLOSING})),
    CycleStep.REOPEN: Transition(CycleState.CLOSING, frozenset({CycleState.CLOSED})),
}


# The facts of goals, and of milestones, that are no edits. The state of no cycle binds who reads a goal and how other
# systems know it.
UNBOUND_FACTS = frozenset({"visibility", "external_id"})
ACTIONS_BY_FACT: Mapping[str, CycleAction] = {
    **dict.fromkeys(("final_score", "score_reason", "score_waiver"), CycleAction.SCORE),
    "retrospective": CycleAction.REVIEW,
    "done_at": CycleAction.CHECK_IN,
}


class StoredState(Protocol):
    """What the state of a cycle at a time follows from."""

    @property
    def state(self) -> str: ...
    @property
    def activation(self) -> str: ...
    @property
    def starts_at(self) -> datetime: ...


class DerivationState(StoredState, Protocol):
    """What the derived values of goals follow from in their cycle."""

    @property
    def ends_at(self) -> datetime: ...
    @property
    def activated_at(self) -> datetime | None: ...
    @property
    def check_in_cadence_days(self) -> int | None: ...
    @property
    def check_in_weekday(self) -> str | None: ...


def actions_on(facts: Iterable[str]) -> frozenset[CycleAction]:
    """The actions that a change of these facts of a goal or a milestone is."""
    return frozenset(ACTIONS_BY_FACT.get(fact, CycleAction.EDIT) for fact in facts if fact not in UNBOUND_FACTS)


def are_check_ins(actions: Iterable[CycleAction]) -> bool:
    """Whether these actions are check-ins and nothing else, so that contributors may do them."""
    return set(actions) == {CycleAction.CHECK_IN}


def effective_state(cycle: StoredState, now: datetime) -> CycleState:
    """The state of a cycle at a time: planned ones become ACTIVE at their start, unless their activation is MANUAL."""
    starts_itself = cycle.activation == CycleActivation.AT_START and cycle.starts_at <= now
    return CycleState.ACTIVE if cycle.state == CycleState.PLANNING and starts_itself else CycleState(cycle.state)


def derivation_facts(cycle: DerivationState) -> tuple[object, ...]:
    """The facts of a cycle that the derived values of its goals follow from. CLOSING is as ACTIVE to them."""
    awaits_activation = cycle.state == CycleState.PLANNING and cycle.activation == CycleActivation.MANUAL
    cadence = cycle.check_in_cadence_days, cycle.check_in_weekday
    times = cycle.starts_at, cycle.ends_at, cycle.activated_at
    return cycle.state == CycleState.CLOSED, awaits_activation, *times, *cadence


def steps_to_allow(state: CycleState, action: CycleAction) -> tuple[CycleStep, ...]:
    """The fewest steps after which a cycle in this state allows an action; none if it does already."""
    return _fewest_steps(state, {each for each, actions in ALLOWED.items() if action in actions})


def steps_instead(state: CycleState, step: CycleStep) -> tuple[CycleStep, ...]:
    """The fewest steps from this state to the one that a step leads to."""
    return _fewest_steps(state, {TRANSITIONS[step].to})


def _fewest_steps(state: CycleState, goals: Collection[CycleState]) -> tuple[CycleStep, ...]:
    paths: list[tuple[CycleState, tuple[CycleStep, ...]]] = [(state, ())]
    for reached, steps in paths:
        if reached in goals:
            return steps
        known = {each for each, _ in paths}
        paths += [
            (transition.to, (*steps, step))
            for step, transition in TRANSITIONS.items()
            if reached in transition.origins and transition.to not in known
        ]
    raise AssertionError(f"No steps lead from {state} to {goals}.")
