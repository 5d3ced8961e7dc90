"""The page of a person by hand."""

from bench.documents.screen_statements.due import DUE_OF_PERSON
from bench.documents.screen_statements.kpis import kpi_page
from bench.documents.screen_statements.parts import (
    CURRENT_CYCLES,
    NAMED,
    TITLED,
    page,
    row,
    staleness,
    status,
    variable,
)
from bench.documents.statements import aggregated, live

_FIRST = 20
_PERSON = variable("id")
_MEMBERSHIPS = f"""(SELECT {
    aggregated("'role', m.role, 'team', json_build_object('id', t.id, 'name', t.name)", "t.name, m.id")
} FROM memberships m JOIN teams t ON t.organization_id = $1 AND t.id = m.team_id
    WHERE m.organization_id = $1 AND m.person_id = u.id AND m.ended_at IS NULL)"""
_OBJECTIVES = page(
    "objectives",
    f"'id', o.id, 'title', o.title, 'progress', o.progress, 'status', {status('o')}, 'staleness', {staleness('o')}, "
    f"'dueAt', o.due_at, 'cycle', {row('cycles', 'o.cycle_id', NAMED)}",
    f"FROM objectives o WHERE {live('o')} AND o.owner_id = u.id AND o.cycle_id IN {CURRENT_CYCLES}",
    "o.due_at, o.id",
    _FIRST,
)
_INITIATIVES = page(
    "initiatives",
    "'id', o.id, 'title', o.title, 'state', o.state, 'progress', o.progress, 'dueOn', o.due_on",
    f"FROM initiatives o WHERE {live('o')} AND o.owner_id = u.id",
    "o.title, o.id",
    _FIRST,
)
_KEY_RESULTS = page(
    "keyResults",
    f"'id', o.id, 'title', o.title, 'progress', o.progress, 'status', {status('o')}, "
    f"'objective', {row('objectives', 'o.objective_id', TITLED)}",
    f"FROM key_results o WHERE {live('o')} AND o.owner_id = {_PERSON} AND EXISTS (SELECT FROM objectives x "
    f"WHERE x.organization_id = $1 AND x.id = o.objective_id AND x.cycle_id IN {CURRENT_CYCLES})",
    "o.position, o.id",
    _FIRST,
)
_KPIS = kpi_page(
    "'id', o.id, 'name', o.name, 'status', o.status, 'current', o.current, 'target', o.target, 'unit', o.unit, "
    "'freshness', o.freshness",
    f"o.owner_id = {_PERSON}",
    _FIRST,
)
_DUE = page(
    "checkInsDue",
    f"'dueAt', o.due_at, 'staleness', o.staleness, 'objective', {row('objectives', 'o.objective_id', TITLED)}, "
    f"'keyResult', {row('key_results', 'o.key_result_id', TITLED)}",
    "FROM due o",
    "o.due_at, o.id",
    _FIRST,
)
PERSON_PAGE = f"""WITH due AS MATERIALIZED ({DUE_OF_PERSON.format(person=_PERSON)})
    SELECT json_build_object('person', (SELECT json_build_object('id', u.id, 'name', u.name, 'email', u.email,
            'avatarUrl', u.avatar_url, 'color', u.color, 'timeZone', u.time_zone, 'memberships', {_MEMBERSHIPS},
            {_OBJECTIVES}, {_INITIATIVES}) FROM people u WHERE u.organization_id = $1 AND u.id = {_PERSON}),
        {_KEY_RESULTS}, {_KPIS}, {_DUE})"""
