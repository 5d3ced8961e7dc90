"""The feed of a team and its subteams by hand."""

from bench.documents.screen_statements.parts import AVATAR, ID, NAMED, TITLED, owner, row, team_and_below
from bench.documents.statements import aggregated

_FIRST = 30
_TYPE = """CASE WHEN e.subject_type IN ('Membership', 'Participant') AND e.verb IN ('CREATED', 'RESTORED') THEN 'JOINED'
    WHEN e.subject_type IN ('Membership', 'Participant') AND e.verb = 'ARCHIVED' THEN 'LEFT'
    WHEN e.subject_type = 'KpiTarget' AND e.verb IN ('CREATED', 'UPDATED') THEN 'TARGET_SET'
    WHEN e.verb IN ('ACTIVATED', 'CLOSING_BEGUN', 'EXTENDED', 'CLOSED', 'REOPENED') THEN 'CYCLE_STEP'
    ELSE CASE e.verb WHEN 'CORRECTED' THEN 'CHECK_IN_CORRECTED' WHEN 'WITHDRAWN' THEN 'CHECK_IN_WITHDRAWN'
        WHEN 'RECORDED' THEN 'MEASURED' WHEN 'DELETED' THEN 'MEASUREMENTS_DELETED' ELSE e.verb END END"""
_FIELD = """lower(left(f.name, 1)) || substr(replace(initcap(replace(f.name, '_', ' ')), ' ', ''), 2)"""


def _node(moment: str) -> str:
    """What a changed field refers to, a person, a team or an objective."""
    id = f"(c.value ->> '{moment}')::uuid"
    return f"""CASE f.name WHEN 'owner' THEN {row("people", id, NAMED)} WHEN 'author' THEN {row("people", id, NAMED)}
        WHEN 'person' THEN {row("people", id, NAMED)} WHEN 'team' THEN {row("teams", id, NAMED)}
        WHEN 'objective' THEN {row("objectives", id, TITLED)} WHEN 'parent' THEN CASE e.subject_type
            WHEN 'Team' THEN {row("teams", id, NAMED)} ELSE {row("objectives", id, TITLED)} END
        WHEN 'cycle' THEN {row("cycles", id, ID)} WHEN 'key_result' THEN {row("key_results", id, ID)}
        WHEN 'kpi' THEN {row("kpis", id, ID)} END"""


_CHANGES = f"""(SELECT {
    aggregated(
        f"'field', {_FIELD}, 'before', CASE WHEN NOT f.refers THEN c.value ->> 'before' END, "
        "'after', CASE WHEN NOT f.refers THEN c.value ->> 'after' END, "
        f"'beforeNode', {_node('before')}, 'afterNode', {_node('after')}",
        'c.key COLLATE "C"',
    )
} FROM jsonb_each(e.changes) c
    CROSS JOIN LATERAL (SELECT c.key LIKE '%\\_id' AND c.key <> 'external_id' AS refers) r
    CROSS JOIN LATERAL (SELECT r.refers, CASE WHEN r.refers THEN left(c.key, -3) ELSE c.key END AS name) f)"""
_CHECK_IN = row(
    "check_ins",
    "e.subject_id",
    "'id', x.id, 'value', x.value, 'confidence', x.confidence, 'status', x.status, 'note', x.note",
)
_ENTRY = f"""'id', e.id, 'at', e.recorded_at, 'type', {_TYPE}, 'subjectType', e.subject_type, 'reason', e.reason,
    'actor', {owner("e.actor_id", AVATAR)}, 'serviceAccount', {row("service_accounts", "e.service_account_id", NAMED)},
    'subject', CASE WHEN e.subject_type <> 'ApiKey' THEN json_build_object('id', e.subject_id) END,
    'objective', {row("objectives", "e.objective_id", TITLED)},
    'checkIn', CASE WHEN e.subject_type = 'CheckIn' THEN {_CHECK_IN} END, 'changes', {_CHANGES}"""
_OF_TEAM = "team_id = ANY (ARRAY(SELECT id FROM below))"
# What belongs to the KPIs and initiatives of the teams, too.
_OTHERS = f"""SELECT k.id FROM kpis k WHERE k.organization_id = $1 AND k.{_OF_TEAM}
    UNION ALL SELECT t.id FROM kpis k JOIN kpi_targets t ON t.organization_id = $1 AND t.kpi_id = k.id
        WHERE k.organization_id = $1 AND k.{_OF_TEAM}
    UNION ALL SELECT i.id FROM initiatives i WHERE i.organization_id = $1 AND i.{_OF_TEAM}
    UNION ALL SELECT c.id FROM initiatives i JOIN initiative_check_ins c ON c.organization_id = $1
        AND c.initiative_id = i.id WHERE i.organization_id = $1 AND i.{_OF_TEAM}"""
_EVENTS = f"""(SELECT e.* FROM events e WHERE e.organization_id = $1 AND (
        e.objective_id IN (SELECT o.id FROM objectives o WHERE o.organization_id = $1 AND o.{_OF_TEAM})
        OR e.objective_id IS NULL AND e.subject_id IN ({_OTHERS}))
    ORDER BY e.id DESC LIMIT {_FIRST + 1})"""
_TEAMS = team_and_below("($2::jsonb #>> '{filter,teamId}')::uuid")
TEAM_FEED = f"""WITH below AS MATERIALIZED ({_TEAMS}), latest AS MATERIALIZED {_EVENTS}
    SELECT json_build_object('activity', json_build_object(
        'pageInfo', json_build_object('hasNextPage', (SELECT count(*) > {_FIRST} FROM latest)),
        'nodes', (SELECT {aggregated(_ENTRY, "e.id DESC")}
            FROM (SELECT * FROM latest ORDER BY id DESC LIMIT {_FIRST}) e)))"""
