"""The page of an objective by hand. The sentence is that of titles that begin with a verb."""

from bench.documents.screen_statements.kpis import kpis
from bench.documents.screen_statements.parts import (
    AVATAR,
    CALLER,
    NAMED,
    owner,
    page,
    row,
    staleness,
    status,
    variable,
)
from bench.documents.statements import aggregated, live

_WITHIN = "lower(left({t}, 1)) || substr({t}, 2)"
_TITLES = f"""(SELECT ' as measured by ' || CASE cardinality(r.titles) WHEN 1 THEN r.titles[1]
        WHEN 2 THEN r.titles[1] || ' and ' || r.titles[2]
        ELSE array_to_string(trim_array(r.titles, 1), ', ') || ', and ' || r.titles[cardinality(r.titles)] END
    FROM (SELECT array_agg({_WITHIN.format(t="k.title")} ORDER BY k.position, k.id) AS titles FROM key_results k
        WHERE {live("k")} AND k.objective_id = u.id AND k.lifecycle <> 'CANCELLED') r)"""
_SENTENCE = f"'We will ' || {_WITHIN.format(t='u.title')} || coalesce({_TITLES}, '') || '.'"
_ELAPSED = """least(greatest(extract(epoch FROM now() - {s}) / extract(epoch FROM {e} - {s}), 0), 1)"""
_PACE = f"u.progress / nullif({_ELAPSED.format(s='u.starts_at', e='u.due_at')}, 0)"
_CYCLE = f"""(SELECT json_build_object('id', c.id, 'name', c.name, 'state', c.state,
    'elapsed', {_ELAPSED.format(s="c.starts_at", e="c.ends_at")}) FROM cycles c
    WHERE c.organization_id = $1 AND c.id = u.cycle_id)"""
_ANCESTORS = f"""(WITH RECURSIVE up (id, distance) AS (
        SELECT e.parent_id, 1 FROM alignments e WHERE {live("e")} AND e.is_primary AND e.objective_id = u.id
        UNION ALL
        SELECT e.parent_id, up.distance + 1 FROM up JOIN alignments e
            ON {live("e")} AND e.is_primary AND e.objective_id = up.id)
    SELECT {aggregated("'id', x.id, 'title', x.title", "up.distance DESC")}
    FROM up JOIN objectives x ON {live("x")} AND x.id = up.id)"""
_ROLE = "array_position(ARRAY['CO_OWNER', 'CONTRIBUTOR', 'READER', 'FOLLOWER'], m.role::text)"
_PARTICIPANTS = f"""(SELECT {
    aggregated(
        f"'id', m.id, 'role', m.role, 'person', {owner('m.person_id', AVATAR)}, "
        f"'team', {row('teams', 'm.team_id', NAMED)}",
        f"{_ROLE}, m.id",
    )
} FROM participants m WHERE m.organization_id = $1 AND m.objective_id = u.id AND m.ended_at IS NULL)"""
_LATEST = f"""(SELECT json_build_object('id', c.id, 'at', c.at, 'value', c.value, 'note', c.note,
    'author', {owner("c.author_id")}) FROM check_ins c
    WHERE c.organization_id = $1 AND c.key_result_id = k.id AND c.invalid_since IS NULL
    ORDER BY c.at DESC, c.recorded_at DESC, c.sequence DESC LIMIT 1)"""
_LINKED_KPI = f"""(SELECT json_build_object('id', o.id, 'name', o.name, 'status', o.status)
    FROM {kpis("FROM kpis o WHERE o.organization_id = $1 AND o.id = l.kpi_id")})"""
_LINKS = f"""(SELECT {
    aggregated(
        f"'id', l.id, 'role', l.role, 'kpi', {_LINKED_KPI}",
        "l.created_at, l.id",
    )
} FROM kpi_links l WHERE {live("l")} AND l.key_result_id = k.id)"""
_INITIATIVES = f"""(SELECT {
    aggregated("'id', i.id, 'title', i.title, 'state', i.state, 'progress', i.progress", "i.title, i.id")
} FROM initiative_key_results r JOIN initiatives i ON {live("i")} AND i.id = r.initiative_id
    WHERE r.organization_id = $1 AND r.key_result_id = k.id AND r.ended_at IS NULL)"""
