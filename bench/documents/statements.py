"""The queries by hand: one statement each that returns the data of the response as JSON. $1 is the organization."""

from bench.documents.reads import LOOKED_UP

LIVE = "{t}.organization_id = $1 AND {t}.archived_at IS NULL"


def live(alias: str) -> str:
    """The condition that a row is of the organization and not archived."""
    return LIVE.format(t=alias)


def aggregated(selection: str, order: str) -> str:
    """A list of JSON objects in an order."""
    return f"coalesce(json_agg(json_build_object({selection}) ORDER BY {order}), '[]')"


RESULTS = f"""(SELECT {
    aggregated(
        "'externalId', k.external_id, 'title', k.title, 'target', k.target, 'current', k.current, "
        "'progress', k.progress",
        "k.position, k.id",
    )
} FROM key_results k WHERE {live("k")} AND k.objective_id = {{o}}.id)"""
OWNER = """(SELECT json_build_object('externalId', p.external_id, 'name', p.name) FROM people p
    WHERE p.organization_id = $1 AND p.id = {o}.owner_id)"""
OBJECTIVE = f"""'externalId', {{o}}.external_id, 'title', {{o}}.title, 'level', {{o}}.level, 'progress',
    {{o}}.progress, 'owner', {OWNER}, 'keyResults', {RESULTS}"""


def children(parent: str, child: str, selection: str) -> str:
    """The children of an objective."""
    return f"""(SELECT json_build_object('nodes', {aggregated(selection, f"a.position, {child}.id")})
        FROM alignments a JOIN objectives {child} ON {live(child)} AND {child}.id = a.objective_id
        WHERE {live("a")} AND a.parent_id = {parent}.id)"""


def objectives(selection: str, where: str) -> str:
    """A list of objectives by position."""
    return f"""SELECT json_build_object('objectives', json_build_object('nodes',
        {aggregated(selection, "o.position, o.id")})) FROM objectives o WHERE {live("o")} AND {where}"""


def first_objectives(selection: str, where: str, order: str, count: int) -> str:
    """The first objectives of an order; `{order}` is with the alias o."""
    return f"""SELECT json_build_object('objectives', json_build_object('nodes', {aggregated(selection, order)}))
        FROM (SELECT * FROM objectives o WHERE {live("o")} AND {where} ORDER BY {order} LIMIT {count}) o"""


SMALL = f"""SELECT json_build_object('objective', (SELECT json_build_object({OBJECTIVE.format(o="o")}, 'children', {
    children("o", "c", "'externalId', c.external_id, 'title', c.title, 'progress', c.progress")
}) FROM objectives o WHERE o.organization_id = $1 AND o.external_id = 'objective-25'))"""
THIRD = OBJECTIVE.format(o="o3")
SECOND = f"{OBJECTIVE.format(o='o2')}, 'children', {children('o2', 'o3', THIRD)}"
FIRST = f"{OBJECTIVE.format(o='o')}, 'children', {children('o', 'o2', SECOND)}"

# Totals are exact up to ten thousand.
_BOUNDED_COUNT = "SELECT least(count(*), 10000) FROM (SELECT FROM"
_TEAM_BELOW_HALF = f"{live('o')} AND o.level = 'TEAM' AND o.progress < 0.5"
LIST = f"""SELECT json_build_object('objectives', json_build_object(
    'totalCount', ({_BOUNDED_COUNT} objectives o WHERE {_TEAM_BELOW_HALF} LIMIT 10001) counted),
    'nodes', {
    aggregated(
        "'externalId', o.external_id, 'title', o.title, 'progress', o.progress, "
        "'owner', (SELECT json_build_object('name', p.name) FROM people p "
        "WHERE p.organization_id = $1 AND p.id = o.owner_id), "
        "'team', (SELECT json_build_object('name', t.name) FROM teams t "
        "WHERE t.organization_id = $1 AND t.id = o.team_id)",
        "o.title DESC, o.id DESC",
    )
})) FROM (SELECT * FROM objectives o WHERE {_TEAM_BELOW_HALF} ORDER BY o.title DESC, o.id DESC LIMIT 50) o"""

_NEARLY_DONE = f"{live('k')} AND k.progress >= 0.9 AND k.kind = 'INCREASE'"
KEY_RESULTS = f"""SELECT json_build_object('keyResults', json_build_object(
    'totalCount', ({_BOUNDED_COUNT} key_results k WHERE {_NEARLY_DONE} LIMIT 10001) counted),
    'nodes', {
    aggregated(
        "'externalId', k.external_id, 'title', k.title, 'current', k.current, 'target', k.target, 'objective', "
        "(SELECT json_build_object('title', o.title) FROM objectives o "
        "WHERE o.organization_id = $1 AND o.id = k.objective_id)",
        "k.title, k.id",
    )
})) FROM (SELECT * FROM key_results k WHERE {_NEARLY_DONE} ORDER BY k.title, k.id LIMIT 100) k"""

