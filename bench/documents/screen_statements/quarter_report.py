"""The report of a cycle by team by hand."""

from bench.documents.screen_statements.parts import TEAM, owner, page, staleness, status
from bench.documents.statements import live

STATUSES = ("ACHIEVED", "NOT_STARTED", "PENDING", "ON_TRACK", "AT_RISK", "OFF_TRACK")
_GOALS = f"""SELECT o.team_id, o.progress, o.confidence, {status("o")} AS status, {staleness("o")} AS staleness
    FROM objectives o WHERE {live("o")} AND o.cycle_id = ($2::jsonb ->> 'cycleId')::uuid"""
_COUNTED = ", ".join(
    f"count(*) FILTER (WHERE s.status = '{name}') AS n{number}, "
    f"count(*) FILTER (WHERE s.status = '{name}' AND s.staleness = 'OVERDUE') AS late{number}"
    for number, name in enumerate(STATUSES)
)
_SUMS = f"""count(*) AS count, count(*) FILTER (WHERE s.staleness = 'OVERDUE') AS late,
    avg(s.progress) AS mean, percentile_cont(0.5) WITHIN GROUP (ORDER BY s.progress::float8) AS median,
    avg(s.confidence) AS confidence, {_COUNTED}"""
_LISTED = " UNION ALL ".join(
    f"SELECT {number} AS place, json_build_object('status', '{name}', 'count', g.n{number}, 'overdueCount', "
    f"g.late{number}) AS line WHERE g.n{number} > 0"
    for number, name in enumerate(STATUSES)
)
_NUMBERS = f"""'count', g.count, 'overdueCount', g.late, 'meanProgress', g.mean, 'medianProgress', g.median,
    'meanConfidence', g.confidence{{more}},
    'statuses', (SELECT json_agg(l.line ORDER BY l.place) FROM ({_LISTED}) l)"""
_WEAKEST = f"""FROM objectives o WHERE {live("o")} AND o.cycle_id = ($2::jsonb ->> 'cycleId')::uuid
    AND (o.team_id = g.team_id OR (o.team_id IS NULL AND g.team_id IS NULL))"""
_OF_TEAM = page(
    "objectives",
    f"'id', o.id, 'title', o.title, 'progress', o.progress, 'status', {status('o')}, 'owner', {owner('o.owner_id')}",
    _WEAKEST,
    "o.progress, o.id",
    5,
)
_GREEN = ", 'greenShare', (g.n0 + g.n3)::float8 / g.count"
_ALL = f"""(SELECT json_build_array(json_build_object({_NUMBERS.format(more=_GREEN)}))
    FROM (SELECT {_SUMS} FROM goals s) g)"""
_TEAM = f"""'team', {TEAM.format(id="g.team_id")}, {_NUMBERS.format(more="")}, {_OF_TEAM}"""
_BY_TEAM = f"""(SELECT json_agg(json_build_object({_TEAM})
    ORDER BY g.team_id::text) FROM (SELECT s.team_id, {_SUMS} FROM goals s GROUP BY s.team_id) g)"""
QUARTER_REPORT = f"""WITH goals AS MATERIALIZED ({_GOALS}) SELECT json_build_object('cycle', (
    SELECT json_build_object('id', c.id, 'name', c.name, 'state', c.state, 'startsOn', c.starts_on, 'endsOn', c.ends_on,
        'elapsed', extract(epoch FROM now() - c.starts_at) / extract(epoch FROM c.ends_at - c.starts_at),
        'retrospective', c.retrospective)
    FROM cycles c WHERE c.organization_id = $1 AND c.id = ($2::jsonb ->> 'cycleId')::uuid),
    'all', {_ALL}, 'byTeam', {_BY_TEAM})"""
