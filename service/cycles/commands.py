"""Changes to cycles."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from sqlalchemy import bindparam, select

from service.cadence.checks import CADENCE, check_own_cadence
from service.cycles.admission import GoalCycle, check_cycle
from service.cycles.calendar import instants
from service.cycles.dated_goal_commands import ensure_goals_inside
from service.cycles.models import Cycle
from service.cycles.states import CycleAction, CycleState, derivation_facts, effective_state
from service.errors import Refusal
from service.events.models import Verb
from service.people.models import Organization
from service.people.permissions import ensure_administrator
from service.people.policy_commands import current_version
from service.postgres.tables import columns_of
from service.values.trees import find_loop
from service.writing.change import Change
from service.writing.rows import apply_change, changes_of_new, lock_row, new_row
from service.writing.transaction import Transaction

# The facts by which a cycle lies in time, and in another one, and its cadence.
SCHEDULE = frozenset({"starts_on", "ends_on", "parent_id", "activation"}) | CADENCE
_cycle = columns_of(Cycle)
_organization = columns_of(Organization)
TIME_ZONE = select(_organization.time_zone).where(
    _organization.id == bindparam("organization_id", type_=_organization.id.type)
)


class CycleDatesInverted(Refusal):
    """The cycle would end on {ends_on}, before it starts on {starts_on}."""

    meaning = (
        "Last day <endsOn> of a cycle before its first day <startsOn>. Send a first day that is not after the last one."
    )


class CycleDateOutOfRange(Refusal):
    """A cycle lies between the years 1900 and 2200."""

    meaning = "Day of a cycle outside the years 1900 to 2200. Send a day in these years."


class CycleOutsideParent(Refusal):
    """The cycle ({starts_on} to {ends_on}) reaches outside its parent cycle ({parent_starts_on} to
    {parent_ends_on})."""

    meaning = (
        "Cycle (<startsOn> to <endsOn>) that reaches outside its parent cycle (<parentStartsOn> to <parentEndsOn>). "
        "Change the days of one of the two, or the parent."
    )


class CycleLoop(Refusal):
    """A cycle cannot be inside itself, directly or by way of its own child cycles."""

    meaning = "Cycle inside itself: the parent is the cycle, or one of its own parts. Choose another parent."


class CycleStateUnchangeable(Refusal):
    """The cycle is {state}. Its state changes by cycleActivate, cycleBeginClosing, cycleExtend, cycleClose and
    cycleReopen only: leave `state` out."""

    meaning = (
        "Other state of a cycle in a file than the cycle has, which is <state>. Leave `state` out, and change it by "
        "`cycleActivate`, `cycleBeginClosing`, `cycleExtend`, `cycleClose` or `cycleReopen`."
    )


def draft(tx: Transaction, values: Mapping[str, Any], time_zone: str) -> Cycle:
    """A new cycle. Notes CycleDatesInverted, CycleDateOutOfRange and the refusals of `check_cadence`."""
    cycle = new_row(tx, Cycle, {**values, **span(tx, values["starts_on"], values["ends_on"], time_zone)})
    tx.attempt.note(check_own_cadence(cycle))
    return cycle


async def drafting(tx: Transaction) -> Callable[[Mapping[str, Any]], Cycle]:
    """The function that makes a new cycle of values, in the organization's time zone."""
    zone = await time_zone(tx)
    return lambda values: draft(tx, values, zone)


async def create(tx: Transaction, cycles: Sequence[Cycle]) -> None:
    """Adds cycles. Raises CycleOutsideParent."""
    ensure_administrator(tx.viewer)
    closed = [cycle for cycle in cycles if cycle.state == CycleState.CLOSED]
    if closed:
        policy_id = await current_version(tx)
        for cycle in closed:
            cycle.status_policy_id = policy_id
    tx.insert(cycles)
    tx.created.update(("cycle_id", cycle.id) for cycle in cycles)
    await check_parents(tx, cycles)
    for cycle in cycles:
        tx.record(Verb.CREATED, cycle, changes_of_new(cycle))


