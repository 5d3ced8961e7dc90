"""Takes a cycle from one state to another."""

from collections.abc import Iterator
from datetime import date
from typing import Any
from uuid import UUID

from service.cycles.commands import check_parents, span, time_zone
from service.cycles.models import Cycle
from service.cycles.states import TRANSITIONS, CycleState, CycleStep, derivation_facts, effective_state, steps_instead
from service.errors import Refusal
from service.events.models import Verb
from service.people.permissions import ensure_administrator
from service.people.policy_commands import current_version
from service.writing.change import Change
from service.writing.rows import apply_change, lock_row
from service.writing.transaction import Transaction

VERBS = {
    CycleStep.ACTIVATE: Verb.ACTIVATED,
    CycleStep.BEGIN_CLOSING: Verb.CLOSING_BEGUN,
    CycleStep.EXTEND: Verb.EXTENDED,
    CycleStep.CLOSE: Verb.CLOSED,
    CycleStep.REOPEN: Verb.REOPENED,
}


class CycleStepNotAllowed(Refusal):
    """The cycle is {state}, so that {step} cannot be used now. To make it {to}, use: {steps}."""

    meaning = (
        "Step <step> of a cycle that its state <state> does not allow. To make the cycle <to>, use the mutations "
        "<steps>, in this order."
    )


class CycleEndNotLater(Refusal):
    """The cycle ends on {ends_on} already. Extend it to a later day."""

    meaning = (
        "Last day of a cycle that is to be extended, which is before <endsOn>, on which it ends. Send a later day."
    )


async def take_step(tx: Transaction, step: CycleStep, requested: Change) -> bool:
    """Takes a step of a cycle, if it is not in the state that the step leads to; whether anything was changed.

    All objectives in the cycle are settled anew if their derived values follow from the step. Raises Forbidden,
    NotFound and Archived. Notes CycleStepNotAllowed.
    """
    cycle = await lock_to_step(tx, requested.id)
    state = effective_state(cycle, tx.now)
    if state is TRANSITIONS[step].to:
        # The request was sent again, or somebody else was faster.
        return False
    tx.attempt.note(_check_step(state, step))
    values: dict[str, Any] = {"state": TRANSITIONS[step].to}
    if step is CycleStep.ACTIVATE:
        values["activated_at"] = tx.now
    elif step in (CycleStep.CLOSE, CycleStep.REOPEN):
        values["status_policy_id"] = await current_version(tx) if step is CycleStep.CLOSE else None
    return await _apply(tx, cycle, step, requested, values)


async def extend(tx: Transaction, requested: Change, ends_on: date) -> bool:
    """Makes a cycle that is CLOSING or ACTIVE active until a later day; whether anything was changed.

    Raises Forbidden, NotFound, Archived and CycleOutsideParent. Notes CycleStepNotAllowed and CycleEndNotLater.
    """
    cycle = await lock_to_step(tx, requested.id)
    state = effective_state(cycle, tx.now)
    if state is CycleState.ACTIVE and cycle.ends_on == ends_on:
        return False
    tx.attempt.note(_check_step(state, CycleStep.EXTEND))
    if ends_on < cycle.ends_on:
        tx.attempt.note([CycleEndNotLater(("endsOn",), ends_on=cycle.ends_on)])
    values = span(tx, cycle.starts_on, max(ends_on, cycle.ends_on), await time_zone(tx))
    changed = await _apply(tx, cycle, CycleStep.EXTEND, requested, {**values, "state": CycleState.ACTIVE})
    await check_parents(tx, [cycle])
    return changed


async def lock_to_step(tx: Transaction, id: UUID) -> Cycle:
    """The cycle, locked, to change its state. The transaction has the graph lock for itself, so that nobody else acts
    in the cycle meanwhile."""
    ensure_administrator(tx.viewer)
    return await lock_row(tx, Cycle, id)


def _check_step(state: CycleState, step: CycleStep) -> Iterator[Refusal]:
    transition = TRANSITIONS[step]
    if state not in transition.origins:
        steps = ", ".join(steps_instead(state, step))
        yield CycleStepNotAllowed(("id",), state=state.value, step=step.value, to=transition.to.value, steps=steps)


async def _apply(tx: Transaction, cycle: Cycle, step: CycleStep, requested: Change, values: dict[str, Any]) -> bool:
    change = Change(cycle.id, values, requested.expected_version, reason=requested.reason)
    facts_before = derivation_facts(cycle)
    changes = await apply_change(tx, cycle, change)
    if changes:
        if derivation_facts(cycle) != facts_before:
            tx.touched_cycles.add(cycle.id)
        tx.record(VERBS[step], cycle, changes, requested=change)
    return bool(changes)