_LOOKED_UP = ", ".join(
    f"'o{number}', (SELECT json_build_object('title', o.title, 'level', o.level, 'progress', o.progress) "
    f"FROM objectives o WHERE o.organization_id = $1 AND o.external_id = 'objective-{number}'), "
    f"'k{number}', (SELECT json_build_object('title', k.title, 'current', k.current, 'target', k.target) "
    f"FROM key_results k WHERE k.organization_id = $1 AND k.external_id = 'objective-{number}-kr-1')"
    for number in LOOKED_UP
)
LOOKUPS = f"""SELECT json_build_object({_LOOKED_UP}, 'person', (SELECT json_build_object('name', p.name)
    FROM people p WHERE p.organization_id = $1 AND p.external_id = 'person-7'))"""

ANCESTORS = first_objectives(
    f"""'externalId', o.external_id, 'ancestors', (
        WITH RECURSIVE up (id, distance) AS (
            SELECT e.parent_id, 1 FROM alignments e WHERE {live("e")} AND e.is_primary AND e.objective_id = o.id
            UNION ALL
            SELECT e.parent_id, up.distance + 1 FROM up CROSS JOIN LATERAL (
                SELECT e.parent_id FROM alignments e
                WHERE {live("e")} AND e.is_primary AND e.objective_id = up.id) e)
        SELECT {aggregated("'externalId', u.external_id, 'title', u.title, 'progress', u.progress", "distance DESC")}
        FROM up CROSS JOIN LATERAL (SELECT * FROM objectives u WHERE {live("u")} AND u.id = up.id) u)""",
    "o.level = 'INDIVIDUAL'",
    "o.position DESC, o.id DESC",
    50,
)
DESCENDANTS = f"""
    WITH RECURSIVE root AS (
        SELECT * FROM objectives o WHERE o.organization_id = $1 AND o.external_id = 'objective-3'
    ), down (id, depth, path) AS (
        SELECT root.id, 0, ARRAY[]::record[] FROM root
        UNION ALL
        SELECT e.objective_id, down.depth + 1, down.path || ROW(e.position, e.id) FROM down CROSS JOIN LATERAL (
            SELECT e.objective_id, e.position, e.id FROM alignments e
            WHERE {live("e")} AND e.is_primary AND e.parent_id = down.id) e
        WHERE down.depth < 3
    )
    SELECT json_build_object('objective', (SELECT json_build_object('title', root.title, 'descendants',
        json_build_object('totalCount', (SELECT count(*) - 1 FROM down), 'edges', (
            SELECT {
    aggregated(
        "'depth', d.depth, 'node', json_build_object('externalId', o.external_id, 'title', o.title, "
        "'progress', o.progress, 'owner', (SELECT json_build_object('name', p.name) FROM people p "
        "WHERE p.organization_id = $1 AND p.id = o.owner_id))",
        "d.path",
    )
}
            FROM (SELECT * FROM down WHERE depth > 0 ORDER BY path LIMIT 100) d
            CROSS JOIN LATERAL (SELECT * FROM objectives o WHERE {live("o")} AND o.id = d.id) o))) FROM root))"""

_CHECK_INS = f"""(SELECT json_build_object(
    'totalCount', (SELECT count(*) FROM check_ins c WHERE c.organization_id = $1 AND c.key_result_id = k.id
        AND c.invalid_since IS NULL),
    'nodes', {
    aggregated(
        "'value', c.value, 'at', c.at, 'confidence', c.confidence", "c.at DESC, c.recorded_at DESC, c.sequence DESC"
    )
}) FROM (SELECT * FROM check_ins c WHERE c.organization_id = $1 AND c.key_result_id = k.id
    AND c.invalid_since IS NULL ORDER BY c.at DESC, c.recorded_at DESC, c.sequence DESC LIMIT 2) c)"""
_PAGE_RESULTS = f"""(SELECT {aggregated(f"'title', k.title, 'checkIns', {_CHECK_INS}", "k.position, k.id")}
    FROM key_results k WHERE {live("k")} AND k.objective_id = c.id)"""
_PAGE = f"""(SELECT json_build_object('totalCount', (
        SELECT count(*) FROM alignments a JOIN objectives x ON {live("x")} AND x.id = a.objective_id
        WHERE {live("a")} AND a.parent_id = o.id),
    'nodes', {
    aggregated(f"'title', c.title, 'keyResults', {_PAGE_RESULTS}", "c.place, c.id")
}) FROM (SELECT c.*, a.position AS place FROM alignments a JOIN objectives c ON {live("c")} AND c.id = a.objective_id
    WHERE {live("a")} AND a.parent_id = o.id ORDER BY a.position, c.id LIMIT 3) c)"""
NESTED_PAGES = first_objectives(f"'title', o.title, 'children', {_PAGE}", "o.level = 'COMPANY'", "o.position, o.id", 10)


