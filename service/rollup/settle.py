"""Brings stored progress and status in line with the facts, inside the transaction that changed them."""

from collections.abc import Collection, Iterable, Sequence
from uuid import UUID

from sqlalchemy import text

from service.alignment.paths import upward
from service.rollup.evaluate import evaluate
from service.rollup.queries import load
from service.rollup.status_timeline import stored
from service.rollup.tree import Stored, Tree
from service.writing.transaction import Transaction

LOCK = text("""
    SELECT o.id FROM unnest(CAST(:ids AS uuid[])) WITH ORDINALITY AS wanted (id, place)
    JOIN objectives o ON o.organization_id = :organization_id AND o.id = wanted.id
    ORDER BY wanted.place
    FOR NO KEY UPDATE OF o""")

_CHANGED = """
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
    _CHANGED.format(table="objectives", more=", coverage = n.coverage, guardrail_breached = n.guardrail_breached")
)
STORE_KEY_RESULTS = text(
    _CHANGED.format(
        table="key_results",
        more=", current = n.current, has_data = n.has_data, regressed = n.regressed, "
        "measured_baseline = n.measured_baseline, measured_target = n.measured_target, "
        "guardrail_breached = n.guardrail_breached",
    )
)

Differences = list[tuple[UUID, Stored, Stored]]


async def settle(tx: Transaction) -> None:
    """Recomputes what was touched and everything above it; a fixed number of statements at any depth."""
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

    What shows something else though its values are the same is written too, since that moves `changed_at`.
    """
    tree = await load(tx, ids)
    objectives, key_results = differences(tree, tx.changed_goals)
    if key_results:
        await tx.run(STORE_KEY_RESULTS, now=tx.now, **_arrays(key_results))
    if objectives:
        await tx.run(STORE_OBJECTIVES, now=tx.now, **_arrays(objectives))


def differences(tree: Tree, besides: Collection[UUID] = ()) -> tuple[Differences, Differences]:
    """Objectives and key results whose stored values are not what the facts say: id, stored, computed.

    Those `besides` are among them whatever is stored.
    """
    computed = evaluate(tree)
    objectives = [(node.id, node.stored, computed.objectives[node.id].values) for node in tree.objectives]
    key_results = [
        (node.id, node.stored, computed.key_results[node.id].values)
        for nodes in tree.key_results.values()
        for node in nodes
    ]
    names = ("progress", "raw", "reason", "confidence", "course", "coverage", "due_at", "guardrail_breached")
    return [d for d in objectives if d[0] in besides or _differs(*d[1:], names)], [
        d for d in key_results if d[0] in besides or _differs(*d[1:], Stored.__slots__)
    ]


def _differs(stored_values: Stored, computed: Stored, names: Sequence[str]) -> bool:
    return any(getattr(stored_values, name) != getattr(computed, name) for name in names)


def _arrays(changed: Differences) -> dict[str, list[object]]:
    values = [computed for _, _, computed in changed]
    courses = [stored(v.course) for v in values]
    return {
        "ids": [id for id, _, _ in changed],
        "progress": [v.progress for v in values],
        "raw": [v.raw for v in values],
        "reason": [v.reason for v in values],
        "confidence": [v.confidence for v in values],
        "since": [_list(each.isoformat() for each in since) for since, *_ in courses],
        "steps": [_list(statuses) for _, statuses, *_ in courses],
        "reasons": [_list(reasons) for _, _, reasons, *_ in courses],
        "staleness": [_list(staleness) for *_, staleness, _ in courses],
        "diverging": [_list("ft"[diverges] for diverges in diverging) for *_, diverging in courses],
        "due_at": [v.due_at for v in values],
        "coverage": [v.coverage for v in values],
        "current": [v.current for v in values],
        "has_data": [v.has_data for v in values],
        "regressed": [v.regressed for v in values],
        "measured_baseline": [v.measured_baseline for v in values],
        "measured_target": [v.measured_target for v in values],
        "guardrail_breached": [v.guardrail_breached for v in values],
    }


def _list(values: Iterable[str | None]) -> str:
    """A list as Postgres writes it, of moments or names, which need no quotes."""
    return f"{{{','.join('NULL' if value is None else value for value in values)}}}"
