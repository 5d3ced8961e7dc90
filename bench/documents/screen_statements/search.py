"""The search for a text by hand."""

from bench.documents.screen_statements.parts import owner, status
from bench.documents.statements import aggregated, live

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
