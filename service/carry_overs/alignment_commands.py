"""Aligns the successors of objectives with what the objectives serve."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from itertools import groupby
from operator import itemgetter
from typing import Any
from uuid import UUID

from service.alignment.models import Alignment
from service.carry_overs import sources
from service.cycles.states import ALLOWED, CycleAction, effective_state
from service.events.models import Verb
from service.objectives.locking import cycle_in
from service.writing.rows import changes_of_new, new_row
from service.writing.transaction import Transaction
from service.writing.yielding import let_others

# The objective and the key result that an alignment leads to.
Parent = tuple[UUID, UUID | None]


async def align_successors(
    tx: Transaction, objective_ids: Sequence[UUID], *, from_cycle_id: UUID, to_cycle_id: UUID
) -> dict[UUID, int]:
    """Aligns the successors of these objectives in a cycle; the number of alignments by objective.

    They lead to the successors of the parents, or to the parents themselves if these are in another cycle that allows
    it. New objectives have nothing below them but successors of what was below before, so that no loop can come of it.
    """
    rows = await tx.rows(sources.ALIGNMENTS, ids=list(objective_ids), cycle_id=to_cycle_id)
    counts: dict[UUID, int] = {}
    for count, (id, own) in enumerate(groupby(rows, itemgetter("objective_id")), 1):
        alignments = list(own)
        edges = _edges(alignments, from_cycle_id, tx.now)
        # The oldest one becomes primary when the primary one is not carried on.
        had_primary = alignments[0]["is_primary"]
        for number, (parent, row) in enumerate(edges.items()):
            insert_alignment(tx, row["successor_id"], parent, row, is_primary=had_primary and number == 0)
        counts[id] = len(edges)
        await let_others(count)
    return counts


def _edges(alignments: Sequence[Any], from_cycle_id: UUID, now: datetime) -> dict[Parent, Any]:
    """The parents to align a successor with, each once, with the alignments that these carry on."""
    edges: dict[Parent, Any] = {}
    for row in alignments:
        if (parent := _parent(row, from_cycle_id, now)) is not None:
            edges.setdefault(parent, row)
    return edges


def _parent(row: Mapping[str, Any], from_cycle_id: UUID, now: datetime) -> Parent | None:
    """What the successor serves; None: nothing. The objective stands in for a key result that is not carried on."""
    is_carried, cycle = row["successor_parent_id"] is not None, cycle_in(row)
    if cycle is None or not row["is_parent_live"] or (cycle.id == from_cycle_id and not is_carried):
        return None
    # A successor may have been moved to another cycle since.
    if CycleAction.EDIT not in ALLOWED[effective_state(cycle, now)]:
        return None
    if is_carried:
        key_result_id = row["successor_parent_key_result_id"] if row["is_successor_key_result_live"] else None
        return row["successor_parent_id"], key_result_id
    return row["parent_id"], row["parent_key_result_id"] if row["is_key_result_live"] else None


def insert_alignment(tx: Transaction, objective_id: UUID, parent: Parent, row: Any, *, is_primary: bool) -> None:
    """Inserts a copy of an alignment, between other ends."""
    parent_id, key_result_id = parent
    ends = {"objective_id": objective_id, "parent_id": parent_id, "parent_key_result_id": key_result_id}
    edge = new_row(tx, Alignment, {**ends, "kind": row["kind"], "weight": row["weight"], "is_primary": is_primary})
    tx.insert([edge])
    tx.record(Verb.ALIGNED, edge, changes_of_new(edge), objectives=[objective_id, parent_id])
