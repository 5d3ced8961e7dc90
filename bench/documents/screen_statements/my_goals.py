"""The goals of the caller by hand."""

from bench.documents.screen_statements.parts import CALLER, CYCLES, has_next, owner, page, staleness, status
from bench.documents.statements import aggregated, live

_ELAPSED = (
    """least(greatest(extract(epoch FROM now() - o.starts_at) / extract(epoch FROM o.due_at - o.starts_at), 0), 1)"""
)
_MY_RESULTS = f"""(SELECT {
    aggregated(
        "'id', k.id, 'title', k.title, 'kind', k.kind, 'current', k.current, 'target', k.target, 'unit', k.unit, "
        f"'progress', k.progress, 'status', {status('k')}, 'confidence', k.confidence, "
        f"'owner', {owner('k.owner_id')}",
        "k.position, k.id",
    )
} FROM key_results k WHERE {live("k")} AND k.objective_id = o.id)"""
_PARENTS = f"""(SELECT {aggregated("'id', p.id, 'title', p.title", "a.position, p.id")} FROM alignments a
    JOIN objectives p ON {live("p")} AND p.id = a.parent_id WHERE {live("a")} AND a.objective_id = o.id)"""
_GOALS_OF_CALLER = f"""FROM objectives o WHERE {live("o")} AND o.cycle_id IN {CYCLES}
    AND o.id = ANY (ARRAY(
    SELECT w.id FROM objectives w WHERE w.organization_id = $1 AND w.owner_id = {CALLER}
    UNION SELECT m.objective_id FROM participants m WHERE m.organization_id = $1 AND m.ended_at IS NULL
        AND m.person_id = {CALLER} AND m.role IN ('CO_OWNER', 'CONTRIBUTOR')))"""
MY_GOALS = f"""SELECT json_build_object({
    page(
        "objectives",
        f"'id', o.id, 'title', o.title, 'progress', o.progress, 'pace', o.progress / nullif({_ELAPSED}, 0), "
        f"'status', {status('o')}, 'staleness', {staleness('o')}, 'dueAt', o.due_at, 'isPastDue', o.due_at <= now(), "
        f"'nextCheckInDueAt', CASE WHEN {staleness('o')} IS NOT NULL THEN o.check_in_due_at END, "
        f"'keyResults', {_MY_RESULTS}, 'parents', {_PARENTS}",
        _GOALS_OF_CALLER,
        "o.due_at, o.id",
        50,
        arguments=has_next(_GOALS_OF_CALLER, 50),
    )
})"""
