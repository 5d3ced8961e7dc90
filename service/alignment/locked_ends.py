"""Locks the objective and the parent of a requested alignment with all above them, in one message."""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text

from service.alignment.edge_request import AlignmentRequest
from service.alignment.models import Alignment
from service.alignment.paths import all_above
from service.cycles.admission import GoalCycle
from service.cycles.states import CycleAction
from service.errors import Refusal
from service.key_results.models import KeyResult
from service.objectives.locking import cycle_in, lock_statement, prefixed, take_locked, without_prefix
from service.objectives.models import Objective
from service.people.goal_access import GoalCheck, NotEditable, find_refusals
from service.people.permissions import ensure_editor
from service.writing.refusals import Archived, NotFound
from service.writing.transaction import Transaction

# The graph lock is held, so that nobody else changes edges.
LOCK = text(
    lock_statement(
        "SELECT unnest(CAST(:ids AS uuid[]))",
        columns=f", {prefixed(Alignment, 'e', 'edge_')}",
        joins="""
    LEFT JOIN alignments e ON l.is_start AND e.organization_id = :organization_id AND e.objective_id = l.id""",
    )
)


class ParentAmbiguous(Refusal):
    """An alignment has one parent: give either `parentId` or `parentKeyResultId`."""

    meaning = "Alignment without a parent, or with two. Send either `parentId` or `parentKeyResultId`."


class LockedEnds(NamedTuple):
    """The ends of a requested alignment, locked with all above them.

    `edges` are all of the objective, archived ones too. `parents_by_id` are the parents of each locked objective, which
    come children before parents. `cycles` are those of the locked objectives.
    """

    parent: UUID | Refusal
    objective: Objective | None
    edges: list[Alignment]
    parents_by_id: Mapping[UUID, list[UUID]]
    cycles: Mapping[UUID, GoalCycle]

    def has_loop(self) -> bool:
        """Whether the parent is below the objective."""
        is_known = self.objective is not None and not isinstance(self.parent, Refusal)
        return is_known and self.objective.id in all_above(self.parent, self.parents_by_id)  # type: ignore[union-attr, arg-type]

    def settle_parents(self, tx: Transaction) -> None:
        """Leaves to settle only what is above the changed edges: of its parents the objective stores only whether there
        are any."""
        if self.objective is not None and self.objective.id in tx.touched:
            tx.touched.remove(self.objective.id)
            tx.realigned.ids.add(self.objective.id)
        above = set().union(tx.realigned.ids, tx.touched, *(all_above(id, self.parents_by_id) for id in tx.touched))
        tx.locked_upward = [id for id in self.parents_by_id if id in above]


async def lock_ends(tx: Transaction, request: AlignmentRequest) -> LockedEnds:
    """The ends of a request. The parent is a refusal if it cannot be served. Notes CycleStateForbids."""
    ensure_editor(tx.viewer)
    key_results = [row for row in await tx.lock(KeyResult, _present(request.parent_key_result_id)) if row]
    parent_ids = [row.objective_id for row in key_results] or _present(request.parent_id)
    rows = await tx.rows(LOCK, ids=[request.objective_id, *parent_ids])
    all_locked = take_locked(tx, rows)
    objectives = {id: locked.objective for id, locked in all_locked.items()}
    of_objective = [row for row in rows if row["edge_objective_id"] == request.objective_id]
    edges = tx.adopt(Alignment, [without_prefix(row, Alignment, "edge_") for row in of_objective])
    objectives = await _accessible(tx, request, objectives)
    for id in objectives:
        await all_locked[id].check_cycle(
            tx, [CycleAction.EDIT], "objectiveId" if id == request.objective_id else parent_field(request)
        )
    parent = parent_of(request, {row.id: row for row in key_results if row.objective_id in objectives}, objectives)
    return LockedEnds(
        parent,
        objectives.get(request.objective_id),
        edges,
        {row["id"]: row["parent_ids"] for row in rows},
        {row["id"]: cycle for row in rows if (cycle := cycle_in(row)) is not None},
    )


async def _accessible(
    tx: Transaction, request: AlignmentRequest, objectives: dict[UUID, Objective]
) -> dict[UUID, Objective]:
    """The objectives that the viewer sees, of which it may edit the one that is aligned. Raises NotEditable."""
    checks = [GoalCheck(each, "objectiveId", edits=id == request.objective_id) for id, each in objectives.items()]
    refusals = await find_refusals(tx, checks)
    for refusal in refusals:
        if isinstance(refusal, NotEditable):
            raise refusal
    return {
        check.goal.id: objectives[check.goal.id]
        for check, refusal in zip(checks, refusals, strict=True)
        if refusal is None
    }


def parent_of(
    request: AlignmentRequest, key_results: Mapping[UUID, KeyResult], objectives: Mapping[UUID, Objective]
) -> UUID | Refusal:
    """The objective that a request serves, by itself or by way of its key result; neither may be archived."""
    by_key_result = request.parent_key_result_id is not None
    field = parent_field(request)
    noun = "key result" if by_key_result else "objective"
    row: Any = (
        key_results.get(request.parent_key_result_id)  # type: ignore[arg-type]
        if by_key_result
        else objectives.get(request.parent_id)  # type: ignore[arg-type]
    )
    if (request.parent_id is None) == (request.parent_key_result_id is None):
        return ParentAmbiguous(("parentId",))
    if row is None:
        return NotFound((field,), thing=noun)
    if row.archived_at is not None:
        return Archived((field,), thing=noun)
    if by_key_result and getattr(objectives.get(row.objective_id), "archived_at", None) is not None:
        return Archived((field,), thing="objective")
    id: UUID = row.objective_id if by_key_result else row.id
    return id


def parent_field(request: AlignmentRequest) -> str:
    """The input field with the parent of a request."""
    return "parentKeyResultId" if request.parent_key_result_id is not None else "parentId"


def _present(id: UUID | None) -> list[UUID]:
    return [] if id is None else [id]
