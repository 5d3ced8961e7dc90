"""Writes a workspace as the file that would make it."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from service.key_results.progress import CHANGES
from service.reader import Reader
from service.values import plain

CHUNK = 2000


def _name(alias: str) -> str:
    return f"coalesce({alias}.external_id, CAST({alias}.id AS text))"


def _join(table: str, alias: str, column: str) -> str:
    return f"LEFT JOIN {table} {alias} ON {alias}.organization_id = t.organization_id AND {alias}.id = t.{column}"


def _reference(alias: str, name: str) -> str:
    """What a row refers to; an archived thing is not in the file, so it is left out."""
    return f"CASE WHEN {alias}.id IS NOT NULL AND {alias}.archived_at IS NULL THEN {_name(alias)} END AS {name}"


def _select(table: str, columns: str, *joins: str, where: str = "", placed: bool = False) -> str:
    """Rows in the order of their ids, or where they have a place among their siblings, in that order."""
    place = "t.position" if placed else "CAST(0 AS float8)"
    return (
        f"SELECT t.id AS row_id, {place} AS row_place, {columns} FROM {table} t {' '.join(joins)} "
        f"WHERE t.organization_id = :organization_id "
        f"AND ({place}, t.id) > (CAST(:place AS float8), CAST(:after AS uuid)) {where} "
        f"ORDER BY {place}, t.id LIMIT {CHUNK}"
    )


_CHANGES = ", ".join(f"'{kind}'" for kind in sorted(CHANGES))
LIVE = "AND t.archived_at IS NULL"
_own = f'{_name("t")} AS "externalId"'
_objective_live = f"{LIVE} AND o.archived_at IS NULL"

STATEMENTS = {
    "Person": _select("people", f"{_own}, t.name, t.email, t.role", where=LIVE),
    "Team": _select(
        "teams",
        f"{_own}, t.name, {_reference('u', 'parent')}",
        _join("teams", "u", "parent_id"),
        where=LIVE,
    ),
    "Membership": _select(
        "memberships",
        f"{_name('u')} AS team, {_name('p')} AS person, t.role",
        _join("teams", "u", "team_id"),
        _join("people", "p", "person_id"),
        where="AND t.ended_at IS NULL AND u.archived_at IS NULL AND p.archived_at IS NULL",
    ),
    "Pillar": _select("pillars", f"{_own}, t.name, t.description", where=LIVE),
    "Cycle": _select(
        "cycles",
        f'{_own}, t.name, t.kind, t.state, t.starts_on AS "startsOn", t.ends_on AS "endsOn", '
        f"{_reference('u', 'parent')}",
        _join("cycles", "u", "parent_id"),
        # An objective needs its cycle, also an archived one.
        where="AND (t.archived_at IS NULL OR EXISTS (SELECT 1 FROM objectives o WHERE o.archived_at IS NULL "
        "AND o.organization_id = t.organization_id AND o.cycle_id = t.id))",
    ),
    "Objective": _select(
        "objectives",
        f"{_own}, {_name('c')} AS cycle, t.title, t.description, t.level, t.kind, t.lifecycle, t.visibility, "
        't.perspective, t.progress_source AS "progressSource", t.status_source AS "statusSource", '
        f"{_reference('p', 'owner')}, "
        f"{_reference('u', 'team')}, "
        f"{_reference('l', 'pillar')}",
        _join("cycles", "c", "cycle_id"),
        _join("people", "p", "owner_id"),
        _join("teams", "u", "team_id"),
        _join("pillars", "l", "pillar_id"),
        where=LIVE,
        placed=True,
    ),
    "KeyResult": _select(
        "key_results",
        f"{_own}, {_name('o')} AS objective, t.title, t.description, t.kind, t.mode, "
        't.value_source AS "valueSource", t.lifecycle, t.unit, t.baseline, '
        f"CASE WHEN t.change_by IS NULL OR t.kind NOT IN ({_CHANGES}) THEN t.target END AS target, "
        't.change_by AS "changeBy", t.lower, t.upper, t.weight, '
        f"{_reference('p', 'owner')}",
        _join("objectives", "o", "objective_id"),
        _join("people", "p", "owner_id"),
        where=_objective_live,
        placed=True,
    ),
    "Milestone": _select(
        "milestones",
        f'{_own}, {_name("k")} AS "keyResult", t.title, t.weight, t.done_at AS "doneAt"',
        _join("key_results", "k", "key_result_id"),
        _join("objectives", "o", "key_result_id").replace("t.key_result_id", "k.objective_id"),
        where=f"{_objective_live} AND k.archived_at IS NULL",
        placed=True,
    ),
    "Alignment": _select(
        "alignments",
        f't.external_id AS "externalId", {_name("o")} AS objective, '
        f"CASE WHEN k.id IS NULL THEN {_name('q')} END AS parent, "
        f'CASE WHEN k.id IS NOT NULL THEN {_name("k")} END AS "parentKeyResult", '
        't.kind, t.weight, t.is_primary AS "isPrimary"',
        _join("objectives", "o", "objective_id"),
        _join("objectives", "q", "parent_id"),
        _join("key_results", "k", "parent_key_result_id"),
        where=f"{_objective_live} AND q.archived_at IS NULL AND k.archived_at IS NULL",
        placed=True,
    ),
    "CheckIn": _select(
        "check_ins",
        f'{_own}, CASE WHEN k.id IS NOT NULL THEN {_name("k")} END AS "keyResult", '
        f"CASE WHEN k.id IS NULL THEN {_name('o')} END AS objective, "
        "t.value, t.confidence, t.status, t.note, t.at, "
        f"{_reference('p', 'author')}",
        _join("objectives", "o", "objective_id"),
        _join("key_results", "k", "key_result_id"),
        _join("people", "p", "author_id"),
        where="AND o.archived_at IS NULL AND k.archived_at IS NULL",
    ),
}


async def export_lines(reader: Reader) -> AsyncIterator[bytes]:
    """The workspace as JSON Lines, from one snapshot, some thousand rows at a time; archived things are left out.

    What has no external id is given its own id as one, by which an import knows it again.
    """
    for type_name, statement in STATEMENTS.items():
        query = text(statement)
        place, after = float("-inf"), UUID(int=0)
        while rows := await reader.rows(query, place=place, after=after):
            for row in rows:
                yield orjson.dumps(_item(type_name, row), default=plain) + b"\n"
            place, after = rows[-1].row_place, rows[-1].row_id


def _item(type_name: str, row: Any) -> dict[str, Any]:
    # Empty fields are left out: on a new row they are empty anyway.
    return {"type": type_name} | {
        name: value for name, value in row.items() if name not in ("row_id", "row_place") and value is not None
    }
