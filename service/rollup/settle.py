"""Recomputes stored progress and status in the transaction that changed the facts."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import text

from service.alignment.paths import upward
from service.rollup.evaluate import evaluate
from service.rollup.queries import load
from service.rollup.status_timeline import to_columns
from service.rollup.tree import GoalValues, Tree
from service.writing.transaction import Transaction

LOCK = text("""
    SELECT o.id FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS wanted (id, place)
    JOIN objectives o ON o.organization_id = :organization_id AND o.id = wanted.id
    ORDER BY wanted.place
    FOR NO KEY UPDATE OF o""")

_UPDATE_CHANGED = """
    UPDATE {table} t SET progress = n.progress, progress_raw = n.raw, progress_reason = n.reason,
           confidence = n.confidence, status_since = CAST(n.since AS timestamptz[]),
           status_steps = CAST(n.steps AS text[]), status_reasons = CAST(n.reasons AS text[]),
           staleness_steps = CAST(n.staleness AS text[]), diverging_steps = CAST(n.diverging AS bool[]),
           check_in_due_at = n.due_at,
           changed_at = greatest(t.changed_at, CAST(:now AS timestamptz)){more}
    FROM unnest(CAST(:ids AS uuid[]), CAST(:progress AS numeric[]), CAST(:raw AS numeric[]),
                CAST(:reason AS text[]), CAST(:confidence AS float8[]), CAST(:since AS text[]),
                CAST(:steps AS text[]), CAST(:reasons AS text[]), CAST(:staleness AS text[]),
                CAST(:diverging AS text[]), CAST(:due_at AS timestamptz[]), CAST(:coverage AS numeric[]),
                CAST(:current AS numeric[]), CAST(:has_data AS bool[]), CAST(:regressed AS bool[]),
                CAST(:measured_baseline AS numeric[]), CAST(:measured_target AS numeric[]),
                CAST(:guardrail_breached AS bool[]))
         AS n (id, progress, raw, reason, confidence, since, steps, reasons, staleness, diverging, due_at, coverage,
               current, has_data, regressed, measured_baseline, measured_target, guardrail_breached)
    WHERE t.organization_id = :organization_id AND t.id = n.id"""

STORE_OBJECTIVES = text(
    _UPDATE_CHANGED.format(
        table="objectives", more=", coverage = n.coverage, guardrail_breached = n.guardrail_breached"
    )
)
STORE_KEY_RESULTS = text(
    _UPDATE_CHANGED.format(
        table="key_results",
        more=", current = n.current, has_data = n.has_data, regressed = n.regressed, "
        "measured_baseline = n.measured_baseline, measured_target = n.measured_target, "
        "guardrail_breached = n.guardrail_breached",
    )
)

Differences = list[tuple[UUID, GoalValues, GoalValues]]


async def settle(tx: Transaction) -> None:
    """Recomputes the touched objectives and all above them, in a fixed number of statements at any depth."""
    await tx.flush()
    if not tx.touched:
        return
    ids = await upward(tx, tx.touched)
    await tx.rows(LOCK, ids=ids)
    await store(tx, ids)
    tx.touched.clear()
    tx.changed_goals.clear()


async def store(tx: Transaction, ids: Sequence[UUID]) -> None:
    """Evaluates these objectives, children before parents, and writes what has changed.

    Goals in `tx.changed_goals` are written although their values are equal, to update `changed_at`.
    """
    tree = await load(tx, ids)
    objectives, key_results = differences(tree, tx.changed_goals)
    if key_results:
        await tx.run(STORE_KEY_RESULTS, now=tx.now, **_arrays(key_results))
    if objectives:
        await tx.run(STORE_OBJECTIVES, now=tx.now, **_arrays(objectives))


def differences(tree: Tree, always: Collection[UUID] = ()) -> tuple[Differences, Differences]:
    """Objectives and key results whose stored values are not what the facts say: id, stored, computed.

    Goals in `always` are included whatever is stored.
    """
    computed = evaluate(tree)
    objectives = [(node.id, node.stored, computed.objectives[node.id].values) for node in tree.objectives]
    key_results = [
        (node.id, node.stored, computed.key_results[node.id].values)
        for nodes in tree.key_results.values()
        for node in nodes
    ]
    names = ("progress", "raw", "reason", "confidence", "timeline", "coverage", "due_at", "guardrail_breached")
    return [d for d in objectives if d[0] in always or _differs(*d[1:], names)], [
        d for d in key_results if d[0] in always or _differs(*d[1:], GoalValues.__slots__)
    ]


def _differs(stored: GoalValues, computed: GoalValues, names: Sequence[str]) -> bool:
    return any(getattr(stored, name) != getattr(computed, name) for name in names)


def _arrays(changed: Differences) -> dict[str, list[object]]:
    values = [computed for _, _, computed in changed]
    timelines = [to_columns(v.timeline) for v in values]
    return {
        "ids": [id for id, _, _ in changed],
        "progress": [v.progress for v in values],
        "raw": [v.raw for v in values],
        "reason": [v.reason for v in values],
        "confidence": [v.confidence for v in values],
        "since": [_array_literal(each.isoformat() for each in since) for since, *_ in timelines],
        "steps": [_array_literal(statuses) for _, statuses, *_ in timelines],
        "reasons": [_array_literal(reasons) for _, _, reasons, *_ in timelines],
        "staleness": [_array_literal(staleness) for *_, staleness, _ in timelines],
        "diverging": [_array_literal("ft"[diverges] for diverges in diverging) for *_, diverging in timelines],
        "due_at": [v.due_at for v in values],
        "coverage": [v.coverage for v in values],
        "current": [v.current for v in values],
        "has_data": [v.has_data for v in values],
        "regressed": [v.regressed for v in values],
        "measured_baseline": [v.measured_baseline for v in values],
        "measured_target": [v.measured_target for v in values],
        "guardrail_breached": [v.guardrail_breached for v in values],
    }


def _array_literal(values: Iterable[str | None]) -> str:
    """An array literal of Postgres. The values are instants or names, which need no quotes."""
    return f"{{{','.join('NULL' if value is None else value for value in values)}}}"
