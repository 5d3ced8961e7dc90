"""Parts of the statements by hand: people, teams, statuses and lists as JSON. $1 is the organization."""

from bench.documents.statements import aggregated, live

STEP = "greatest(1, width_bucket(now(), {g}.status_since))"
PERSON = """(SELECT json_build_object('id', p.id, 'name', p.name{more}) FROM people p
    WHERE p.organization_id = $1 AND p.id = {id})"""
TEAM = (
    "(SELECT json_build_object('id', t.id, 'name', t.name) FROM teams t WHERE t.organization_id = $1 AND t.id = {id})"
)
AVATAR = ", 'avatarUrl', p.avatar_url"
ID = "'id', x.id"
TITLED = "'id', x.id, 'title', x.title"
NAMED = "'id', x.id, 'name', x.name"
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


def variable(name: str, type: str = "uuid") -> str:
    """A variable of the request."""
    return f"($2::jsonb ->> '{name}')::{type}"


def row(table: str, id: str, fields: str) -> str:
    """Fields of the row of a table with an id; its alias is x."""
    return f"(SELECT json_build_object({fields}) FROM {table} x WHERE x.organization_id = $1 AND x.id = {id})"


# The last to begin of each kind, then the first to end.
CURRENT_CYCLES = f"""(SELECT DISTINCT ON (c.kind) c.id FROM cycles c WHERE {live("c")} AND c.starts_at <= now()
    AND c.ends_at > now() ORDER BY c.kind, c.starts_on DESC, c.ends_on, c.id)"""


def team_and_below(id: str) -> str:
    """The ids of a team and its subteams."""
    return f"""(WITH RECURSIVE below (id) AS (SELECT {id} UNION
        SELECT t.id FROM below JOIN teams t ON {live("t")} AND t.parent_id = below.id) SELECT id FROM below)"""


# The key results of the objective o.
RESULTS = f"""(SELECT {
    aggregated(f"'id', k.id, 'title', k.title, 'progress', k.progress, 'status', {status('k')}", "k.position, k.id")
} FROM key_results k WHERE {live("k")} AND k.objective_id = o.id)"""
