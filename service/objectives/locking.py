"""Locks objectives together with all above them, in one message, before they are changed and settled."""

from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel import SQLModel

from service.cycles.admission import COLUMNS as CYCLE
from service.cycles.admission import GoalCycle, check_cycle, load_cycles
from service.cycles.states import CycleAction, CycleState, are_check_ins, effective_state
from service.objectives.models import Objective
from service.people.goal_access import GoalCheck, ensure_access
from service.postgres.tables import Changeable, table_of
from service.writing.refusals import NotFound
from service.writing.rows import ensure_not_archived
from service.writing.transaction import Transaction

CYCLE_COLUMNS = ", ".join(f"y.{name} AS cycle_{name}" for name in CYCLE)
# The cycle of a locked objective; null if it was moved to a new one while its lock was awaited.
JOIN_CYCLE = "LEFT JOIN cycles y ON y.organization_id = :organization_id AND y.id = l.cycle_id"


def upward(start: str) -> str:
    """The common table expressions `start`, of a SELECT of ids, `up` and `ranks`, of these objectives and all above
    them: each with its parents, and with the length of its longest path to a root."""
    # OFFSET 0: parents are looked up one by one, since the planner does not know how few objectives these are.
    parents = """LEFT JOIN LATERAL (
            SELECT a.parent_id FROM alignments a
            WHERE a.organization_id = :organization_id AND a.objective_id = {0} AND a.archived_at IS NULL OFFSET 0
        ) above ON true"""
    return f"""
    start (id) AS MATERIALIZED ({start}),
    up (id, parent_id) AS (
        SELECT start.id, above.parent_id FROM start {parents.format("start.id")}
        UNION
        SELECT up.parent_id, above.parent_id FROM up {parents.format("up.parent_id")} WHERE up.parent_id IS NOT NULL
    ),
    paths (id, rank) AS (
        SELECT id, 0 FROM up WHERE parent_id IS NULL
        UNION
        SELECT up.id, paths.rank + 1 FROM paths JOIN up ON up.parent_id = paths.id
    ),
    ranks AS MATERIALIZED (SELECT id, max(rank) AS rank FROM paths GROUP BY id)"""


def prefixed(model: type[SQLModel], alias: str, prefix: str) -> str:
    """All columns of a table, by names with a prefix."""
    return ", ".join(f"{alias}.{column.name} AS {prefix}{column.name}" for column in table_of(model).columns)


def without_prefix(row: Mapping[str, Any], model: type[SQLModel], prefix: str) -> dict[str, Any]:
    """The columns of a table in a row that has them by names with a prefix, by their own names."""
    return {name: row[prefixed_name] for name, prefixed_name in _prefixed_names(model, prefix)}


@cache
def _prefixed_names(model: type[SQLModel], prefix: str) -> tuple[tuple[str, str], ...]:
    return tuple((column.name, f"{prefix}{column.name}") for column in table_of(model).columns)


def lock_statement(
    start: str, more: str = "", columns: str = "", joins: str = "", own: str = "SELECT id FROM start"
) -> str:
    """The statement that locks the objectives of a SELECT of ids and all above them, in the order of all transactions:
    by the longest path to a root, then by id. `more` are further common table expressions, which may use `locked`.

    Its rows are the locked ones in this order. The columns with the prefix `objective_`, and what is joined, are those
    of the selected objectives only, or of the `own` ones among them. Rows that are not locked may be older than the
    locks.
    """
    return f"""
    WITH RECURSIVE {upward(start)},
    locked AS MATERIALIZED (
        SELECT o.*, ranks.rank, o.id IN ({own}) AS is_start
        FROM objectives o JOIN ranks ON ranks.id = o.id
        WHERE o.organization_id = :organization_id AND o.id = ANY(ARRAY(SELECT id FROM ranks))
        ORDER BY ranks.rank DESC, o.id
        FOR NO KEY UPDATE OF o
    ){more}
    SELECT l.id, ARRAY(SELECT up.parent_id FROM up WHERE up.id = l.id AND up.parent_id IS NOT NULL) AS parent_ids,
           {CYCLE_COLUMNS}, own.*{columns}
    FROM locked l
    {JOIN_CYCLE}
    LEFT JOIN LATERAL (SELECT {prefixed(Objective, "l", "objective_")} WHERE l.is_start) own ON true
    {joins}
    ORDER BY l.rank DESC, l.id"""


_IDS = "SELECT unnest(CAST(:ids AS uuid[]))"
LOCK = text(lock_statement(_IDS))
# With those directly below, which store whether they serve others.
LOCK_WITH_CHILDREN = text(
    lock_statement(
        """SELECT unnest(CAST(:ids AS uuid[]) || ARRAY(
            SELECT a.objective_id FROM alignments a
            WHERE a.organization_id = :organization_id AND a.parent_id = ANY(CAST(:ids AS uuid[]))
              AND a.archived_at IS NULL
        ))""",
        own=_IDS,
    )
)
# One objective, locked without those above it.
LOCK_ALONE = text(f"""
    WITH locked AS MATERIALIZED (
        SELECT o.* FROM objectives o WHERE o.organization_id = :organization_id AND o.id = :id FOR NO KEY UPDATE
    )
    SELECT {prefixed(Objective, "l", "objective_")}, {CYCLE_COLUMNS} FROM locked l {JOIN_CYCLE}""")


