"""What Postgres reads to answer a statement, planned and executed as the service does it."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

import asyncpg
import orjson
from sqlalchemy.sql import ClauseElement

from service.reading.reader import compile_batch
from service.reading.statement_batch import BatchedStatement, compile_sql
from service.reading.visibility import sight_of, visibility_parameters
from service.viewer import Viewer

SCANS = ("Seq Scan", "Index Scan", "Index Only Scan", "Bitmap Heap Scan")


class Plans:
    """Executes statements as the application does: in its role, bound to an organization, with generic plans."""

    def __init__(
        self, connection: asyncpg.Connection, organization_id: UUID, now: datetime, viewer: Viewer | None = None
    ) -> None:
        self._connection, self._sight = connection, sight_of(viewer)
        self._shared = {**visibility_parameters(viewer), "organization_id": organization_id, "now": now}

    def seen_by(self, viewer: Viewer) -> "Plans":
        """The same for somebody who does not see all."""
        return Plans(self._connection, viewer.organization_id, self._shared["now"], viewer)

    async def of(self, statement: ClauseElement, **parameters: Any) -> Any:
        """The plan of a statement as it was executed."""
        values = {**self._shared, **parameters}
        text, arguments = compile_batch((BatchedStatement(compile_sql(statement, self._sight)),), [values])
        await self._connection.execute(f"PREPARE planned AS {text}")
        try:
            given = f"({', '.join(map(_literal, arguments))})" if arguments else ""
            [row] = await self._connection.fetch(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE planned{given}")
        finally:
            await self._connection.execute("DEALLOCATE planned")
        return orjson.loads(row[0])[0]["Plan"]

    async def rows(self, table: str, statement: ClauseElement, **parameters: Any) -> tuple[int, int]:
        """How many rows a statement returns, and how many rows of a table it looks at."""
        plan = await self.of(statement, **parameters)
        scans = [each for each in _nodes(plan) if each.get("Relation Name") == table]
        # The rows of a statement are returned as one of arrays.
        [rows] = [each["Actual Rows"] for each in plan["Plans"] if each["Parent Relationship"] == "Outer"]
        return round(rows), sum(map(_rows_visited, scans))


@asynccontextmanager
async def planning(url: str, organization_id: UUID, now: datetime) -> AsyncIterator[Plans]:
    """A connection of the application in a transaction that is rolled back."""
    connection = await asyncpg.connect(url.replace("+asyncpg", ""))
    try:
        await connection.execute(
            f"BEGIN; SET LOCAL ROLE okrgraph_app; SET LOCAL app.organization_id = '{organization_id}'; "
            "SET LOCAL plan_cache_mode = force_generic_plan; SET LOCAL max_parallel_workers_per_gather = 0"
        )
        yield Plans(connection, organization_id, now)
    finally:
        await connection.close()


def _nodes(plan: Any) -> Iterator[Any]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from _nodes(each)


def _rows_visited(node: Any) -> int:
    """The rows that a scan has returned, and those that it has read and left out."""
    if node["Node Type"] not in SCANS:
        return 0
    left_out = node.get("Rows Removed by Filter", 0) + node.get("Rows Removed by Index Recheck", 0)
    return round((node["Actual Rows"] + left_out) * node["Actual Loops"])


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list | tuple):
        return f"'{{{','.join(_member(each) for each in value)}}}'"
    return "'" + _text(value).replace("'", "''") + "'"


def _member(value: Any) -> str:
    return '"' + _text(value).replace("'", "''") + '"'


def _text(value: Any) -> str:
    if isinstance(value, datetime | date):
        return value.isoformat()
    assert isinstance(value, str | int | float | UUID | Decimal), value
    return str(value)
