"""The company tree by hand: its roots, and the branch below an objective."""

from bench.documents.screen_statements.parts import (
    AVATAR,
    CYCLES,
    RESULTS,
    TEAM,
    has_next,
    owner,
    page,
    staleness,
    status,
)
from bench.documents.statements import live

_CHILDREN = f"""(SELECT json_build_object('totalCount', count(*)) FROM alignments a JOIN objectives c
    ON {live("c")} AND c.id = a.objective_id WHERE {live("a")} AND a.parent_id = o.id)"""
NODE = f"""'id', o.id, 'title', o.title, 'level', o.level, 'progress', o.progress, 'status', {status("o")},
    'staleness', {staleness("o")}, 'owner', {owner("o.owner_id", AVATAR)}, 'team', {TEAM.format(id="o.team_id")},
    'keyResults', {RESULTS}, 'children', {_CHILDREN}"""
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