class LockedObjective(NamedTuple):
    """A locked objective and the row of `lock_statement` that it comes from."""

    objective: Objective
    row: Any

    async def cycle(self, tx: Transaction) -> GoalCycle:
        """Its cycle."""
        cycle = cycle_in(self.row)
        if cycle is None:
            # It was moved to a new cycle while its lock was awaited.
            return (await load_cycles(tx, [self.objective.cycle_id]))[self.objective.cycle_id]
        return cycle

    async def state(self, tx: Transaction) -> CycleState:
        """The state of its cycle now."""
        return effective_state(await self.cycle(tx), tx.now)

    async def check_cycle(self, tx: Transaction, actions: Iterable[CycleAction], *field: str) -> None:
        """Notes a CycleStateForbids if the state of its cycle does not allow one of these actions."""
        for action in sorted(actions):
            tx.attempt.note(check_cycle(tx, await self.cycle(tx), action, *field))

    async def check_archiving(self, tx: Transaction, row: Changeable, archived: bool) -> None:
        """Notes a CycleStateForbids if this or what belongs to it, `row`, may not be archived or restored now."""
        if (row.archived_at is not None) != archived:
            await self.check_cycle(tx, [CycleAction.EDIT], "id")


def cycle_in(row: Mapping[str, Any]) -> GoalCycle | None:
    """The cycle in the columns of `CYCLE_COLUMNS`; None if there is none."""
    return None if row["cycle_id"] is None else GoalCycle(*(row[f"cycle_{name}"] for name in CYCLE))


async def lock_upward(
    tx: Transaction, ids: Iterable[UUID], *, with_children: bool = False
) -> dict[UUID, LockedObjective]:
    """These objectives, locked with all above them, and with what is directly below if asked for, by id; without those
    that are not there."""
    id_list = list(ids)
    if not id_list:
        return {}
    rows = await tx.rows(LOCK_WITH_CHILDREN if with_children else LOCK, ids=id_list)
    if with_children:
        children: dict[UUID, set[UUID]] = {id: set() for id in id_list}
        for row in rows:
            for parent_id in children.keys() & row["parent_ids"]:
                children[parent_id].add(row["id"])
        tx.realigned.children |= children
    return take_locked(tx, rows)


def take_locked(tx: Transaction, rows: Sequence[Any]) -> dict[UUID, LockedObjective]:
    """The objectives in the rows of a `lock_statement`. They are settled in the order of the rows."""
    tx.locked_upward = list(dict.fromkeys(row["id"] for row in rows))
    own = {row["id"]: row for row in rows if row["objective_id"] is not None}
    return {row.id: LockedObjective(row, own[row.id]) for row in _adopted(tx, own.values())}


async def lock_objective(
    tx: Transaction,
    id: UUID,
    actions: Iterable[CycleAction] = (CycleAction.EDIT,),
    *,
    field: str = "id",
    allow_archived: bool = False,
    alone: bool = False,
    with_children: bool = False,
) -> LockedObjective:
    """An objective to change, locked as by `lock_upward`, unless `alone`. Raises Forbidden, NotFound, NotEditable, and
    Archived unless archived ones are allowed. Notes CycleStateForbids if its cycle does not allow the `actions`."""
    locked: LockedObjective | None = tx.locked_ahead.get((Objective, id))
    if locked is not None:
        pass
    elif alone:
        rows = await tx.rows(LOCK_ALONE, id=id)
        alone_locked = [LockedObjective(each, row) for row in rows for each in _adopted(tx, [row])]
        locked = next(iter(alone_locked), None)
    else:
        locked = (await lock_upward(tx, [id], with_children=with_children)).get(id)
    if locked is None:
        raise NotFound((field,), thing="objective")
    await ensure_access(tx, GoalCheck(locked.objective, field, is_check_in=are_check_ins(actions)))
    ensure_not_archived(locked.objective, field, allow_archived)
    await locked.check_cycle(tx, actions, field)
    return locked


async def lock_objectives_ahead(
    tx: Transaction, ids: Iterable[UUID], *, with_children: bool = False
) -> list[Objective]:
    """Locks objectives that will be changed one after the other, as by `lock_upward`, in one message."""
    all_locked = await lock_upward(tx, ids, with_children=with_children)
    for id, locked in all_locked.items():
        tx.locked_ahead[Objective, id] = locked
    return [locked.objective for locked in all_locked.values()]


def _adopted(tx: Transaction, rows: Iterable[Any]) -> list[Objective]:
    return tx.adopt(Objective, [without_prefix(row, Objective, "objective_") for row in rows])
