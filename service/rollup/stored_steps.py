"""Stores by what lists of goals are read: the step of each that is in force now, and its progress as a double."""

from sqlalchemy import TextClause, text

from service.writing.transaction import Transaction

# Goals of one statement.
CHUNK = 150
TABLES = ("objectives", "key_results")
# What lists are sorted by: progress as it is answered.
PROGRESS_ORDER = "CAST({}.progress AS double precision)"
_STEP = "greatest(1, width_bucket(CAST(:now AS timestamptz), status_since))"


def _store_present_steps(table: str, rows: str) -> TextClause:
    """Stores the step in force at `:now` of the goals in these rows that have another one. Nobody sees a difference."""
    return text(f"""
        WITH present AS MATERIALIZED (
            SELECT id, CASE WHEN {_STEP} > 1 THEN status_since[{_STEP}] END AS step_since,
                   status_since[{_STEP} + 1] AS step_until, status_steps[{_STEP}] AS step_status,
                   staleness_steps[{_STEP}] AS step_staleness, status_reasons[{_STEP}] AS step_reason,
                   {PROGRESS_ORDER.format(table)} AS progress_order
            FROM {table} WHERE organization_id = :organization_id {rows}
        )
        UPDATE {table} t SET step_since = n.step_since, step_until = n.step_until, step_status = n.step_status,
            step_staleness = n.step_staleness, step_reason = n.step_reason, progress_order = n.progress_order
        FROM present n
        WHERE t.organization_id = :organization_id AND t.id = n.id
          AND (t.step_since, t.step_until, t.step_status, t.step_staleness, t.step_reason, t.progress_order)
              IS DISTINCT FROM
              (n.step_since, n.step_until, n.step_status, n.step_staleness, n.step_reason, n.progress_order)""")


STORE_ALL_STEPS = tuple(_store_present_steps(table, "") for table in TABLES)
# Who changes a goal at the same time stores its step, and nobody waits for the other.
_PASSED = f"""
    AND step_until > '-infinity' AND step_until <= CAST(:now AS timestamptz)
    ORDER BY step_until LIMIT {CHUNK} FOR UPDATE SKIP LOCKED"""
STORE_PASSED_STEPS = tuple(_store_present_steps(table, _PASSED) for table in TABLES)


async def store_steps(tx: Transaction) -> None:
    """Stores the step of each goal that is in force now, by which lists are read."""
    for statement in STORE_ALL_STEPS:
        await tx.run(statement, now=tx.now)


async def store_passed_steps(tx: Transaction) -> int:
    """The same for some goals whose stored step has passed. Returns their number."""
    return sum([await tx.run(statement, now=tx.now) for statement in STORE_PASSED_STEPS])