def _status_fields(goal: str) -> str:
    """Pace, status and staleness of a goal now, from its steps in time."""
    step = f"greatest(1, width_bucket(now(), {goal}.status_since))"
    passed, span = f"now() - {goal}.starts_at", f"{goal}.due_at - {goal}.starts_at"
    elapsed = f"least(greatest(extract(epoch FROM {passed}) / extract(epoch FROM {span}), 0), 1)"
    return f"""'externalId', {goal}.external_id, 'pace', {goal}.progress / nullif({elapsed}, 0),
        'progressReason', {goal}.progress_reason, 'status', {goal}.status_steps[{step}],
        'statusReason', {goal}.status_reasons[{step}], 'staleness', {goal}.staleness_steps[{step}]"""


_STEP = "greatest(1, width_bucket(now(), o.status_since))"
COMPUTED = f"""SELECT json_build_object('objectives', json_build_object('nodes', {
    aggregated(
        f"{_status_fields('o')}, 'statusDiverges', coalesce(o.diverging_steps[{_STEP}], false), "
        f"'nextCheckInDueAt', CASE WHEN o.staleness_steps[{_STEP}] IS NOT NULL THEN o.check_in_due_at END, "
        f"'keyResults', (SELECT {aggregated(_status_fields('k'), 'k.position, k.id')} FROM key_results k "
        f"WHERE {live('k')} AND k.objective_id = o.id)",
        "o.position, o.id",
    )
})) FROM (SELECT * FROM objectives o WHERE {live("o")} AND o.level = 'TEAM' ORDER BY o.position, o.id LIMIT 100) o"""

EVENTS = f"""SELECT json_build_object('events', json_build_object('nodes', {
    aggregated(
        "'recordedAt', e.recorded_at, 'verb', e.verb, 'subjectType', e.subject_type, 'reason', e.reason, 'actor', "
        "(SELECT json_build_object('name', p.name) FROM people p WHERE p.organization_id = $1 AND p.id = e.actor_id), "
        "'objective', (SELECT json_build_object('title', o.title) FROM objectives o "
        "WHERE o.organization_id = $1 AND o.id = e.objective_id), 'changes', e.changes",
        "e.id DESC",
    )
})) FROM (SELECT * FROM events e WHERE e.organization_id = $1 ORDER BY e.id DESC LIMIT 50) e"""

KPI_BOARD = f"""SELECT json_build_object('kpis', json_build_object('nodes', {
    aggregated(
        "'externalId', k.external_id, 'name', k.name, 'unit', k.unit, 'current', m.value, "
        "'currentPeriodStart', m.starts_on, 'target', t.value, 'attainment', m.value / t.value, "
        "'status', CASE WHEN m.value >= t.value THEN 'GREEN' WHEN m.value >= 0.9 * t.value THEN 'AMBER' "
        "ELSE 'RED' END",
        "k.name, k.id",
    )
})) FROM (SELECT * FROM kpis k WHERE {live("k")} AND k.category = 'board' ORDER BY k.name, k.id LIMIT 40) k
    CROSS JOIN LATERAL (SELECT * FROM kpi_measurements m WHERE m.organization_id = $1 AND m.kpi_id = k.id
        ORDER BY m.starts_on DESC LIMIT 1) m
    CROSS JOIN LATERAL (SELECT * FROM kpi_targets t WHERE {live("t")} AND t.kpi_id = k.id
        AND t.starts_on <= m.starts_on ORDER BY t.starts_on DESC LIMIT 1) t"""
KPI_SERIES = f"""SELECT json_build_object('kpi', (SELECT json_build_object('name', k.name, 'series', (
    SELECT {aggregated("'startsOn', b.day, 'endsOn', b.last, 'value', b.value, 'count', b.count", "b.day")}
    FROM (SELECT date_trunc('month', m.starts_on)::date AS day, sum(m.value) AS value, count(m.value),
                 (date_trunc('month', m.starts_on) + interval '1 month - 1 day')::date AS last
          FROM kpi_measurements m WHERE m.organization_id = $1 AND m.kpi_id = k.id
            AND m.starts_on BETWEEN '2021-01-01' AND '2025-12-31' GROUP BY 1, 4) b))
    FROM kpis k WHERE k.organization_id = $1 AND k.external_id = 'daily'))"""

STATEMENTS = {
    "small": SMALL,
    "tree": objectives(FIRST, "o.level = 'COMPANY'"),
    "list": LIST,
    "key-results": KEY_RESULTS,
    "lookups": LOOKUPS,
    "ancestors": ANCESTORS,
    "descendants": DESCENDANTS,
    "nested-pages": NESTED_PAGES,
    "computed": COMPUTED,
    "events": EVENTS,
    "kpi-board": KPI_BOARD,
    "kpi-series": KPI_SERIES,
}
