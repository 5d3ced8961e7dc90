"""Some of the named operations by hand: one statement each that returns the data of the response as JSON.

$1 is the organization and $2 the variables of the request.
"""

from bench.documents.statements import aggregated, live

STEP = "greatest(1, width_bucket(now(), {g}.status_since))"
PERSON = """(SELECT json_build_object('id', p.id, 'name', p.name{more}) FROM people p
    WHERE p.organization_id = $1 AND p.id = {id})"""
TEAM = (
    "(SELECT json_build_object('id', t.id, 'name', t.name) FROM teams t WHERE t.organization_id = $1 AND t.id = {id})"
)
CALLER = "(SELECT p.id FROM people p WHERE p.organization_id = $1 AND p.name = 'Ada')"
CYCLES = f"""(SELECT c.id FROM cycles c WHERE {live("c")} AND c.state <> 'CLOSED' AND c.kind = $2::jsonb ->> 'kind'
    AND c.starts_at <= now() AND c.ends_at > now())"""


def status(goal: str) -> str:
    """The status of a goal now."""
    return f"{goal}.status_steps[{STEP.format(g=goal)}]"


def staleness(goal: str) -> str:
    """The staleness of a goal now."""
    return f"{goal}.staleness_steps[{STEP.format(g=goal)}]"


def owner(id: str, more: str = "") -> str:
    """The person with an id."""
    return PERSON.format(id=id, more=more)


def page(field: str, nodes: str, rows: str, order: str, size: int, *, arguments: str = "") -> str:
    """A list with its total; `rows` are FROM and WHERE of the alias o."""
    return f"""'{field}', json_build_object(
        'totalCount', (SELECT least(count(*), 10000) FROM (SELECT {rows} LIMIT 10001) counted){arguments},
        'nodes', (SELECT {aggregated(nodes, order)} FROM (SELECT o.* {rows} ORDER BY {order} LIMIT {size}) o))"""


def has_next(rows: str, size: int) -> str:
    """Whether a list has more than one page."""
    return f", 'pageInfo', json_build_object('hasNextPage', EXISTS (SELECT {rows} OFFSET {size}))"


_TREE_RESULTS = f"""(SELECT {
    aggregated(f"'id', k.id, 'title', k.title, 'progress', k.progress, 'status', {status('k')}", "k.position, k.id")
} FROM key_results k WHERE {live("k")} AND k.objective_id = o.id)"""
_CHILDREN = f"""(SELECT json_build_object('totalCount', count(*)) FROM alignments a JOIN objectives c
    ON {live("c")} AND c.id = a.objective_id WHERE {live("a")} AND a.parent_id = o.id)"""
AVATAR = ", 'avatarUrl', p.avatar_url"
NODE = f"""'id', o.id, 'title', o.title, 'level', o.level, 'progress', o.progress, 'status', {status("o")},
    'staleness', {staleness("o")}, 'owner', {owner("o.owner_id", AVATAR)}, 'team', {TEAM.format(id="o.team_id")},
    'keyResults', {_TREE_RESULTS}, 'children', {_CHILDREN}"""
_ROOTS = f"""FROM objectives o WHERE {live("o")} AND o.cycle_id IN {CYCLES} AND NOT EXISTS (
    SELECT FROM alignments a JOIN objectives p ON {live("p")} AND p.id = a.parent_id
    WHERE {live("a")} AND a.objective_id = o.id)"""
COMPANY_TREE = f"""SELECT json_build_object({
    page("objectives", NODE, _ROOTS, "o.position, o.id", 50, arguments=has_next(_ROOTS, 50))
})"""
_BRANCH = f"""FROM (SELECT o.*, a.position AS place FROM alignments a JOIN objectives o
    ON {live("o")} AND o.id = a.objective_id WHERE {live("a")} AND a.parent_id = u.id) o"""
