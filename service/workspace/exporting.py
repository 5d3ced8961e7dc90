"""Writes a workspace as a file: items, which an import merges, and records, from which a restore makes it anew."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any
from uuid import UUID

import orjson
from sqlalchemy import text

from service.key_results.progress import CHANGES
from service.reader import Reader
from service.values import plain
from service.workspace import records
from service.workspace.file_format import Digest, end_line, header_line, row_line, table_line

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

# A key result needs the KPI that it follows, also an archived one.
_FOLLOWED = (
    "AND (t.archived_at IS NULL OR EXISTS (SELECT 1 FROM key_results r WHERE r.organization_id = t.organization_id "
    "AND r.source_kpi_id = t.id AND r.archived_at IS NULL))"
)

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
    "Kpi": _select(
        "kpis",
        f"{_own}, t.name, t.definition, t.unit, t.direction, t.indicator, t.nature, t.scale, t.frequency, "
        't.cumulative, t.aggregation, t.source, t.formula, t.time_zone AS "timeZone", '
        't.grace_days AS "graceDays", t.category, t.perspective, t.weight, '
        f"{_reference('u', 'parent')}, {_reference('p', 'owner')}, {_reference('q', 'team')}",
        _join("kpis", "u", "parent_id"),
        _join("people", "p", "owner_id"),
        _join("teams", "q", "team_id"),
        where=_FOLLOWED,
    ),
    "KpiTarget": _select(
        "kpi_targets",
        f'{_own}, {_name("k")} AS kpi, t.starts_on AS "startsOn", t.ends_on AS "endsOn", t.value, t.lower, t.upper, '
        't.threshold_kind AS "thresholdKind", t.green, t.amber',
        _join("kpis", "k", "kpi_id"),
        where=f"{LIVE} AND k.archived_at IS NULL",
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
        f'{_reference("p", "owner")}, CASE WHEN s.id IS NOT NULL THEN {_name("s")} END AS "sourceKpi"',
        _join("objectives", "o", "objective_id"),
        _join("people", "p", "owner_id"),
        _join("kpis", "s", "source_kpi_id"),
        where=_objective_live,
        placed=True,
    ),
    "KpiLink": _select(
        "kpi_links",
        f'{_name("r")} AS "keyResult", {_name("k")} AS kpi, t.role',
        _join("key_results", "r", "key_result_id"),
        _join("objectives", "o", "key_result_id").replace("t.key_result_id", "r.objective_id"),
        _join("kpis", "k", "kpi_id"),
        where=f"{_objective_live} AND r.archived_at IS NULL AND k.archived_at IS NULL",
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


MEASURED = text(f"""
    SELECT t.id FROM kpis t WHERE t.organization_id = :organization_id AND t.source = 'MEASURED' {_FOLLOWED}
    ORDER BY t.id""")
POINTS = text(f"""
    SELECT {_name("k")} AS kpi, t.starts_on AS "on", t.value, t.source, t.reason
    FROM kpi_measurements t {_join("kpis", "k", "kpi_id")}
    WHERE t.organization_id = :organization_id AND t.kpi_id = CAST(:kpi_id AS uuid)
      AND t.starts_on > CAST(:after AS date) AND t.value IS NOT NULL
    ORDER BY t.starts_on LIMIT {CHUNK}""")


async def export_file(reader: Reader, *, items_only: bool = False) -> AsyncIterator[bytes]:
    """The lines of a workspace file, from one snapshot, some thousand rows at a time.

    The order of lines follows from the rows alone, so the same rows make the same file. With `items_only` there are
    no records, and an import can read the file, but no restore.
    """
    digest = Digest()
    yield digest.add(header_line(reader.organization_id, records=not items_only))
    async for line in export_lines(reader):
        yield digest.add(line)
    if not items_only:
        async for line in _record_lines(reader):
            yield digest.add(line)
        yield end_line(digest)


async def _record_lines(reader: Reader) -> AsyncIterator[bytes]:
    for table in records.record_tables():
        columns = records.record_columns(table)
        yield table_line(table.name, [column.name for column in columns])
        json_names = [column.name for column in columns if records.is_json(column)]
        position: dict[str, Any] = {}
        statement: Any = records.page_of(table, first=True)
        following = records.page_of(table, first=False) if records.key_columns(table) else None
        while statement is not None and (rows := await reader.rows(statement, **position)):
            for row in rows:
                content = dict(row.items())
                for name in json_names:
                    content[name] = orjson.Fragment(content[name])
                yield row_line(content)
            statement, position = following, records.position_after(table, rows[-1])


async def export_lines(reader: Reader) -> AsyncIterator[bytes]:
    """The items of the workspace as JSON Lines, from one snapshot, some thousand rows at a time.

    Archived things are left out. What has no external id is given its own id as one, by which an import knows it
    again.
    """
    for type_name, statement in STATEMENTS.items():
        if type_name == "Objective":
            async for row in _measurements(reader):
                yield orjson.dumps(_item("Measurement", row), default=plain) + b"\n"
        query = text(statement)
        place, after = float("-inf"), UUID(int=0)
        while rows := await reader.rows(query, place=place, after=after):
            for row in rows:
                yield orjson.dumps(_item(type_name, row), default=plain) + b"\n"
            place, after = rows[-1].row_place, rows[-1].row_id


async def _measurements(reader: Reader) -> AsyncIterator[Any]:
    """The recorded points of one KPI after the other, in the order of time."""
    for kpi in await reader.rows(MEASURED):
        after = date.min
        while rows := await reader.rows(POINTS, kpi_id=kpi.id, after=after):
            for row in rows:
                yield row
            after = rows[-1].on


def _item(type_name: str, row: Any) -> dict[str, Any]:
    # Empty fields are left out: on a new row they are empty anyway.
    return {"type": type_name} | {
        name: value for name, value in row.items() if name not in ("row_id", "row_place") and value is not None
    }
