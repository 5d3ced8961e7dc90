"""How a statement reads tables: the rows that it visits, and the tables that it scans from beginning to end."""

from collections.abc import Iterator
from typing import Any, NamedTuple
from uuid import UUID

import orjson
from sqlalchemy.sql import ClauseElement

from service.postgres.database import WRITE
from service.reading.reader import compile_batch
from service.reading.statement_batch import BatchedStatement, compile_sql
from service.reading.visibility import sight_of, visibility_parameters
from tests.kit.client import Client


class Visits(NamedTuple):
    """The rows that a statement returns and visits, and the tables of its sequential scans."""

    returned: int
    visited: int
    scanned: list[str]


async def visits(client: Client, statement: ClauseElement, **parameters: Any) -> Visits:
    """Executes a statement as the service does: by a generic plan, with role and tenant."""
    shared = {"organization_id": client.organization_id, "now": client.clock.now, **visibility_parameters(None)}
    text, arguments = compile_batch(
        (BatchedStatement(compile_sql(statement, sight_of(None))),), [{**shared, **parameters}]
    )
    literals = f"({', '.join(map(_literal, arguments))})" if arguments else ""
    database = client.database
    async with database.open_connection(database.primary, WRITE, client.organization_id) as pooled:
        await pooled.driver.execute(f"PREPARE explained AS {text}")
        try:
            rows = await pooled.driver.fetch(f"EXECUTE explained{literals}")
            plan = await pooled.driver.fetchval(f"EXPLAIN (ANALYZE, FORMAT JSON) EXECUTE explained{literals}")
        finally:
            await pooled.driver.execute("DEALLOCATE explained")
    is_batch = compile_sql(statement).columns is not None
    returned = len((rows[0][0] if is_batch else rows) or ())
    scans = [node for node in _nodes(orjson.loads(plan)[0]["Plan"]) if "Relation Name" in node and node["Actual Loops"]]
    visited = sum((node["Actual Rows"] + _filtered(node)) * node["Actual Loops"] for node in scans)
    return Visits(
        returned, round(visited), [node["Relation Name"] for node in scans if node["Node Type"] == "Seq Scan"]
    )


def _filtered(node: dict[str, Any]) -> float:
    return sum(node.get(f"Rows Removed by {reason}", 0) for reason in ("Filter", "Index Recheck"))


def _nodes(plan: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield plan
    for each in plan.get("Plans", ()):
        yield from _nodes(each)


def _literal(value: Any) -> str:
    if value is None:
        return "NULL"
    if isinstance(value, list | tuple):
        return f"'{{{','.join(map(str, value))}}}'"
    assert isinstance(value, int | float | UUID | str) or hasattr(value, "isoformat")
    return f"'{value}'"
