"""What needs attention by hand: goals and KPIs of a team by the most urgent reason."""

from bench.documents.screen_statements.kpis import kpis
from bench.documents.screen_statements.parts import TITLED, owner, row, staleness, status, team_and_below, variable
from bench.documents.statements import aggregated, live

_REASONS = ("GUARDRAIL_BREACHED", "OFF_TRACK", "OVERDUE", "DIVERGING", "KPI_LATE", "NO_OWNER")
_OF_TEAM = "o.team_id = ANY (ARRAY(SELECT id FROM below))"


def _reasons(*conditions: str) -> str:
    """The reasons whose conditions hold, the most urgent first; null if there are none."""
    each = ", ".join(
        f"CASE WHEN {condition} THEN '{name}' END" for name, condition in zip(_REASONS, conditions, strict=True)
    )
    return f"nullif(array_remove(ARRAY[{each}], NULL), '{{}}')"


def _goals(type: str, goal: str, owner_id: str, joined: str, condition: str) -> str:
    """The goals in force of a team and its subteams, with their reasons."""
    diverges = f"{goal}.diverging_steps[greatest(1, width_bucket(now(), {goal}.status_since))]"
    reasons = _reasons(
        f"{goal}.guardrail_breached",
        "s.status = 'OFF_TRACK'",
        "s.staleness = 'OVERDUE'",
        diverges,
        "false",
        f"{owner_id} IS NULL",
    )
    return f"""SELECT '{type}' AS type, {goal}.id, {goal}.due_at, {reasons} AS reasons
        FROM {joined} JOIN cycles c ON c.organization_id = $1 AND c.id = o.cycle_id AND c.state <> 'CLOSED'
        CROSS JOIN LATERAL (SELECT {status(goal)} AS status, {staleness(goal)} AS staleness) s
        WHERE {live("o")} AND {condition} AND {_OF_TEAM} AND s.status IS NOT NULL"""


_KPI_REASONS = _reasons(
    "false", "o.status = 'RED'", "false", "false", "o.freshness IN ('LATE', 'MISSING')", "o.owner_id IS NULL"
)
_ALL = " UNION ALL ".join(
    (
        _goals("Objective", "o", "o.owner_id", "objectives o", "true"),
        _goals(
            "KeyResult",
            "k",
            "coalesce(k.owner_id, o.owner_id)",
            "key_results k JOIN objectives o ON o.organization_id = $1 AND o.id = k.objective_id",
            live("k"),
        ),
        f"""SELECT 'Kpi' AS type, o.id, o.due_at, {_KPI_REASONS} AS reasons
            FROM {kpis(f"FROM kpis o WHERE {live('o')} AND {_OF_TEAM}")}""",
    )
)
_GOAL = f"""'id', y.id, 'title', y.title, 'progress', y.progress, 'status', {status("y")},
    'staleness', {staleness("y")}, 'owner', {owner("y.owner_id")}"""
_KPI = f"""(SELECT json_build_object('id', o.id, 'name', o.name, 'kpiStatus', o.status, 'freshness', o.freshness,
    'owner', {owner("o.owner_id")}) FROM {kpis("FROM kpis o WHERE o.organization_id = $1 AND o.id = a.id")})"""
_SUBJECT = f"""CASE a.type
    WHEN 'Objective' THEN (SELECT json_build_object({_GOAL}) FROM objectives y
        WHERE y.organization_id = $1 AND y.id = a.id)
    WHEN 'KeyResult' THEN (SELECT json_build_object({_GOAL}, 'objective', {row("objectives", "y.objective_id", TITLED)})
        FROM key_results y WHERE y.organization_id = $1 AND y.id = a.id)
    ELSE {_KPI} END"""
_URGENCY = f"array_position(ARRAY{list(_REASONS)}, reasons[1])"
NEEDS_ATTENTION = f"""WITH below AS MATERIALIZED ({team_and_below(variable("teamId"))}),
    attention AS MATERIALIZED (SELECT *, {_URGENCY} AS urgency FROM ({_ALL}) a WHERE reasons IS NOT NULL)
    SELECT json_build_object('needsAttention', json_build_object(
        'totalCount', (SELECT count(*) FROM attention),
        'pageInfo', json_build_object('hasNextPage', (SELECT count(*) > 20 FROM attention)),
        'nodes', (SELECT {
    aggregated(f"'reasons', a.reasons, 'dueAt', a.due_at, 'subject', {_SUBJECT}", "a.urgency, a.due_at, a.id")
} FROM (SELECT * FROM attention ORDER BY urgency, due_at, id LIMIT 20) a)))"""
