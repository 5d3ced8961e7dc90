"""Compares check-ins with what replaced them, and initiatives with what their check-ins say."""

from collections import defaultdict
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from sqlalchemy import TextClause, text

from service.check_ins.commands import KIND as OF_GOALS
from service.check_ins.row_commands import CheckInKind
from service.initiatives.check_ins.commands import KIND as OF_INITIATIVES
from service.initiatives.check_ins.current import CurrentValues, current_values
from service.postgres.tables import table_of
from service.reading.reader import Reader

CHUNK = 500
INITIATIVES = text("""
    SELECT id, state, progress, initial_state, initial_progress FROM initiatives
    WHERE organization_id = :organization_id AND id > CAST(:after AS uuid) ORDER BY id LIMIT :count""")
VALID = text("""
    SELECT initiative_id, progress, state, at, recorded_at, sequence FROM initiative_check_ins
    WHERE organization_id = :organization_id AND initiative_id = ANY(CAST(:ids AS uuid[])) AND invalid_since IS NULL""")


def _replaced(kind: CheckInKind) -> TextClause:
    """Check-ins that are valid although another one replaced them, or the other way round."""
    table = table_of(kind.model).name
    elsewhere = " OR ".join(f"r.{column} IS DISTINCT FROM c.{column}" for column in kind.subject)
    return text(f"""
    SELECT c.id FROM {table} c
    LEFT JOIN {table} r ON r.organization_id = :organization_id AND r.replaces_id = c.id
    WHERE c.organization_id = :organization_id AND (
        c.invalid_since IS DISTINCT FROM CASE WHEN c.is_withdrawal THEN c.recorded_at ELSE r.recorded_at END
        OR r.id IS NOT NULL AND (c.is_withdrawal OR {elsewhere})
    )""")


def _replacing(kind: CheckInKind) -> TextClause:
    """Check-ins that replace what is not there."""
    table = table_of(kind.model).name
    return text(f"""
    SELECT c.id FROM {table} c
    WHERE c.organization_id = :organization_id AND c.replaces_id IS NOT NULL AND NOT EXISTS (
        SELECT 1 FROM {table} r WHERE r.organization_id = :organization_id AND r.id = c.replaces_id
    )""")


STATEMENTS = [
    (kind.model.__name__, statement(kind), problem)
    for kind in (OF_GOALS, OF_INITIATIVES)
    for statement, problem in (
        (_replaced, "is valid or not against what replaced it"),
        (_replacing, "replaces what is not there"),
    )
]


async def examine_check_ins(reader: Reader) -> AsyncIterator[tuple[str, UUID, str]]:
    """The type and the id of what is wrong with check-ins and initiatives, and what it is."""
    for subject, statement, problem in STATEMENTS:
        for row in await reader.rows(statement):
            yield subject, row.id, problem
    after = UUID(int=0)
    while rows := await reader.rows(INITIATIVES, after=after, count=CHUNK):
        check_ins: dict[UUID, list[Any]] = defaultdict(list)
        for each in await reader.rows(VALID, ids=[row.id for row in rows]):
            check_ins[each.initiative_id].append(each)
        for row in rows:
            stored = CurrentValues(row.state, row.progress)
            stated = current_values(CurrentValues(row.initial_state, row.initial_progress), check_ins[row.id])
            if stored != stated:
                yield "Initiative", row.id, f"stored {stored}, the facts say {stated}"
        after = rows[-1].id
