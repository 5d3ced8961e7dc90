"""Carries objectives over from one cycle into another: all of a request, or nothing."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select
from sqlmodel import SQLModel

from service.carry_overs import sources
from service.carry_overs.alignment_commands import align_successors
from service.carry_overs.copy_commands import (
    ABANDON,
    Belongings,
    check_changes,
    draft_successor,
    find_missing,
    insert_successor,
    load_belongings,
    record_decision,
    reverse_decision,
)
from service.carry_overs.decisions import (
    CarriedKeyResult,
    CarriedObjective,
    CarryOverDecision,
    CarryOverOutcome,
    ObjectiveDecision,
)
from service.carry_overs.refusals import (
    CarriedAlready,
    CarryOverIntoItself,
    CarryOverTooLarge,
    GoalElsewhere,
    GoalRepeated,
)
from service.cycles.admission import GoalCycle, check_cycle, load_cycles
from service.cycles.states import CycleAction
from service.errors import Refusal, Refusals
from service.people.goal_access import GoalCheck, find_refusals
from service.people.models import Person, Team
from service.people.permissions import ensure_editor
from service.pillars.models import Pillar
from service.postgres.tables import columns_of
from service.reading.reader import of_tenant
from service.reading.statements import equals_any
from service.values.record import record
from service.writing.refusals import Archived, NotFound
from service.writing.transaction import Transaction
from service.writing.yielding import let_others

MAX_CARRIED = 10_000
# Objectives that are read by one statement.
CHUNK = 250
# Rows that are created for an objective, for the turns of others.
ROWS_AN_OBJECTIVE = 10
# What changes may refer to, by column.
REFERRED: Mapping[str, type[SQLModel]] = {"owner_id": Person, "team_id": Team, "pillar_id": Pillar}


@record
class CarryOverRequest:
    """Decisions about objectives of one cycle for another one."""

    from_cycle_id: UUID
    to_cycle_id: UUID
    decisions: Sequence[ObjectiveDecision]


@record
class Sources:
    """What is there of some objectives: their rows, why some cannot be carried over, what was decided before, what
    belongs to those that have no successor yet, and which of the ids that changes refer to exist, by column."""

    rows: Mapping[UUID, Any]
    refusals: Mapping[UUID, Refusal]
    former: Mapping[UUID, Sequence[Any]]
    belongings: Belongings
    existing: Mapping[str, set[UUID]]


@dataclass
class Work:
    """A carry-over that is under way. `reversed` are decisions to abandon an objective, each with
    the decision that takes its place and the successor."""

    tx: Transaction
    request: CarryOverRequest
    from_cycle: GoalCycle
    to_cycle: GoalCycle
    results: list[CarriedObjective]
    refusals: list[Refusal] = field(default_factory=list)
    decided: set[UUID] = field(default_factory=set)
    reversed: list[tuple[Any, CarryOverDecision, UUID]] = field(default_factory=list)
    has_checked_states: bool = False


async def carry_over(tx: Transaction, request: CarryOverRequest, results: list[CarriedObjective]) -> None:
    """Creates the successors of objectives, and records what was decided about each; `results` get what came of it, in
    the order of the request, also if it is refused.

    The transaction has the graph lock for itself. An objective that has a successor in the cycle stays as it is.
    Raises Forbidden, NotFound, CarryOverTooLarge, CarryOverIntoItself, and all that is wrong with any decision.
    """
    ensure_editor(tx.viewer)
    results.clear()
    if len(request.decisions) > MAX_CARRIED:
        raise CarryOverTooLarge(("items",), count=len(request.decisions), limit=MAX_CARRIED)
    work = await _begun(tx, request, results)
    for start in range(0, len(request.decisions), CHUNK):
        sources = await _load(work, request.decisions[start : start + CHUNK])
        for index, decision in enumerate(request.decisions[start : start + CHUNK], start):
            _decide(work, index, decision, sources)
            await let_others(index * ROWS_AN_OBJECTIVE)
        if not work.refusals:
            tx.send_ahead()
    tx.attempt.ensure_fine()
    if work.refusals:
        raise Refusals(work.refusals)
    await _align(work)


async def _begun(tx: Transaction, request: CarryOverRequest, results: list[CarriedObjective]) -> Work:
    ids = {"id": request.from_cycle_id, "toCycleId": request.to_cycle_id}
    cycles = await load_cycles(tx, ids.values())
    if missing := [NotFound((name,), thing="cycle") for name, id in ids.items() if id not in cycles]:
        raise Refusals(missing)
    if request.from_cycle_id == request.to_cycle_id:
        raise CarryOverIntoItself(("toCycleId",))
    return Work(tx, request, cycles[request.from_cycle_id], cycles[request.to_cycle_id], results)


async def _load(work: Work, decisions: Sequence[ObjectiveDecision]) -> Sources:
    tx, ids = work.tx, [each.objective_id for each in decisions]
    rows = {row["id"]: row for row in await tx.rows(sources.OBJECTIVES, ids=ids)}
    checks = [GoalCheck(row, "objectiveId") for row in rows.values()]
    refusals = zip(rows, await find_refusals(tx, checks), strict=True)
    former: dict[UUID, list[Any]] = {}
    for row in await tx.rows(sources.CARRY_OVERS, ids=ids, cycle_id=work.to_cycle.id):
        former.setdefault(row["objective_id"], []).append(row)
    new = [each.objective_id for each in decisions if each.decision is not ABANDON and each.objective_id in rows]
    return Sources(
        rows,
        {id: refusal for id, refusal in refusals if refusal is not None},
        former,
        await load_belongings(tx, [id for id in new if _successor(former.get(id, ())) is None]),
        {column: await _existing(tx, column, decisions) for column in REFERRED},
    )


async def _existing(tx: Transaction, column: str, decisions: Sequence[ObjectiveDecision]) -> set[UUID]:
    """The ids of what changes refer to by a column, of those that are there."""
    changes = [values for each in decisions for values in (each.values, *(own.values for own in each.key_results))]
    ids = {values[column] for values in changes if values.get(column) is not None}
    model = REFERRED[column]
    table = columns_of(model)
    statement = select(table.id).where(of_tenant(model), equals_any(table.id))
    return {row["id"] for row in await tx.rows(statement, ids=list(ids))} if ids else set()


def _successor(former: Sequence[Any]) -> UUID | None:
    """The successor of an objective, by what was decided before."""
    return next((row["successor_id"] for row in former if row["key_result_id"] is None), None)


def _decide(work: Work, index: int, decision: ObjectiveDecision, sources: Sources) -> None:
    """Does what was decided about one objective, or notes why not."""
    id = decision.objective_id
    result = CarriedObjective(index, decision.decision, CarryOverOutcome.REFUSED)
    work.results.append(result)
    refusals = [*_check_source(work, decision, sources)]
    work.decided.add(id)
    if id in sources.rows and not isinstance(sources.refusals.get(id), NotFound):
        result.objective_id = id
    former = sources.former.get(id, ())
    if not refusals:
        if successor_id := _successor(former):
            result.outcome, result.successor_id = CarryOverOutcome.UNCHANGED, successor_id
            result.key_results = [_known(row) for row in former if row["key_result_id"] is not None]
            return
        if former and decision.decision is ABANDON:
            result.outcome = CarryOverOutcome.UNCHANGED
            return
        _check_states(work)
        refusals = _carry(work, decision, sources, result)
    for refusal in refusals:
        refusal.field = ("items", str(index), *refusal.field)
    work.refusals += refusals


def _check_source(work: Work, decision: ObjectiveDecision, sources: Sources) -> Iterator[Refusal]:
    id, field = decision.objective_id, ("objectiveId",)
    row, former = sources.rows.get(id), sources.former.get(id, ())
    if id in work.decided:
        yield GoalRepeated(field, thing="objective")
    elif row is None:
        yield NotFound(field, thing="objective")
    elif id in sources.refusals:
        yield sources.refusals[id]
    elif _successor(former) is not None:
        if decision.decision is ABANDON:
            yield CarriedAlready(("decision",))
    elif former and decision.decision is ABANDON:
        # It was sent before, wherever the objective is by now.
        return
    elif row["cycle_id"] != work.from_cycle.id:
        yield GoalElsewhere(field, thing="objective", owner=f"cycle {work.from_cycle.name}")
    elif row["archived_at"] is not None:
        yield Archived(field, thing="objective")


def _check_states(work: Work) -> None:
    """Notes what the states of the cycles do not allow, once there is anything to do: a request that is sent again is
    answered whatever the states are by then."""
    if not work.has_checked_states:
        work.has_checked_states = True
        work.tx.attempt.note(check_cycle(work.tx, work.from_cycle, CycleAction.CARRY_OVER, "id"))
        work.tx.attempt.note(check_cycle(work.tx, work.to_cycle, CycleAction.EDIT, "toCycleId"))
        work.refusals += work.tx.attempt.refusals
        work.tx.attempt.refusals.clear()


def _carry(work: Work, decision: ObjectiveDecision, sources: Sources, result: CarriedObjective) -> list[Refusal]:
    """Creates the successor of an objective, or records that it has none; what is wrong with that."""
    tx, cycle_id, row = work.tx, work.to_cycle.id, sources.rows[decision.objective_id]
    refusals = [*check_changes(decision), *find_missing(decision, sources.existing)]
    if decision.decision is ABANDON:
        if not refusals:
            result.outcome = CarryOverOutcome.ABANDONED
            if not work.refusals:
                record_decision(tx, row["id"], cycle_id, ABANDON)
        return refusals
    key_results = sources.belongings.key_results.get(row["id"], ())
    successor, wrong = draft_successor(tx, row, cycle_id, decision, key_results)
    refusals += wrong
    if refusals:
        return refusals
    result.outcome, result.title = CarryOverOutcome.CREATED, successor.objective.title
    result.successor_id, result.key_results = successor.objective.id, list(successor.carried)
    if not work.refusals:
        former = next(iter(sources.former.get(row["id"], ())), None)
        if former is not None:
            work.reversed.append((former, decision.decision, successor.objective.id))
        insert_successor(tx, row, cycle_id, decision, successor, sources.belongings, is_first=former is None)
    return []


def _known(row: Any) -> CarriedKeyResult:
    return CarriedKeyResult(row["key_result_id"], row["decision"], row["successor_key_result_id"])


async def _align(work: Work) -> None:
    """Aligns the new successors, once all of them are there."""
    tx = work.tx
    await tx.flush()
    for former, decision, successor_id in work.reversed:
        reverse_decision(tx, former, decision, successor_id)
    # Alignments lead to the successors that are in the database.
    await tx.flush()
    results = [each for each in work.results if each.outcome is CarryOverOutcome.CREATED]
    if len(results) > CHUNK:
        # Those for tables that were empty do not fit what was added.
        await tx.discard_plans()
    for start in range(0, len(results), CHUNK):
        chunk = results[start : start + CHUNK]
        counts = await align_successors(
            tx,
            [each.objective_id for each in chunk if each.objective_id],
            from_cycle_id=work.from_cycle.id,
            to_cycle_id=work.to_cycle.id,
        )
        for each in chunk:
            each.alignments = counts.get(each.objective_id, 0) if each.objective_id else 0
        tx.send_ahead()
    await tx.flush()
