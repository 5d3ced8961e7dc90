"""Records which rows the requests of a server change, by triggers on a copy of the data."""

import asyncio
import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

import asyncpg
import orjson

from bench.asking import fetch_answer
from bench.by_hand.changes import Change, Column, Step, columns_by_table, merged, native, steps
from bench.data import DataSet, plain_url
from bench.documents import Document
from bench.documents.document import Json
from bench.servers import Server

# The use of a key is noted from time to time, whatever the request.
UNRECORDED = ("alembic_version", "api_keys", "bench_changes")
INSTALL = """
    CREATE TABLE bench_changes (number bigserial, table_name text, verb text, old jsonb, new jsonb);
    CREATE FUNCTION bench_record() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
    BEGIN
        INSERT INTO public.bench_changes (table_name, verb, old, new)
        VALUES (TG_TABLE_NAME, TG_OP, to_jsonb(OLD), to_jsonb(NEW));
        RETURN NULL;
    END $$;"""
TRIGGER = """
    CREATE TRIGGER bench_record AFTER INSERT OR UPDATE OR DELETE ON {table}
    FOR EACH ROW EXECUTE FUNCTION bench_record()"""
TAKE = "WITH taken AS (DELETE FROM bench_changes RETURNING *) SELECT * FROM taken ORDER BY number"


class Recorded(NamedTuple):
    """The changes of a request as they are and as statements, and its answer."""

    changes: list[Change]
    steps: list[Step]
    answer: Json


@contextmanager
def recorder(data: DataSet) -> Iterator["Recorder"]:
    """A recorder of the changes of a database, which must be a copy."""
    asyncio.run(_install(data))
    yield Recorder(data)


class Recorder:
    """Sends requests to servers of one database, and takes what they have changed."""

    def __init__(self, data: DataSet) -> None:
        self._data = data

    def record(self, server: Server, document: Document, count: int) -> list[Recorded]:
        """The next `count` requests of a document. Raises RuntimeError if one is refused."""
        return asyncio.run(self._record(server, document, count))

    async def _record(self, server: Server, document: Document, count: int) -> list[Recorded]:
        connection = await asyncpg.connect(plain_url(self._data.url))
        try:
            tables = await columns_by_table(connection)
            await connection.fetch(TAKE)
            results = []
            for _ in range(count):
                answer = await fetch_answer(server, document)
                rows = await connection.fetch(TAKE)
                changes = merged([change for row in rows for change in [await _change(connection, row, tables)]])
                results.append(Recorded(changes, steps(changes, tables), answer))
        finally:
            await connection.close()
        return results


def write(path: Path, recorded: dict[str, list[Recorded]]) -> None:
    """Writes what the application by hand reads: the statements, in the order of the requests."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(pickle.dumps({name: [each.steps for each in requests] for name, requests in recorded.items()}))


def differences(expected: Recorded, actual: Recorded) -> list[str]:
    """The rows that two servers have changed otherwise, each with its table and both changes."""
    one, other = (
        {(each.table, each.key): (each.verb, each.values) for each in recorded.changes}
        for recorded in (expected, actual)
    )
    return [f"{row[0]}: {one.get(row)} and {other.get(row)}" for row in one | other if one.get(row) != other.get(row)]


async def _install(data: DataSet) -> None:
    connection = await asyncpg.connect(plain_url(data.url))
    try:
        tables = await columns_by_table(connection)
        await connection.execute(INSTALL)
        for table in tables:
            if table not in UNRECORDED:
                await connection.execute(TRIGGER.format(table=table))
    finally:
        await connection.close()


async def _change(connection: asyncpg.Connection, row: asyncpg.Record, tables: dict[str, list[Column]]) -> Change:
    """A change with the values as the driver has them, of an update only those that differ."""
    table, verb = row["table_name"], row["verb"]
    old, new = (orjson.loads(row[side]) if row[side] else {} for side in ("old", "new"))
    populate = f"SELECT * FROM jsonb_populate_record(NULL::{table}, $1)"
    values = await connection.fetchrow(populate, row["old"] if verb == "DELETE" else row["new"])
    assert values is not None
    key = tuple(values[each.name] for each in tables[table] if each.is_key)
    row_after = {} if verb == "DELETE" else {each.name: native(each, values[each.name]) for each in tables[table]}
    changed = [name for name in row_after if verb == "INSERT" or old.get(name) != new.get(name)]
    return Change(table, verb, key, {name: row_after[name] for name in changed}, row_after)
