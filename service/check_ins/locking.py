"""Locks a check-in together with its goal and all above it, in one message, before it is replaced."""

from typing import NamedTuple
from uuid import UUID

from sqlalchemy import text

from service.check_ins.models import CheckIn
from service.key_results.models import KeyResult
from service.objectives.locking import LockedObjective, lock_statement, prefixed, take_locked, without_prefix
from service.writing.refusals import NotFound
from service.writing.transaction import Transaction

# The key result is locked after its objective, and the check-in after both, so that nobody replaces it meanwhile.
LOCK = text(
    lock_statement(
        "SELECT objective_id FROM check_ins WHERE organization_id = :organization_id AND id = :id",
        more=""",
    key_result AS MATERIALIZED (
        SELECT k.* FROM key_results k
        WHERE k.organization_id = :organization_id AND (SELECT count(*) FROM locked) > 0 AND k.id = (
            SELECT c.key_result_id FROM check_ins c WHERE c.organization_id = :organization_id AND c.id = :id
        )
        FOR NO KEY UPDATE
    ),
    check_in AS MATERIALIZED (
        SELECT c.* FROM check_ins c
        WHERE c.organization_id = :organization_id AND c.id = :id AND (SELECT count(*) FROM locked) > 0
        FOR NO KEY UPDATE
    )""",
        columns=f", {prefixed(KeyResult, 'k', 'key_result_')}, {prefixed(CheckIn, 'c', 'check_in_')}",
        joins="LEFT JOIN key_result k ON l.is_start LEFT JOIN check_in c ON l.is_start",
    )
)


class LockedCheckIn(NamedTuple):
    """A locked check-in with its goal; None for the key result of one on the objective itself."""

    check_in: CheckIn
    key_result: KeyResult | None
    locked: LockedObjective


async def lock_check_in(tx: Transaction, id: UUID, *, field: str) -> LockedCheckIn:
    """A check-in to replace, with its goal, which is locked first, with all above it. Raises NotFound."""
    rows = await tx.rows(LOCK, id=id)
    own = next((row for row in rows if row["check_in_id"] is not None), None)
    if own is None:
        raise NotFound((field,), thing="check-in")
    [locked] = take_locked(tx, rows).values()
    key_results = [] if own["key_result_id"] is None else [without_prefix(own, KeyResult, "key_result_")]
    [check_in] = tx.adopt(CheckIn, [without_prefix(own, CheckIn, "check_in_")])
    return LockedCheckIn(check_in, next(iter(tx.adopt(KeyResult, key_results)), None), locked)
