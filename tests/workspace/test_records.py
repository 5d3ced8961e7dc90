"""The records of a file have every table and every column that the database has of an organization."""

import orjson

from service.workspace.file_format import LineKind, kind_of
from service.workspace.records import OF_A_MOMENT
from tests.kit.client import Client
from tests.kit.workspace_files import selected
from tests.workspace.restored import file_of

COLUMNS = """
    SELECT table_name, column_name FROM information_schema.columns c
    WHERE table_schema = 'public' AND table_name <> 'alembic_version'
      AND EXISTS (SELECT 1 FROM information_schema.tables t
                  WHERE t.table_schema = c.table_schema AND t.table_name = c.table_name AND t.table_type = 'BASE TABLE')
    ORDER BY table_name, ordinal_position"""


async def test_nothing_that_the_database_keeps_is_left_out(client: Client, database_url: str) -> None:
    kept: dict[str, set[str]] = {}
    for row in await selected(database_url, COLUMNS):
        kept.setdefault(row["table_name"], set()).add(row["column_name"])
    # Whoever has a key may act as its person, so keys are made anew.
    del kept["api_keys"], kept["share_tokens"]
    # A restore would forge audit events.
    del kept["audit_events"]
    for name, columns in kept.items():
        columns.remove("id" if name == "organizations" else "organization_id")
    # The step in force follows from the timeline and the time of the restore.
    for name in ("objectives", "key_results"):
        kept[name] -= OF_A_MOMENT
    file = await file_of(client.database, client.organization_id)
    named = [orjson.loads(line) for line in file if kind_of(line) is LineKind.TABLE]
    assert {each["table"]: set(each["columns"]) for each in named} == kept
    assert len(named) == len(kept)


async def test_no_secret_is_in_a_file(client: Client, database_url: str) -> None:
    [row] = await selected(database_url, "SELECT encode(secret_hash, 'hex') AS hash FROM api_keys")
    whole = b"".join(await file_of(client.database, client.organization_id))
    assert row["hash"].encode() not in whole
    assert client.key.rpartition("_")[2].encode() not in whole
