"""Writes a workspace as a file: items, which an import merges, and records, from which a restore makes it anew."""

from collections.abc import AsyncIterator
from datetime import date
from typing import Any

import orjson

from service.all_entities import ENTITIES
from service.entities.entity import Entity
from service.entities.export import item_of
from service.kpis.measurements.entity import MEASUREMENT
from service.reading.reader import Reader
from service.values.parsing import format_decimal
from service.workspace import records
from service.workspace.file_format import Digest, end_line, header_line, row_line, table_line
from service.workspace.measurement_export import KPIS, MEASUREMENTS_OF_KPI


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
    for entity in ENTITIES:
        rows = _measurements(reader) if entity is MEASUREMENT else _rows(reader, entity)
        async for row in rows:
            yield orjson.dumps(item_of(entity.name, row), default=format_decimal) + b"\n"


async def _rows(reader: Reader, entity: Entity) -> AsyncIterator[Any]:
    if entity.selection is None:
        return
    rows = await reader.rows(entity.selection.first_page)
    while rows:
        for row in rows:
            yield row
        rows = await reader.rows(entity.selection.next_page, after=rows[-1].row_id)


async def _measurements(reader: Reader) -> AsyncIterator[Any]:
    """The recorded points of one KPI after the other, in the order of time."""
    for kpi in await reader.rows(KPIS):
        after = date.min
        while rows := await reader.rows(MEASUREMENTS_OF_KPI, kpi_id=kpi.id, after=after):
            for row in rows:
                yield row
            after = rows[-1].on
