"""Copies an objective, alone or with all below it: their key results, alignments and links, without progress."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import Uuid, and_, bindparam, literal, select

from service.alignment.models import Alignment
from service.carry_overs.alignment_commands import Parent, insert_alignment
from service.carry_overs.copy_commands import Belongings, Successor, draft_successor, insert_parts, load_belongings
from service.carry_overs.decisions import CarryOverDecision, KeyResultDecision, ObjectiveDecision
from service.cycles.admission import load_cycles
from service.cycles.states import ALLOWED, CycleAction, effective_state
from service.errors import Refusal
from service.key_results import commands as key_results
from service.key_results.models import KeyResult
from service.kpis.models import Kpi
from service.objectives import commands as objectives
from service.objectives.models import Lifecycle, Objective
from service.people.goal_access import GoalCheck, find_hidden, find_refusals, seen_now
from service.people.permissions import ensure_editor
from service.postgres.tables import columns_of, table_of
from service.reading.reader import of_tenant
from service.reading.statements import equals_any
from service.values.record import record
from service.writing.refusals import Archived, NotFound
from service.writing.rows import flush_written
from service.writing.transaction import Transaction
from service.writing.yielding import let_others

MAX_DUPLICATED = 500
# With more copies than these, plans are made anew.
MAX_PLANNED = 50
# Rows that are created for an objective, for the turns of others.
ROWS_AN_OBJECTIVE = 10
OF_ALL = frozenset({"owner_id", "team_id"})
OF_KEY_RESULTS = frozenset({"owner_id"})
_objective, _key_result, _alignment = columns_of(Objective), columns_of(KeyResult), columns_of(Alignment)


class DuplicateTooLarge(Refusal):
    """More than {limit} objectives would be copied. Copy the objectives below this one each by itself."""

    meaning = "Objective with more than <limit> objectives to copy, itself included. Copy parts of the tree one by one."


@record
class DuplicateRequest:
    """An objective to copy, alone or with all below it. `cycle_id` is that of the copies; None: each is in the cycle of
    its original. `values` are columns of the first copy, of which those in `OF_ALL` are columns of all, and those in
    `OF_KEY_RESULTS` columns of their key results."""

    objective_id: UUID
    cycle_id: UUID | None
    values: Mapping[str, Any]
    includes_descendants: bool
    includes_kpi_links: bool


def _tree() -> Any:
    """The rows of an objective that the viewer sees, and of those below it by primary parents, each after its parent;
    without archived and cancelled ones and what is below them."""
    start = select(_objective.id, literal(0).label("depth")).where(
        seen_now(Objective), _objective.id == bindparam("id", type_=Uuid)
    )
    tree = start.cte("tree", recursive=True)
    is_below = and_(
        of_tenant(Alignment),
        _alignment.parent_id == tree.c.id,
        _alignment.is_primary,
        _alignment.archived_at.is_(None),
    )
    is_copied = and_(
        seen_now(Objective),
        _objective.id == _alignment.objective_id,
        _objective.archived_at.is_(None),
        _objective.lifecycle != Lifecycle.CANCELLED,
    )
    step = select(_objective.id, tree.c.depth + 1).select_from(
        tree.join(table_of(Alignment), is_below).join(table_of(Objective), is_copied)
    )
    tree = tree.union_all(step.where(bindparam("includes_descendants")))
    # The walk ends with the limit.
    rows = select(tree.c.id, tree.c.depth).limit(MAX_DUPLICATED + 1).subquery()
    return (
        select(table_of(Objective))
        .join(rows, rows.c.id == _objective.id)
        .where(of_tenant(Objective))
        .order_by(rows.c.depth, _objective.position, _objective.id)
    )


TREE = _tree()
# In the order of children, which the copies keep.
ALIGNMENTS = (
    select(table_of(Alignment), _key_result.archived_at.is_(None).label("is_key_result_live"))
    .outerjoin(KeyResult, and_(of_tenant(KeyResult), _key_result.id == _alignment.parent_key_result_id))
    .where(of_tenant(Alignment), equals_any(_alignment.objective_id), _alignment.archived_at.is_(None))
    .order_by(_alignment.position, _alignment.id)
)


async def duplicate(tx: Transaction, request: DuplicateRequest) -> UUID:
    """Copies objectives; the id of the copy of the first one. The transaction has the graph lock for itself.

    The copies are created by the commands of create. The first one is aligned with the parents of its original that
    the viewer sees and whose cycles allow it, the others among each other. A copy in another cycle is not aligned with
    parents in the cycle of its original. Key results that follow a KPI which the
    viewer does not see, and links with such KPIs, are left out. Raises NotFound, Archived and DuplicateTooLarge.
    """
    ensure_editor(tx.viewer)
    sources = await _load(tx, request)
    belongings = await _copied_belongings(tx, request, [row["id"] for row in sources])
    copies: dict[UUID, Successor] = {}
    for row in sources:
        copies[row["id"]] = _draft(tx, request, row, belongings.key_results.get(row["id"], ()))
        await let_others(len(copies) * ROWS_AN_OBJECTIVE)
    root = copies[request.objective_id].objective
    # What the input refers to is looked up if the change is refused.
    tx.attempt.propose(root, {"cycle_id": request.cycle_id, **request.values})
    await objectives.create(tx, [copy.objective for copy in copies.values()])
    tx.created |= {("objective_id", copy.objective.id) for copy in copies.values()}
    # What key results and alignments refer to.
    await flush_written(tx)
    pairs = [pair for copy in copies.values() for pair in copy.key_results]
    if pairs:
        await key_results.create(tx, [key_result for key_result, _ in pairs])
    for key_result, source in pairs:
        insert_parts(tx, key_result, source, belongings)
    left_cycle_id = None if request.cycle_id in (None, sources[0]["cycle_id"]) else sources[0]["cycle_id"]
    await _align(tx, request.objective_id, copies, left_cycle_id)
    if len(copies) > MAX_PLANNED:
        # Those for tables that were empty do not fit what was added.
        await tx.flush()
        await tx.discard_plans()
    return root.id


async def _load(tx: Transaction, request: DuplicateRequest) -> Sequence[Any]:
    """The rows to copy, the objective of the request first."""
    rows = await tx.rows(TREE, id=request.objective_id, includes_descendants=request.includes_descendants)
    if not rows:
        raise NotFound(("objectiveId",), thing="objective")
    if rows[0]["archived_at"] is not None:
        raise Archived(("objectiveId",), thing="objective")
    if len(rows) > MAX_DUPLICATED:
        raise DuplicateTooLarge(("includeDescendants",), limit=MAX_DUPLICATED)
    return rows


async def _copied_belongings(tx: Transaction, request: DuplicateRequest, ids: Sequence[UUID]) -> Belongings:
    """What belongs to these objectives and is copied with them."""
    all_parts = await load_belongings(tx, ids)
    links = all_parts.links if request.includes_kpi_links else {}
    kpi_ids = {row["source_kpi_id"] for own in all_parts.key_results.values() for row in own}
    kpi_ids |= {row["kpi_id"] for own in links.values() for row in own}
    hidden = await find_hidden(tx, Kpi, kpi_ids - {None})
    return Belongings(
        {id: [row for row in own if _is_copied(row, hidden)] for id, own in all_parts.key_results.items()},
        {},
        all_parts.milestones,
        {id: [row for row in own if row["kpi_id"] not in hidden] for id, own in links.items()},
    )


def _is_copied(key_result: Any, hidden: set[UUID]) -> bool:
    is_in_force = key_result["archived_at"] is None and key_result["lifecycle"] != Lifecycle.CANCELLED
    return is_in_force and key_result["source_kpi_id"] not in hidden


def _draft(tx: Transaction, request: DuplicateRequest, source: Any, own: Sequence[Any]) -> Successor:
    """The copy of an objective with its key results. Notes what is wrong with it."""
    names = request.values.keys() if source["id"] == request.objective_id else request.values.keys() & OF_ALL
    decision = ObjectiveDecision(
        source["id"],
        CarryOverDecision.MODIFY,
        values=_of_new(request.values, names),
        key_results=[
            KeyResultDecision(
                row["id"], CarryOverDecision.MODIFY, _of_new(request.values, request.values.keys() & OF_KEY_RESULTS)
            )
            for row in own
        ],
    )
    copy, refusals = draft_successor(tx, source, request.cycle_id or source["cycle_id"], decision, own)
    tx.attempt.note(refusals)
    return copy


def _of_new(values: Mapping[str, Any], names: Collection[str]) -> dict[str, Any]:
    """The values with these names, and the lifecycle of a new goal."""
    return {"lifecycle": Lifecycle.ACTIVE, **{name: values[name] for name in names}}


async def _align(tx: Transaction, root_id: UUID, copies: Mapping[UUID, Successor], left_cycle_id: UUID | None) -> None:
    """Aligns the copies with each other, and the first one with the parents of its original, without those in the cycle
    that it left."""
    edges = await tx.rows(ALIGNMENTS, ids=list(copies))
    outside = {row["parent_id"] for row in edges if row["objective_id"] == root_id} - copies.keys()
    served = await _served(tx, outside, left_cycle_id)
    key_result_ids = {source["id"]: new.id for copy in copies.values() for new, source in copy.key_results}
    parents: dict[UUID, dict[Parent, Any]] = defaultdict(dict)
    for row in edges:
        own = parents[row["objective_id"]]
        if row["parent_id"] in copies:
            # The objective stands in for a key result that is not copied.
            parent = copies[row["parent_id"]].objective.id, key_result_ids.get(row["parent_key_result_id"])
            own.setdefault(parent, row)
        elif row["objective_id"] == root_id and row["parent_id"] in served:
            key_result_id = row["parent_key_result_id"] if row["is_key_result_live"] else None
            own.setdefault((row["parent_id"], key_result_id), row)
    # The oldest one becomes primary when the primary one is left out.
    primary = {
        id: min(own.values(), key=lambda row: (not row["is_primary"], row["created_at"], row["id"]))["id"]
        for id, own in parents.items()
        if own
    }
    copied = [(parent, row) for own in parents.values() for parent, row in own.items()]
    for parent, row in sorted(copied, key=lambda each: (each[1]["position"], each[1]["id"])):
        id = row["objective_id"]
        insert_alignment(tx, copies[id].objective.id, parent, row, is_primary=row["id"] == primary[id])
    # What was locked before did not stand in the order of these alignments.
    tx.locked_upward.clear()


async def _served(tx: Transaction, ids: Iterable[UUID], left_cycle_id: UUID | None) -> set[UUID]:
    """Those of these objectives that a new one may be aligned with: visible ones, that are not archived, in cycles that
    allow it."""
    locked = [row for row in await tx.lock(Objective, ids, update=False) if row is not None]
    rows = [row for row in locked if row.archived_at is None and row.cycle_id != left_cycle_id]
    if not rows:
        return set()
    refusals = await find_refusals(tx, [GoalCheck(row, edits=False) for row in rows])
    cycles = await load_cycles(tx, {row.cycle_id for row in rows})
    return {
        row.id
        for row, refusal in zip(rows, refusals, strict=True)
        if refusal is None and CycleAction.EDIT in ALLOWED[effective_state(cycles[row.cycle_id], tx.now)]
    }
