"""Refuses what the state of a cycle does not allow."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from sqlalchemy import select

from service.cycles.models import Cycle
from service.cycles.states import ALLOWED, CycleAction, CycleState, effective_state, steps_to_allow
from service.errors import Refusal
from service.postgres.tables import columns_of
from service.reading.reader import of_tenant
from service.reading.statements import equals_any
from service.writing.transaction import Transaction

_cycle = columns_of(Cycle)


class CycleStateForbids(Refusal):
    """The cycle {cycle} is {state}, in which nobody can {action}. First use: {steps}."""

    meaning = (
        "Change that the state of the cycle does not allow: while the cycle <cycle> is <state>, nobody can <action>. "
        "Use the mutations <steps> first, in this order."
    )


class GoalCycle(NamedTuple):
    """The cycle of a goal, as far as it decides what may be done. `state` is the stored one."""

    id: UUID
    name: str
    state: str
    activation: str
    starts_at: datetime
    ends_at: datetime


COLUMNS = GoalCycle._fields
BY_ID = select(*(_cycle[name] for name in COLUMNS)).where(of_tenant(Cycle), equals_any(_cycle.id))


def check_cycle(tx: Transaction, cycle: GoalCycle, action: CycleAction, *field: str) -> Iterator[CycleStateForbids]:
    """Yields CycleStateForbids if the state of the cycle at `tx.now` does not allow an action.

    Goals of a cycle that the same transaction has created are created with it, whatever its state.
    """
    state = effective_state(cycle, tx.now)
    is_new = ("cycle_id", cycle.id) in tx.created and (
        action is not CycleAction.CHECK_IN or state is not CycleState.PLANNING
    )
    if action not in ALLOWED[state] and not is_new:
        steps = ", ".join(steps_to_allow(state, action))
        yield CycleStateForbids(field, cycle=cycle.name, state=state.value, action=action.value, steps=steps)


async def load_cycles(tx: Transaction, ids: Iterable[UUID]) -> Mapping[UUID, GoalCycle]:
    """The cycles of these ids; nobody changes their state until the transaction ends, which has the graph lock."""
    rows = await tx.rows(BY_ID, ids=list(set(ids)))
    return {row["id"]: GoalCycle(*(row[name] for name in COLUMNS)) for row in rows}


async def check_cycles(tx: Transaction, ids: Iterable[UUID], action: CycleAction, *field: str) -> None:
    """Notes a CycleStateForbids for each of these cycles that does not allow an action."""
    for cycle in (await load_cycles(tx, ids)).values():
        tx.attempt.note(check_cycle(tx, cycle, action, *field))
