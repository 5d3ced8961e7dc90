"""Many rows of one kind, copied in the database from one that the service has made."""

from typing import Any

import asyncpg
import orjson


async def multiplied(connection: asyncpg.Connection, table: str, number: int, id: Any, **different: str) -> None:
    """Adds so many copies of the row with this id; `different` columns are SQL expressions of the number `n`."""
    changes = {"id": "gen_random_uuid()", **different}
    members = ", ".join(f"'{name}', {value}" for name, value in changes.items())
    emptied = orjson.dumps({"external_id": None}).decode()
    # In FROM it is called once for each number, in SELECT once for each column as well.
    copy = f"jsonb_populate_record(t, '{emptied}' || jsonb_build_object('n', n, {members}))"
    await connection.execute(
        f"INSERT INTO {table} SELECT copy.* FROM {table} t CROSS JOIN generate_series(1, {number}) n "
        f"CROSS JOIN {copy} copy WHERE t.id = $1",
        id,
    )
