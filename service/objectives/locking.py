"""Locks objectives together with all above them, in one message, before they are changed and settled."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import text
from sqlmodel import SQLModel

from service.objectives.models import Objective
from service.people.goal_access import GoalCheck, ensure_access
from service.postgres.tables import table_of
from service.writing.refusals import NotFound
from service.writing.rows import ensure_not_archived
from service.writing.transaction import Transaction


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


def without_prefix(row: Mapping[str, Any], prefix: str) -> dict[str, Any]:
    """The columns of a row whose names have a prefix, by their names without it."""
    return {name[len(prefix) :]: value for name, value in row.items() if name.startswith(prefix)}


def lock_statement(start: str, more: str = "", columns: str = "", joins: str = "") -> str:
    """The statement that locks the objectives of a SELECT of ids and all above them, in the order of all transactions:
    by the longest path to a root, then by id. `more` are further common table expressions, which may use `locked`.

    Its rows are the locked ones in this order. The columns with the prefix `objective_`, and what is joined, are those
    of the selected objectives only. Rows that are not locked may be older than the locks.
    """
    span = ", ".join(
        f"(SELECT y.{name} FROM cycles y WHERE y.organization_id = :organization_id AND y.id = o.cycle_id) "
        f"AS cycle_{name}"
        for name in ("starts_at", "ends_at")
    )
    return f"""
    WITH RECURSIVE {upward(start)},
    locked AS MATERIALIZED (
        SELECT o.*, ranks.rank, o.id IN (SELECT id FROM start) AS is_start, {span}
        FROM objectives o JOIN ranks ON ranks.id = o.id
        WHERE o.organization_id = :organization_id AND o.id = ANY(ARRAY(SELECT id FROM ranks))
        ORDER BY ranks.rank DESC, o.id
        FOR NO KEY UPDATE OF o
    ){more}
    SELECT l.id, ARRAY(SELECT up.parent_id FROM up WHERE up.id = l.id AND up.parent_id IS NOT NULL) AS parent_ids,
           l.cycle_starts_at, l.cycle_ends_at, own.*{columns}
    FROM locked l
    LEFT JOIN LATERAL (SELECT {prefixed(Objective, "l", "objective_")} WHERE l.is_start) own ON true
    {joins}
    ORDER BY l.rank DESC, l.id"""


LOCK = text(lock_statement("SELECT unnest(CAST(:ids AS uuid[]))"))
SPAN = text("""
    SELECT y.starts_at AS cycle_starts_at, y.ends_at AS cycle_ends_at FROM objectives o
    JOIN cycles y ON y.organization_id = :organization_id AND y.id = o.cycle_id
    WHERE o.organization_id = :organization_id AND o.id = :id""")


class LockedObjective(NamedTuple):
    """A locked objective and the row of `lock_statement` that it comes from."""

    objective: Objective
    row: Any

    async def span(self, tx: Transaction) -> tuple[datetime, datetime]:
        """When its cycle starts and ends."""
        row = self.row
        if row.cycle_starts_at is None:
            # It was moved to a new cycle while its lock was awaited.
            [row] = await tx.rows(SPAN, id=self.objective.id)
        return row.cycle_starts_at, row.cycle_ends_at


async def lock_upward(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, LockedObjective]:
    """These objectives, locked with all above them, by id; without those that are not there."""
    return take_locked(tx, await tx.rows(LOCK, ids=list(ids)))


def take_locked(tx: Transaction, rows: Sequence[Any]) -> dict[UUID, LockedObjective]:
    """The objectives in the rows of a `lock_statement`. They are settled in the order of the rows."""
    tx.locked_upward = list(dict.fromkeys(row["id"] for row in rows))
    own = {row["id"]: row for row in rows if row["objective_id"] is not None}
    objectives = tx.adopt(Objective, [without_prefix(row, "objective_") for row in own.values()])
    return {row.id: LockedObjective(row, own[row.id]) for row in objectives}


async def lock_objective(
    tx: Transaction, id: UUID, *, field: str = "id", allow_archived: bool = False
) -> LockedObjective:
    """An objective to change, locked with all above it. Raises Forbidden, NotFound, NotEditable, and Archived unless
    archived ones are allowed."""
    locked = (await lock_upward(tx, [id])).get(id)
    if locked is None:
        raise NotFound((field,), thing="objective")
    await ensure_access(tx, GoalCheck(locked.objective, field))
    ensure_not_archived(locked.objective, field, allow_archived)
    return locked
