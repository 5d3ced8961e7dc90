"""Changes to objectives."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from uuid import UUID

from service.cadence.checks import CADENCE, check_cadences, check_own_cadence
from service.cycles.admission import check_cycle, check_cycles, load_cycles
from service.cycles.states import CycleAction, actions_on
from service.errors import Refusal
from service.events.models import Verb
from service.objectives.date_commands import complete_objectives, with_dates_of_objective
from service.objectives.goal_dates import DATES
from service.objectives.locking import lock_objective
from service.objectives.models import Objective
from service.people.goal_access import ensure_seen
from service.people.permissions import ensure_editor
from service.writing.change import Change
from service.writing.reorder import move
from service.writing.rows import apply_change, changes_of_new
from service.writing.transaction import Transaction
from service.writing.yielding import let_others

# The facts that progress and status follow from, here or above.
COUNTING = frozenset({"cycle_id", "team_id", "progress_source", "status_source", "final_score"}) | DATES | CADENCE
# The facts that decide for whom, and whether, an objective is around others.
SURROUNDING = frozenset({"visibility", "lifecycle"})
SETTLED = COUNTING | SURROUNDING


async def create(tx: Transaction, objectives: Sequence[Objective]) -> None:
    """Adds objectives. Notes CycleStateForbids if their cycle does not take new ones, and the refusals of
    `check_cadence`."""
    add = await creating(tx, objectives)
    await add(objectives)


async def creating(
    tx: Transaction, objectives: Sequence[Objective]
) -> Callable[[Sequence[Objective]], Awaitable[None]]:
    """Reads once what new objectives need; the function that adds some of them."""
    ensure_editor(tx.viewer)
    cycles = await load_cycles(tx, {each.cycle_id for each in objectives})
    refusals = await complete(tx, objectives)

    async def add(objectives: Sequence[Objective]) -> None:
        for cycle_id in {each.cycle_id for each in objectives} & cycles.keys():
            tx.attempt.note(check_cycle(tx, cycles[cycle_id], CycleAction.EDIT, "cycleId"))
        for objective in objectives:
            tx.attempt.note(refusals.get(objective.id, ()))
        tx.insert(objectives)
        for count, objective in enumerate(objectives, 1):
            tx.record(Verb.CREATED, objective, changes_of_new(objective), objectives=[objective.id])
            await let_others(count)

    return add


async def complete(tx: Transaction, objectives: Sequence[Objective]) -> dict[UUID, list[Refusal]]:
    """Completes the dates of new objectives; what is wrong with these and with their cadences, by id."""
    dates, cadences = await complete_objectives(tx, objectives), check_cadences(objectives)
    return {id: [*dates.get(id, ()), *cadences.get(id, ())] for id in {**dates, **cadences}}


async def change(tx: Transaction, requested: Change) -> None:
    """Changes an objective. Notes CycleStateForbids of its cycle, and of the one that it is moved to, and the refusals
    of `check_cadence`."""
    ensure_editor(tx.viewer)
    is_settled = not SETTLED.isdisjoint(requested.values)
    is_surrounding = not SURROUNDING.isdisjoint(requested.values)
    locked = await lock_objective(tx, requested.id, (), alone=not is_settled, with_children=is_surrounding)
    objective = locked.objective
    if (cycle_id := requested.values.get("cycle_id", objective.cycle_id)) != objective.cycle_id:
        await check_cycles(tx, [cycle_id], CycleAction.EDIT, "cycleId")
    if is_settled:
        requested = replace(requested, values=await with_dates_of_objective(tx, objective, requested.values))
    changes = await apply_change(tx, objective, requested)
    await locked.check_cycle(tx, actions_on(changes), "id")
    tx.attempt.note(check_own_cadence(objective))
    if changes:
        settles = bool(SETTLED & changes.keys())
        if SURROUNDING & changes.keys():
            tx.realigned.below.add(objective.id)
        tx.record(Verb.UPDATED, objective, changes, requested=requested, objectives=[objective.id], settles=settles)


async def lock_to_archive(tx: Transaction, id: UUID, archived: bool) -> tuple[Objective, Sequence[UUID]]:
    """The objective to archive or restore, and the objectives it counts in: archived, it stops counting."""
    locked = await lock_objective(tx, id, (), allow_archived=True, with_children=True)
    await locked.check_archiving(tx, locked.objective, archived)
    if (locked.objective.archived_at is not None) != archived:
        tx.realigned.below.add(id)
    return locked.objective, [id]


async def reorder(tx: Transaction, id: UUID, after: UUID | None) -> None:
    """Puts an objective right after another one of its cycle, or first."""
    ensure_editor(tx.viewer)
    objective = (await lock_objective(tx, id, alone=True)).objective
    await ensure_seen(tx, Objective, afterId=after)
    await move(
        tx,
        objective,
        "cycle_id",
        after,
        lambda row, changes: tx.record(Verb.REORDERED, row, changes, objectives=[row.id], settles=False),
    )
