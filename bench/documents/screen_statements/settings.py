"""The settings page by hand."""

from bench.documents.screen_statements.parts import CALLER, ID, NAMED, owner, page, row
from bench.documents.statements import aggregated, live

_FIRST = 20
_VIEWER = f"""(SELECT json_build_object('role', p.role, 'person', json_build_object('id', p.id, 'name', p.name,
    'email', p.email), 'scopes', k.scopes) FROM people p
    JOIN api_keys k ON k.organization_id = $1 AND k.person_id = p.id AND k.revoked_at IS NULL
    WHERE p.organization_id = $1 AND p.id = {CALLER})"""
_POLICIES = page(
    "statusPolicies",
    "'id', o.id, 'onTrackPace', o.on_track_pace, 'atRiskPace', o.at_risk_pace",
    "FROM status_policies o WHERE o.organization_id = $1",
    "o.number DESC",
    1,
)
_KEYS = page(
    "apiKeys",
    "'id', o.id, 'name', o.name, 'scopes', o.scopes, 'createdAt', o.created_at, 'expiresAt', o.expires_at, "
    f"'revokedAt', o.revoked_at, 'person', {owner('o.person_id')}, 'serviceAccount', "
    + row("service_accounts", "o.service_account_id", NAMED),
    "FROM api_keys o WHERE o.organization_id = $1",
    "o.created_at DESC, o.id DESC",
    _FIRST,
)
_TOKENS = page(
    "shareTokens",
    "'id', o.id, 'name', o.name, 'expiresAt', o.expires_at",
    "FROM share_tokens o WHERE o.organization_id = $1",
    "o.created_at DESC, o.id DESC",
    _FIRST,
)
_ORGANIZATION = f"""(SELECT json_build_object('id', g.id, 'name', g.name, 'timeZone', g.time_zone,
    'fiscalYearStartMonth', g.fiscal_year_start_month, 'memberEditing', g.member_editing,
    'onTrackPace', g.on_track_pace, 'atRiskPace', g.at_risk_pace, 'checkInCadenceDays', g.check_in_cadence_days,
    'checkInWeekday', g.check_in_weekday, 'version', g.version, {_POLICIES}, {_KEYS}, {_TOKENS})
    FROM organizations g WHERE g.id = $1)"""
_CYCLES = page(
    "cycles",
    "'id', o.id, 'name', o.name, 'kind', o.kind, 'state', o.state, 'startsOn', o.starts_on, 'endsOn', o.ends_on, "
    "'parent', " + row("cycles", "o.parent_id", ID),
    f"FROM cycles o WHERE {live('o')}",
    "o.starts_on DESC, o.id DESC",
    _FIRST,
)
_PILLARS = f"""'pillars', json_build_object('nodes', (SELECT {aggregated("'id', o.id, 'name', o.name", "o.name, o.id")}
    FROM (SELECT o.* FROM pillars o WHERE {live("o")} ORDER BY o.name, o.id LIMIT {_FIRST}) o))"""
_MEMBERS = f"""(SELECT {
    aggregated(
        "'role', m.role, 'person', json_build_object('id', p.id, 'name', p.name)",
        "m.role, p.name, m.id",
    )
} FROM memberships m JOIN people p ON p.organization_id = $1 AND p.id = m.person_id
    WHERE m.organization_id = $1 AND m.team_id = o.id AND m.ended_at IS NULL)"""
_TEAMS = page(
    "teams",
    f"'id', o.id, 'name', o.name, 'parent', {row('teams', 'o.parent_id', ID)}, 'memberships', {_MEMBERS}",
    f"FROM teams o WHERE {live('o')}",
    "o.name, o.id",
    _FIRST,
)
_ACCOUNTS = page(
    "serviceAccounts",
    "'id', o.id, 'name', o.name, 'role', o.role",
    f"FROM service_accounts o WHERE {live('o')}",
    "o.name, o.id",
    _FIRST,
)
SETTINGS = f"""SELECT json_build_object('viewer', {_VIEWER}, 'organization', {_ORGANIZATION}, {_CYCLES}, {_PILLARS},
    {_TEAMS}, {_ACCOUNTS})"""
