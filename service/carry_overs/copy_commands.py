"""Creates the successor of an objective, with all that belongs to it and no progress."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from uuid_utils.compat import uuid7

from service.carry_overs import sources
from service.carry_overs.decisions import (
    CarriedKeyResult,
    CarryOverDecision,
    KeyResultDecision,
    ObjectiveDecision,
    successor_baseline,
)
from service.carry_overs.models import CarryOver
from service.carry_overs.refusals import ChangesWithoutModify, GoalRepeated
from service.errors import Refusal
from service.events.models import Verb
from service.key_results.commands import DEFINING, draft
from service.key_results.kpi_link_models import KpiLink
from service.key_results.models import KeyResult, KeyResultFacts, Milestone
from service.key_results.progress import CHANGES
from service.objectives.models import Lifecycle, Objective, ObjectiveFacts, OwnDates, ReviewFacts
from service.participants.models import Participant
from service.values.names import to_camel_case
from service.values.parsing import to_json_value
from service.writing.refusals import Archived, NotFound
from service.writing.rows import changes_of_new, new_row
from service.writing.transaction import Transaction
from service.writing.unsaved_row import unsaved_row

# What people said of a goal at its end stays with it, and a copy has a place of its own.
# Dates of their own would lie outside another cycle.
LEFT_BEHIND = frozenset({"cycle_id", "objective_id", "position", *ReviewFacts.model_fields, *OwnDates.model_fields})
DATES = tuple(OwnDates.model_fields)
OBJECTIVE_FACTS = tuple(name for name in ObjectiveFacts.model_fields if name not in LEFT_BEHIND)
KEY_RESULT_FACTS = tuple(name for name in KeyResultFacts.model_fields if name not in LEFT_BEHIND)
KEEP, MODIFY, ABANDON = CarryOverDecision.KEEP, CarryOverDecision.MODIFY, CarryOverDecision.ABANDON


class Belongings(NamedTuple):
    """What belongs to objectives: key results and participants by objective, milestones and links of KPIs by key
    result."""

    key_results: Mapping[UUID, Sequence[Any]]
    participants: Mapping[UUID, Sequence[Any]]
    milestones: Mapping[UUID, Sequence[Any]]
    links: Mapping[UUID, Sequence[Any]]


class Successor(NamedTuple):
    """The rows of a successor that are to be inserted, each with its objective recorded, and what they come to."""

    objective: Objective
    key_results: Sequence[tuple[KeyResult, Any]]
    carried: Sequence[CarriedKeyResult]


async def load_belongings(tx: Transaction, objective_ids: Sequence[UUID]) -> Belongings:
    """What belongs to these objectives."""
    key_results = await tx.rows(sources.KEY_RESULTS, ids=list(objective_ids))
    ids = [row["id"] for row in key_results]
    return Belongings(
        _by(key_results, "objective_id"),
        _by(await tx.rows(sources.PARTICIPANTS, ids=list(objective_ids)), "objective_id"),
        _by(await tx.rows(sources.MILESTONES, ids=ids) if ids else (), "key_result_id"),
        _by(await tx.rows(sources.LINKS, ids=ids) if ids else (), "key_result_id"),
    )


def _by(rows: Iterable[Any], column: str) -> Mapping[UUID, Sequence[Any]]:
    groups: dict[UUID, list[Any]] = defaultdict(list)
    for row in rows:
        groups[row[column]].append(row)
    return groups


def draft_successor(
    tx: Transaction, source: Any, cycle_id: UUID, decision: ObjectiveDecision, key_results: Sequence[Any]
) -> tuple[Successor, list[Refusal]]:
    """The successor of an objective in a cycle, and what is wrong with it, by the fields of the decision.

    What was cancelled and is carried over all the same is in force again.
    """
    with tx.attempting() as attempt:
        dates = DATES if source["cycle_id"] == cycle_id else ()
        facts = {name: source[name] for name in (*OBJECTIVE_FACTS, *dates)} | {
            "cycle_id": cycle_id,
            "lifecycle": _lifecycle_in_force(source),
        }
        objective = new_row(tx, Objective, facts | dict(decision.values))
    refusals = list(attempt.refusals)
    drafts: list[tuple[KeyResult, Any]] = []
    carried: list[CarriedKeyResult] = []
    numbers, wrong = _numbers(decision, key_results)
    refusals += wrong
    for row in key_results:
        number = numbers.get(row["id"])
        own = None if number is None else decision.key_results[number]
        if row["archived_at"] is not None or (own is None and row["lifecycle"] == Lifecycle.CANCELLED):
            continue
        if own is not None and own.decision is ABANDON:
            carried.append(CarriedKeyResult(row["id"], ABANDON))
            continue
        with tx.attempting() as attempt:
            new = _draft_key_result(tx, row, objective.id, decision, own, dates)
            drafts.append((new, row))
            kind = own.decision if own else KEEP
            carried.append(CarriedKeyResult(row["id"], kind, new.id, new.title, new.baseline, new.target))
        refusals += _located(attempt.refusals, number, row)
    return Successor(objective, drafts, carried), refusals


def _lifecycle_in_force(goal: Any) -> str:
    return Lifecycle.ACTIVE if goal["lifecycle"] == Lifecycle.CANCELLED else goal["lifecycle"]


def _numbers(decision: ObjectiveDecision, key_results: Sequence[Any]) -> tuple[dict[UUID, int], list[Refusal]]:
    """The numbers of the decisions about key results, by the key results, and what is wrong with them."""
    rows = {row["id"]: row for row in key_results}
    numbers: dict[UUID, int] = {}
    refusals: list[Refusal] = []
    for number, each in enumerate(decision.key_results):
        field = ("keyResults", str(number), "keyResultId")
        row = rows.get(each.key_result_id)
        if each.key_result_id in numbers:
            refusals.append(GoalRepeated(field, thing="key result"))
        elif row is None:
            refusals.append(NotFound(field, thing="key result", known_by="this id in the objective"))
        elif row["archived_at"] is not None:
            refusals.append(Archived(field, thing="key result"))
        numbers.setdefault(each.key_result_id, number)
        refusals += check_changes(each, "keyResults", str(number))
    return numbers, refusals


def check_changes(decision: KeyResultDecision | ObjectiveDecision, *within: str) -> Iterator[Refusal]:
    """Yields ChangesWithoutModify for changes that the decision does not bring about."""
    names = [to_camel_case(name) for name in decision.values]
    if isinstance(decision, ObjectiveDecision) and decision.key_results:
        names.append("keyResults")
    if names and decision.decision is not MODIFY:
        yield ChangesWithoutModify(
            (*within, names[0]), decision=decision.decision.value, fields=", ".join(f"`{name}`" for name in names)
        )


def _draft_key_result(
    tx: Transaction,
    row: Any,
    objective_id: UUID,
    decision: ObjectiveDecision,
    own: KeyResultDecision | None,
    dates: Sequence[str],
) -> KeyResult:
    facts = {name: row[name] for name in (*KEY_RESULT_FACTS, *dates)} | {
        "objective_id": objective_id,
        "lifecycle": _lifecycle_in_force(row),
    }
    facts["baseline"] = successor_baseline(row, decision.baseline)
    if row["kind"] in CHANGES:
        # It follows from the baseline.
        facts["target"] = None
    changed = {name: value for name, value in (own.values if own else {}).items() if row[name] != value}
    is_same = facts["baseline"] == row["baseline"] and DEFINING.isdisjoint(changed)
    # What is as it was is not refused for what an import had brought.
    return draft(tx, facts | dict(own.values if own else {}), imported=is_same)


def _located(refusals: Iterable[Refusal], number: int | None, key_result: Any) -> Iterator[Refusal]:
    """The refusals with the fields of the input. About a key result that is not named in it, the baseline that was
    chosen for all is at fault."""
    for refusal in refusals:
        if number is None:
            refusal.field = ("baseline",)
            refusal.facts["key_result_id"] = str(key_result["id"])
        else:
            refusal.field = ("keyResults", str(number), *refusal.field)
        yield refusal


def insert_successor(
    tx: Transaction,
    source: Any,
    cycle_id: UUID,
    decision: ObjectiveDecision,
    new: Successor,
    of: Belongings,
    *,
    is_first: bool = True,
) -> None:
    """Inserts a successor with all that belongs to it, but for its alignments, and records the carry-overs; that of
    the objective only if it `is_first`."""
    id = new.objective.id
    tx.insert([new.objective])
    tx.record(Verb.CREATED, new.objective, changes_of_new(new.objective), objectives=[id])
    for key_result, row in new.key_results:
        tx.insert([key_result])
        tx.record(Verb.CREATED, key_result, changes_of_new(key_result), objectives=[id])
        insert_parts(tx, key_result, row, of)
    for each in of.participants.get(source["id"], ()):
        own = {"organization_id": tx.organization_id, "id": uuid7(), "created_at": tx.now, "objective_id": id}
        facts = {name: each[name] for name in ("person_id", "team_id", "role")}
        participant = unsaved_row(Participant, {**own, **facts})
        tx.insert([participant])
        tx.record(Verb.CREATED, participant, changes_of_new(participant), objectives=[id], settles=False)
    if is_first:
        record_decision(tx, source["id"], cycle_id, decision.decision, id)
    for carried in new.carried:
        successor_id = None if carried.decision is ABANDON else id
        record_decision(
            *(tx, source["id"], cycle_id, carried.decision, successor_id),
            key_result_id=carried.key_result_id,
            successor_key_result_id=carried.successor_id,
        )


def insert_parts(tx: Transaction, key_result: KeyResult, source: Any, of: Belongings) -> None:
    """Inserts copies of the milestones and of the links of KPIs that a key result has, for another one."""
    for each in of.milestones.get(source["id"], ()):
        facts = {"key_result_id": key_result.id, "title": each["title"], "weight": each["weight"]}
        _insert(tx, Verb.CREATED, new_row(tx, Milestone, facts), key_result.objective_id)
    for each in of.links.get(source["id"], ()):
        facts = {"key_result_id": key_result.id, "kpi_id": each["kpi_id"], "role": each["role"]}
        _insert(tx, Verb.LINKED, new_row(tx, KpiLink, facts), key_result.objective_id)


def _insert(tx: Transaction, verb: Verb, row: Any, objective_id: UUID) -> None:
    tx.insert([row])
    tx.record(verb, row, changes_of_new(row), objectives=[objective_id])


def record_decision(
    tx: Transaction,
    objective_id: UUID,
    cycle_id: UUID,
    decision: CarryOverDecision,
    successor_id: UUID | None = None,
    *,
    key_result_id: UUID | None = None,
    successor_key_result_id: UUID | None = None,
) -> None:
    """Records what was decided about a goal. Nothing of the goal itself changes: its cycle may be closed. A key result
    that goes on has the event of its creation."""
    own = {"organization_id": tx.organization_id, "id": uuid7(), "cycle_id": cycle_id, "decided_at": tx.now}
    goals = {"objective_id": objective_id, "key_result_id": key_result_id, "decision": decision}
    successors = {"successor_id": successor_id, "successor_key_result_id": successor_key_result_id}
    row = unsaved_row(CarryOver, {**own, **goals, **successors})
    tx.insert([row])
    if successor_key_result_id is not None:
        return
    tx.leave_event(
        *(Verb.CARRIED_OVER, row, changes_of_new(row)),
        event_id=uuid7(),
        objective_id=objective_id,
        reason=tx.reason,
    )


def reverse_decision(tx: Transaction, former: Any, decision: CarryOverDecision, successor_id: UUID) -> None:
    """Puts another decision in the place of one to abandon an objective. Its successor is in the database already."""
    [row] = tx.adopt(CarryOver, [former])
    values = {"decision": decision, "successor_id": successor_id, "decided_at": tx.now}
    changes = {
        name: {"before": to_json_value(getattr(row, name)), "after": to_json_value(value)}
        for name, value in values.items()
    }
    for name, value in values.items():
        setattr(row, name, value)
    tx.leave_event(Verb.CARRIED_OVER, row, changes, event_id=uuid7(), objective_id=row.objective_id, reason=tx.reason)


def find_missing(decision: ObjectiveDecision, existing: Mapping[str, set[UUID]]) -> Iterator[Refusal]:
    """Yields NotFound for what changes refer to and is not there; `existing` are the ids that are, by column."""
    nouns = {"owner_id": "person", "team_id": "team", "pillar_id": "pillar"}
    changes = [((), decision.values)]
    changes += [(("keyResults", str(n)), each.values) for n, each in enumerate(decision.key_results)]  # type: ignore[misc]
    for within, values in changes:
        for column, noun in nouns.items():
            if (id := values.get(column)) is not None and id not in existing[column]:
                yield NotFound((*within, to_camel_case(column)), thing=noun)
