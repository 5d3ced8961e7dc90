"""Computes the state and the progress of initiatives anew, once their check-ins have changed."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from typing import Any
from uuid import UUID

from sqlalchemy import text

from service.initiatives.check_ins.current import CurrentValues, current_values
from service.initiatives.models import Initiative, InitiativeState
from service.writing.rows import advance
from service.writing.transaction import Transaction


def _newest(column: str) -> str:
    return f"""(
        SELECT c.initiative_id, c.progress, c.state, c.at, c.recorded_at, c.sequence FROM initiative_check_ins c
        WHERE c.organization_id = :organization_id AND c.initiative_id = i.id AND c.invalid_since IS NULL
          AND c.{column} IS NOT NULL
        ORDER BY c.at DESC, c.recorded_at DESC, c.sequence DESC LIMIT 1)"""


# Of each of `:ids` the newest valid check-ins that state a progress and a state: all that its own depend on.
DECISIVE = text(f"""
    SELECT n.initiative_id, n.progress, n.state, n.at, n.recorded_at, n.sequence
    FROM unnest(CAST(:ids AS uuid[])) AS i (id)
    CROSS JOIN LATERAL ({_newest("progress")} UNION ALL {_newest("state")}) n""")


async def settle(tx: Transaction, initiatives: Iterable[Initiative]) -> None:
    """Counts a change of locked initiatives with new check-ins, and computes what these come to."""
    changed = list(initiatives)
    tx.attempt.ensure_fine()
    for initiative in changed:
        advance(tx, initiative)
    await settle_values(tx, changed)


async def settle_values(tx: Transaction, initiatives: Collection[Initiative]) -> None:
    """Computes state and progress of locked initiatives from their check-ins, new ones included."""
    check_ins: dict[UUID, list[Any]] = defaultdict(list)
    for row in await tx.rows_after_flush(DECISIVE, ids=[each.id for each in initiatives]):
        check_ins[row.initiative_id].append(row)
    for each in initiatives:
        state, progress = current_values(CurrentValues(each.initial_state, each.initial_progress), check_ins[each.id])
        each.state, each.progress = InitiativeState(state), progress