async def change(tx: Transaction, requested: Change) -> None:
    """Changes a cycle; other dates or another cadence settle all objectives in it anew. Notes CycleStateForbids for
    these and for another parent, CycleStateUnchangeable for another state, and the refusals of `check_cadence`."""
    ensure_administrator(tx.viewer)
    cycle = await lock_row(tx, Cycle, requested.id)
    values = dict(requested.values)
    state = effective_state(cycle, tx.now)
    if values.pop("state", cycle.state) not in (cycle.state, state):
        tx.attempt.note([CycleStateUnchangeable(("state",), state=state.value)])
    if "starts_on" in values or "ends_on" in values:
        first, last = values.get("starts_on", cycle.starts_on), values.get("ends_on", cycle.ends_on)
        values |= span(tx, first, last, await time_zone(tx))
    before, facts_before = goal_cycle(cycle), derivation_facts(cycle)
    after = before._replace(**_state_facts(values))
    if state is CycleState.ACTIVE and effective_state(after, tx.now) is not state:
        # A cycle that has become ACTIVE at its start stays so.
        values["state"] = state
    changes = await apply_change(tx, cycle, replace(requested, values=values))
    if not changes:
        return
    if SCHEDULE & changes.keys():
        tx.attempt.note(check_cycle(tx, before, CycleAction.SCHEDULE, "id"))
    if "retrospective" in changes:
        tx.attempt.note(check_cycle(tx, before, CycleAction.REVIEW, "retrospective"))
    if {"parent_id", "starts_at", "ends_at"} & changes.keys():
        await check_parents(tx, [cycle])
    if {"starts_on", "ends_on", "allows_dates_outside"} & changes.keys():
        await ensure_goals_inside(tx, cycle)
    tx.attempt.note(check_own_cadence(cycle))
    if derivation_facts(cycle) != facts_before:
        tx.touched_cycles.add(cycle.id)
    tx.record(Verb.UPDATED, cycle, changes, requested=requested)


def _state_facts(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values that the state of a cycle follows from."""
    return {name: value for name, value in values.items() if name in ("activation", "starts_at")}


def goal_cycle(cycle: Cycle) -> GoalCycle:
    """A cycle, as far as it decides what may be done."""
    return GoalCycle(cycle.id, cycle.name, cycle.state, cycle.activation, cycle.starts_at, cycle.ends_at)


async def time_zone(tx: Transaction) -> str:
    """The organization's time zone."""
    [row] = await tx.rows(TIME_ZONE)
    zone: str = row.time_zone
    return zone


def span(tx: Transaction, starts_on: date, ends_on: date, zone: str) -> dict[str, Any]:
    """The days of a cycle and the instants that they mean. Notes CycleDatesInverted and CycleDateOutOfRange."""
    if ends_on < starts_on:
        tx.attempt.note([CycleDatesInverted(("endsOn",), starts_on=starts_on, ends_on=ends_on)])
    if starts_on.year < 1900 or ends_on.year > 2200:
        tx.attempt.note([CycleDateOutOfRange(("startsOn",) if starts_on.year < 1900 else ("endsOn",))])
    starts_at, ends_at = instants(starts_on, ends_on, zone)
    return {"starts_on": starts_on, "ends_on": ends_on, "starts_at": starts_at, "ends_at": ends_at}


async def check_parents(tx: Transaction, cycles: Sequence[Cycle]) -> None:
    """These cycles lie inside their parents, their own parts inside them, and nothing inside itself."""
    await tx.flush()
    changed = {cycle.id for cycle in cycles}
    rows = await tx.rows(
        select(_cycle.id, _cycle.parent_id, _cycle.starts_on, _cycle.ends_on).where(
            _cycle.organization_id == tx.organization_id
        )
    )
    if find_loop({row.id: row.parent_id for row in rows}, changed) is not None:
        raise CycleLoop(("parentId",))
    known = {row.id: row for row in rows}
    for row in rows:
        parent = known.get(row.parent_id)
        if parent is None or not {row.id, parent.id} & changed:
            continue
        if not parent.starts_on <= row.starts_on <= row.ends_on <= parent.ends_on:
            raise CycleOutsideParent(
                ("parentId",),
                starts_on=row.starts_on,
                ends_on=row.ends_on,
                parent_starts_on=parent.starts_on,
                parent_ends_on=parent.ends_on,
            )