_RESULTS = f"""(SELECT {
    aggregated(
        "'id', k.id, 'title', k.title, 'kind', k.kind, 'unit', k.unit, "
        "'baseline', coalesce(k.baseline, k.measured_baseline), 'current', k.current, "
        "'target', coalesce(k.target, k.measured_target), 'progress', k.progress, 'confidence', k.confidence, "
        f"'status', {status('k')}, 'staleness', {staleness('k')}, 'weight', k.weight, "
        f"'owner', {owner('k.owner_id', AVATAR)}, 'latestCheckIn', {_LATEST}, 'kpiLinks', {_LINKS}, "
        f"'initiatives', {_INITIATIVES}",
        "k.position, k.id",
    )
} FROM key_results k WHERE {live("k")} AND k.objective_id = u.id)"""
_CHILDREN = page(
    "children",
    f"'id', o.id, 'title', o.title, 'progress', o.progress, 'status', {status('o')}, 'owner', {owner('o.owner_id')}",
    f"FROM (SELECT o.*, a.position AS place FROM alignments a JOIN objectives o ON {live('o')} "
    f"AND o.id = a.objective_id WHERE {live('a')} AND a.parent_id = u.id) o",
    "o.place, o.id",
    20,
)
_CHECK_INS = page(
    "checkIns",
    "'id', o.id, 'at', o.at, 'value', o.value, 'confidence', o.confidence, 'status', o.status, 'note', o.note, "
    f"'author', {owner('o.author_id', AVATAR)}",
    "FROM check_ins o WHERE o.organization_id = $1 AND o.objective_id = u.id AND o.key_result_id IS NULL "
    "AND o.invalid_since IS NULL",
    "o.at DESC, o.recorded_at DESC, o.sequence DESC",
    10,
)
_MEASURES = f"""SELECT k.source_kpi_id AS id FROM key_results k WHERE {live("k")} AND k.objective_id = u.id
    UNION SELECT l.kpi_id FROM key_results k JOIN kpi_links l ON {live("l")} AND l.key_result_id = k.id
    WHERE {live("k")} AND k.objective_id = u.id"""
_KPIS = f"""(SELECT {
    aggregated(
        "'id', o.id, 'name', o.name, 'status', o.status, 'current', o.current, 'target', o.target, 'unit', o.unit",
        "o.name, o.id",
    )
} FROM {kpis(f"FROM kpis o WHERE {live('o')} AND o.id IN ({_MEASURES})")})"""
_LINKED = f"""(SELECT {
    aggregated(
        "'id', l.id, 'url', l.url, 'title', l.title, 'system', l.system, 'externalId', l.external_id",
        "l.created_at, l.id",
    )
} FROM links l WHERE {live("l")} AND l.objective_id = u.id)"""
# Of a member of an organization in which everybody may edit.
_DENIAL = f"""(SELECT CASE WHEN p.role = 'VIEWER' THEN 'ROLE' WHEN u.archived_at IS NOT NULL THEN 'ARCHIVED'
    WHEN c.state = 'CLOSED' THEN 'CYCLE_CLOSED' END AS denial FROM people p
    JOIN cycles c ON c.organization_id = $1 AND c.id = u.cycle_id WHERE p.organization_id = $1 AND p.id = {CALLER}) d"""
_MAY = ", ".join(
    f"'{name}', json_build_object('allowed', d.denial IS NULL, 'denial', d.denial)"
    for name in ("edit", "checkIn", "archive", "share")
)
OBJECTIVE_PAGE = f"""SELECT json_build_object('objective', (SELECT json_build_object('id', u.id, 'title', u.title,
    'description', u.description, 'statement', {_SENTENCE}, 'level', u.level, 'kind', u.kind,
    'lifecycle', u.lifecycle, 'visibility', u.visibility, 'progress', u.progress, 'pace', {_PACE},
    'confidence', u.confidence, 'status', {status("u")},
    'statusReason', u.status_reasons[greatest(1, width_bucket(now(), u.status_since))], 'staleness', {staleness("u")},
    'nextCheckInDueAt', CASE WHEN {staleness("u")} IS NOT NULL THEN u.check_in_due_at END, 'startsAt', u.starts_at,
    'dueAt', u.due_at, 'isPastDue', u.due_at <= now() AND u.lifecycle = 'ACTIVE' AND {status("u")} <> 'ACHIEVED',
    'version', u.version, 'owner', {owner("u.owner_id", AVATAR)}, 'team', {row("teams", "u.team_id", NAMED)},
    'cycle', {_CYCLE}, 'pillar', {row("pillars", "u.pillar_id", NAMED)}, 'ancestors', {_ANCESTORS},
    'participants', {_PARTICIPANTS}, 'keyResults', {_RESULTS}, {_CHILDREN}, {_CHECK_INS}, 'kpis', {_KPIS},
    'links', {_LINKED}, 'viewerCan', (SELECT json_build_object({_MAY}) FROM {_DENIAL}))
    FROM objectives u WHERE u.organization_id = $1 AND u.id = {variable("id")}))"""
