"""The board of a team by hand: its goals in the columns of their statuses."""

from bench.documents.screen_statements.kpis import TREND, kpi_page
from bench.documents.screen_statements.parts import (
    AVATAR,
    CURRENT_CYCLES,
    NAMED,
    RESULTS,
    owner,
    page,
    row,
    staleness,
    status,
    variable,
)
from bench.documents.statements import aggregated, live

_FIRST = 50
_TEAM = variable("id")
_SUBTEAMS = f"""(SELECT {aggregated("'id', x.id, 'name', x.name", "x.name, x.id")} FROM teams x
    WHERE {live("x")} AND x.parent_id = t.id)"""
_MEMBERSHIPS = f"""(SELECT {
    aggregated(
        "'role', m.role, 'person', json_build_object('id', p.id, 'name', p.name, 'avatarUrl', p.avatar_url)",
        "m.role, p.name, m.id",
    )
} FROM memberships m JOIN people p ON p.organization_id = $1 AND p.id = m.person_id
    WHERE m.organization_id = $1 AND m.team_id = t.id AND m.ended_at IS NULL)"""
_INITIATIVES = page(
    "initiatives",
    "'id', o.id, 'title', o.title, 'state', o.state, 'progress', o.progress, 'owner', " + owner("o.owner_id"),
    f"FROM initiatives o WHERE {live('o')} AND o.team_id = t.id",
    "o.title, o.id",
    _FIRST,
)
_GOALS = f"""SELECT o.*, {status("o")} AS status, {staleness("o")} AS staleness FROM objectives o
    WHERE {live("o")} AND o.team_id = {_TEAM} AND o.cycle_id IN {CURRENT_CYCLES}"""
_OF_STATUS = page(
    "objectives",
    "'id', o.id, 'title', o.title, 'progress', o.progress, 'confidence', o.confidence, 'staleness', o.staleness, "
    f"'dueAt', o.due_at, 'owner', {owner('o.owner_id', AVATAR)}, 'keyResults', {RESULTS}",
    "FROM goals o WHERE o.status = g.status",
    "o.position, o.id",
    _FIRST,
)
_COLUMN = "array_position(ARRAY['ACHIEVED', 'NOT_STARTED', 'PENDING', 'ON_TRACK', 'AT_RISK', 'OFF_TRACK'], g.status)"
_COLUMNS = f"""(SELECT {
    aggregated(
        "'status', g.status, 'count', g.count, 'overdueCount', g.late, 'meanProgress', g.mean, " + _OF_STATUS, _COLUMN
    )
} FROM (SELECT s.status, count(*) AS count, count(*) FILTER (WHERE s.staleness = 'OVERDUE') AS late,
        avg(s.progress) AS mean FROM goals s GROUP BY s.status) g)"""
_KPIS = kpi_page(
    "'id', o.id, 'name', o.name, 'status', o.status, 'current', o.current, 'target', o.target, 'unit', o.unit, "
    f"'trend', {TREND}, 'freshness', o.freshness",
    f"o.team_id = {_TEAM}",
    _FIRST,
)
TEAM_BOARD = f"""WITH goals AS MATERIALIZED ({_GOALS}) SELECT json_build_object('team', (SELECT json_build_object(
        'id', t.id, 'name', t.name, 'avatarUrl', t.avatar_url, 'color', t.color,
        'parent', {row("teams", "t.parent_id", NAMED)}, 'subteams', {_SUBTEAMS}, 'memberships', {_MEMBERSHIPS},
        {_INITIATIVES}) FROM teams t WHERE t.organization_id = $1 AND t.id = {_TEAM}),
    'goalStats', {_COLUMNS}, {_KPIS})"""