COMPANY_TREE_BRANCH = f"""SELECT json_build_object('objective', (SELECT json_build_object('id', u.id, 'progress',
    u.progress, 'status', {status("u")}, {
    page("children", NODE, _BRANCH, "o.place, o.id", 50, arguments=has_next(_BRANCH, 50))
}) FROM objectives u WHERE u.organization_id = $1 AND u.id = ($2::jsonb ->> 'id')::uuid))"""

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
    AND (o.owner_id = {CALLER} OR o.id IN (
    SELECT m.objective_id FROM participants m WHERE m.organization_id = $1 AND m.ended_at IS NULL
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

_LIKE = "LIKE '%' || ($2::jsonb ->> 'text') || '%'"
_MATCHING_OBJECTIVES = f"FROM objectives o WHERE {live('o')} AND o.title I{_LIKE}"
_MATCHING_RESULTS = f"FROM key_results o WHERE {live('o')} AND o.title I{_LIKE}"
_MATCHING_KPIS = f"FROM kpis o WHERE {live('o')} AND o.name I{_LIKE}"
_MATCHING_PEOPLE = f"FROM people o WHERE {live('o')} AND o.name I{_LIKE}"


def first_matches(field: str, nodes: str, rows: str, order: str) -> str:
    """The first five rows of a list."""
    return f"""'{field}', json_build_object('nodes', (SELECT {aggregated(nodes, order)}
        FROM (SELECT o.* {rows} ORDER BY {order} LIMIT 5) o))"""


SEARCH = f"""SELECT json_build_object({
    first_matches(
        "objectives",
        f"'id', o.id, 'title', o.title, 'level', o.level, 'status', {status('o')}, 'owner', {owner('o.owner_id')}, "
        "'cycle', (SELECT json_build_object('id', c.id, 'name', c.name) FROM cycles c "
        "WHERE c.organization_id = $1 AND c.id = o.cycle_id)",
        _MATCHING_OBJECTIVES,
        "o.changed_at DESC, o.id DESC",
    )
}, {
    first_matches(
        "keyResults",
        f"'id', o.id, 'title', o.title, 'status', {status('o')}, 'objective', "
        "(SELECT json_build_object('id', x.id, 'title', x.title) FROM objectives x "
        "WHERE x.organization_id = $1 AND x.id = o.objective_id)",
        _MATCHING_RESULTS,
        "o.changed_at DESC, o.id DESC",
    )
}, {
    first_matches("kpis", f"'id', o.id, 'name', o.name, 'owner', {owner('o.owner_id')}", _MATCHING_KPIS, "o.name, o.id")
}, {
    first_matches("people", "'id', o.id, 'name', o.name, 'avatarUrl', o.avatar_url", _MATCHING_PEOPLE, "o.name, o.id")
})"""

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

_DEBTOR = "($2::jsonb ->> 'personId')::uuid"
_IS_DUE = "{g}.check_in_due_at <= now() AND {staleness} IN ('DUE', 'OVERDUE')"


def _due(goal: str, key_result: str, joined: str, condition: str) -> str:
    """The goals whose check-in is due, of one kind."""
    return f"""SELECT {goal}.id, o.id AS objective_id, {key_result} AS key_result_id, {goal}.check_in_due_at AS due_at,
        {staleness(goal)} AS staleness FROM {joined} WHERE {live(goal)}
        AND {_IS_DUE.format(g=goal, staleness=staleness(goal))} AND {condition}"""


_JOINED = "key_results k JOIN objectives o ON o.organization_id = $1 AND o.id = k.objective_id"
_ALL_DUE = " UNION ALL ".join(
    (
        _due("o", "NULL::uuid", "objectives o", f"o.owner_id = {_DEBTOR}"),
        _due("k", "k.id", _JOINED, f"k.value_source <> 'KPI' AND k.owner_id = {_DEBTOR}"),
        _due("k", "k.id", _JOINED, f"k.value_source <> 'KPI' AND k.owner_id IS NULL AND o.owner_id = {_DEBTOR}"),
    )
)
_LATEST = f"""(SELECT json_build_object('id', c.id, 'at', c.at, 'value', c.value, 'confidence', c.confidence,
    'status', c.status, 'note', c.note, 'author', {owner("c.author_id")}) FROM check_ins c
    WHERE c.organization_id = $1 AND c.key_result_id = k.id AND c.invalid_since IS NULL
    ORDER BY c.at DESC, c.recorded_at DESC, c.sequence DESC LIMIT 1)"""
WEEKLY_CHECK_IN = f"""WITH due AS MATERIALIZED ({_ALL_DUE}) SELECT json_build_object('checkInsDue', json_build_object(
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
STATEMENTS = {
    "company-tree": COMPANY_TREE,
    "company-tree-branch": COMPANY_TREE_BRANCH,
    "my-goals": MY_GOALS,
    "quarter-report": QUARTER_REPORT,
    "search": SEARCH,
    "weekly-check-in": WEEKLY_CHECK_IN,
}
