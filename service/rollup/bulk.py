"""Settles any number of objectives, level by level, in constant memory."""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any
from uuid import UUID

from sqlalchemy import text

from service.alignment.paths import AlignmentLoop
from service.rollup.goal_statement import GOALS
from service.rollup.kpi_propagation import settle_kpis
from service.rollup.queries import tree_of
from service.rollup.settle import DerivedRows, derived_rows, find_realigned, write_derived
from service.rollup.tree import Tree
from service.rollup.unsettled import LOWEST_ID, GoalsInTable, HeldGoals, Unsettled
from service.writing.transaction import Transaction

# Objectives of one statement; so many are read without yielding to the event loop.
CHUNK = 40
# Objectives that are evaluated without yielding to the event loop.
OBJECTIVES_A_TURN = 8
# Objectives that are held in memory.
MAX_HELD = 2000
# Ids in the parameter of a statement.
MAX_IDS = 2000

ALL = text("""
    SELECT id FROM objectives WHERE organization_id = :organization_id AND id > CAST(:after AS uuid)
    ORDER BY id LIMIT CAST(:size AS int)""")
OF_CYCLES, OF_TEAMS = (
    text(f"""
    SELECT id FROM objectives
    WHERE organization_id = :organization_id AND {key} = ANY(CAST(:ids AS uuid[])) AND id > CAST(:after AS uuid)
    ORDER BY id LIMIT CAST(:size AS int)""")
    for key in ("cycle_id", "team_id")
)
EDGES_ABOVE = text("""
    SELECT id, objective_id, parent_id FROM alignments
    WHERE organization_id = :organization_id AND objective_id = ANY(CAST(:ids AS uuid[])) AND archived_at IS NULL""")
# Goals whose shown fields change although their values may be equal. New goals have this `changed_at` already.
MARK_CHANGED = tuple(
    text(f"""
    UPDATE {table} SET changed_at = :now
    WHERE organization_id = :organization_id AND id = ANY(CAST(:ids AS uuid[])) AND changed_at < :now""")
    for table in ("objectives", "key_results")
)


async def store_touched(tx: Transaction, table: GoalsInTable | None) -> GoalsInTable | None:
    """Moves the touched objectives into temporary tables for `settle_many` once they are many; the tables then."""
    await _mark_changed(tx)
    await find_realigned(tx)
    tx.touched |= tx.realigned.ids
    tx.realigned.ids.clear()
    if table is None and len(tx.touched) <= MAX_HELD:
        return None
    if table is None:
        table = GoalsInTable(tx)
        await table.create()
    await table.add(tx.touched)
    tx.touched.clear()
    return table


async def _mark_changed(tx: Transaction) -> None:
    if tx.changed_goals:
        for statement in MARK_CHANGED:
            await tx.run(statement, ids=list(tx.changed_goals), now=tx.now)
        tx.changed_goals.clear()


async def settle_many(
    tx: Transaction,
    advance: Callable[[int], None] = lambda _: None,
    *,
    table: GoalsInTable | None = None,
    only_loops: bool = False,
) -> None:
    """Settles the touched objectives, those in a `table` of `store_touched`, and all above them; `advance` gets the
    number of objectives of each step.

    With `only_loops`, for a transaction that is rolled back anyway, it looks for loops and stores nothing.

    Raises AlignmentLoop with the alignments in loops.
    """
    await tx.flush()
    await settle_kpis(tx)
    goals = await _touched(tx, await store_touched(tx, table))
    async for ids in goals.without_edges(MAX_IDS):
        rows = await tx.rows(EDGES_ABOVE, ids=ids)
        await goals.add_edges([(row["id"], row["objective_id"], row["parent_id"]) for row in rows])
    if edge_ids := await goals.find_levels():
        refusal = AlignmentLoop()
        refusal.edge_ids = edge_ids
        raise refusal
    if not only_loops:
        async for level in goals.levels(CHUNK):
            await _settle_level(tx, level, advance)
    tx.touched_cycles.clear()
    tx.touched_teams.clear()
    tx.all_touched = False


async def _touched(tx: Transaction, table: GoalsInTable | None) -> Unsettled:
    """The touched objectives; in tables if they are many."""
    goals: Unsettled = table or HeldGoals(tx.touched)
    tx.touched.clear()
    statements: list[tuple[Any, dict[str, Any]]] = [(ALL, {})] if tx.all_touched else []
    if not tx.all_touched:
        parts = ((OF_CYCLES, tx.touched_cycles), (OF_TEAMS, tx.touched_teams))
        statements += [(statement, {"ids": list(ids)}) for statement, ids in parts if ids]
    for statement, parameters in statements:
        after = LOWEST_ID
        while rows := await tx.rows(statement, after=after, size=MAX_IDS, **parameters):
            await goals.add([row["id"] for row in rows])
            after = rows[-1]["id"]
            if isinstance(goals, HeldGoals) and len(goals.ids) > MAX_HELD:
                held, goals = goals, GoalsInTable(tx)
                await goals.create()
                await goals.add(held.ids)
    return goals


async def _settle_level(tx: Transaction, level: AsyncIterator[list[UUID]], advance: Callable[[int], None]) -> None:
    """Settles objectives none of which is above another. While one chunk is evaluated, the database stores the one
    before it and reads the next one."""
    derived = DerivedRows([], [])
    ids, rows = await _read(tx, level)
    while ids:
        tree = await tree_of(tx, rows, ids)
        following = asyncio.create_task(_store_and_read(tx, derived, level))
        try:
            derived = await _derive(tree, tx.now)
        finally:
            # Also when the evaluation fails: the connection has to be free for what comes next.
            await asyncio.wait([following])
        advance(len(ids))
        ids, rows = following.result()
    await write_derived(tx, derived)


async def _derive(tree: Tree, now: datetime) -> DerivedRows:
    derived = DerivedRows([], [])
    for start in range(0, len(tree.objectives), OBJECTIVES_A_TURN):
        await asyncio.sleep(0)
        part = tree.objectives[start : start + OBJECTIVES_A_TURN]
        key_results = {each.id: tree.key_results[each.id] for each in part if each.id in tree.key_results}
        for known, new in zip(
            derived, derived_rows(replace(tree, objectives=part, key_results=key_results), now), strict=True
        ):
            known += new
    return derived


async def _store_and_read(
    tx: Transaction, derived: DerivedRows, level: AsyncIterator[list[UUID]]
) -> tuple[list[UUID], Sequence[Any]]:
    await write_derived(tx, derived)
    return await _read(tx, level)


async def _read(tx: Transaction, level: AsyncIterator[list[UUID]]) -> tuple[list[UUID], Sequence[Any]]:
    ids: list[UUID] | None = await anext(level, None)
    return (ids, await tx.rows(GOALS, ids=ids, changed=ids, realigned=ids)) if ids else ([], ())
