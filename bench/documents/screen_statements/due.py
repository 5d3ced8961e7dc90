"""The check-ins that are due by hand: those of a person, and those of a team and its subteams."""

from bench.documents.screen_statements.parts import (
    AVATAR,
    TITLED,
    owner,
    row,
    staleness,
    status,
    team_and_below,
    variable,
)
from bench.documents.statements import aggregated, live

_EMAIL = ", 'email', p.email"
_IS_DUE = "{g}.check_in_due_at <= now() AND {staleness} IN ('DUE', 'OVERDUE')"


def _objectives(condition: str) -> str:
    """The objectives of a condition whose check-in is due."""
    return f"""SELECT o.id, o.id AS objective_id, NULL::uuid AS key_result_id, o.owner_id, o.check_in_due_at AS due_at,
        {staleness("o")} AS staleness FROM objectives o WHERE {live("o")}
        AND {_IS_DUE.format(g="o", staleness=staleness("o"))} AND {condition}"""


def _key_results(condition: str) -> str:
    """The key results of a condition whose check-in is due."""
    return f"""SELECT k.id, o.id AS objective_id, k.id AS key_result_id, coalesce(k.owner_id, o.owner_id) AS owner_id,
        k.check_in_due_at AS due_at, {staleness("k")} AS staleness
        FROM key_results k JOIN objectives o ON o.organization_id = $1 AND o.id = k.objective_id WHERE {live("k")}
        AND {_IS_DUE.format(g="k", staleness=staleness("k"))} AND k.value_source <> 'KPI' AND {condition}"""


DUE_OF_PERSON = f"""{_objectives("o.owner_id = {person}")} UNION ALL {_key_results("k.owner_id = {person}")}
    UNION ALL {_key_results("k.owner_id IS NULL AND o.owner_id = {person}")}"""
_LATEST = f"""(SELECT json_build_object('id', c.id, 'at', c.at, 'value', c.value, 'confidence', c.confidence,
    'status', c.status, 'note', c.note, 'author', {owner("c.author_id")}) FROM check_ins c
    WHERE c.organization_id = $1 AND c.key_result_id = k.id AND c.invalid_since IS NULL
    ORDER BY c.at DESC, c.recorded_at DESC, c.sequence DESC LIMIT 1)"""
WEEKLY_CHECK_IN = f"""WITH due AS MATERIALIZED ({
    DUE_OF_PERSON.format(person=variable("personId"))
}) SELECT json_build_object('checkInsDue', json_build_object(
    'totalCount', (SELECT count(*) FROM due), 'nodes', (SELECT {
    aggregated(
        "'dueAt', d.due_at, 'overdueAt', d.due_at + interval '3 days', 'staleness', d.staleness, "
        f"'objective', (SELECT json_build_object('id', o.id, 'title', o.title, 'progress', o.progress, "
        f"'status', {status('o')}) FROM objectives o WHERE o.organization_id = $1 AND o.id = d.objective_id), "
        "'keyResult', (SELECT json_build_object('id', k.id, 'title', k.title, 'kind', k.kind, 'unit', k.unit, "
        "'displayDecimals', k.display_decimals, 'baseline', k.baseline, 'current', k.current, 'target', k.target, "
        f"'progress', k.progress, 'confidence', k.confidence, 'status', {status('k')}, 'latestCheckIn', {_LATEST}) "
        "FROM key_results k WHERE k.organization_id = $1 AND k.id = d.key_result_id)",
        "d.due_at, d.id",
    )
} FROM (SELECT * FROM due ORDER BY due_at, id LIMIT 50) d)))"""

_OF_TEAM = "o.team_id = ANY (ARRAY(SELECT id FROM below))"
NOT_CHECKED_IN = f"""WITH below AS MATERIALIZED ({team_and_below(variable("teamId"))}),
    due AS MATERIALIZED ({_objectives(_OF_TEAM)} UNION ALL {_key_results(_OF_TEAM)})
    SELECT json_build_object('checkInsDue', json_build_object(
        'totalCount', (SELECT least(count(*), 10000) FROM due),
        'pageInfo', json_build_object('hasNextPage', (SELECT count(*) > 100 FROM due)),
        'nodes', (SELECT {
    aggregated(
        "'dueAt', d.due_at, 'overdueAt', d.due_at + interval '3 days', 'staleness', d.staleness, "
        f"'owner', {owner('d.owner_id', AVATAR + _EMAIL)}, "
        f"'objective', {row('objectives', 'd.objective_id', TITLED)}, "
        f"'keyResult', {row('key_results', 'd.key_result_id', TITLED)}",
        "d.due_at, d.id",
    )
} FROM (SELECT * FROM due ORDER BY due_at, id LIMIT 100) d)))"""
