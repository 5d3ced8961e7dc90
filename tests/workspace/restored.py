"""Export and restore in tests: files, clients of restored organizations, and what is to be equal."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

import orjson
from uuid_utils.compat import uuid7

from service.people import keys
from service.postgres.database import Database
from service.postgres.tables import tables_in_order
from service.reading.reader import Reader
from service.rollup.doctor import examine
from service.viewer import Viewer
from service.workspace.exporting import export_file
from service.workspace.file_format import Digest, end_line, verify
from service.workspace.records import OF_A_MOMENT, OWN_EXPORT_TABLES, SECRET_TABLES
from service.workspace.restoring import restore
from tests.kit.client import Client, Clock
from tests.kit.workspace_files import executed, selected_each
from tests.workspace.dump import dumped

NOT_RESTORED = SECRET_TABLES | OWN_EXPORT_TABLES


async def file_of(database: Database, organization_id: UUID, *, items_only: bool = False) -> list[bytes]:
    """The lines of the file of an organization."""
    reader = Reader(database, organization_id)
    try:
        return [line async for line in export_file(reader, items_only=items_only)]
    finally:
        await reader.close()


def whole(lines: Iterable[bytes]) -> list[bytes]:
    """The lines with an end that fits them."""
    digest = Digest()
    return [*(digest.add(line) for line in lines), end_line(digest)]


async def restored(database: Database, clock: Clock, lines: Iterable[bytes], id: UUID | None = None) -> UUID:
    """The id of an organization that is restored from a file beside the others, under a new id unless given."""
    lines = list(lines)
    exported_id = verify(lines).organization
    viewer = Viewer(id or uuid7(), None, "OWNER")
    await restore(database, viewer, clock.now, lines, exported_id)
    return viewer.organization_id


async def client_of(like: Client, database_url: str, organization_id: UUID, person_id: UUID) -> Client:
    """A client of a restored organization, whose key leaves no event."""
    id = uuid7()
    key, secret_hash = keys.generate(organization_id, id)
    await executed(
        database_url,
        "INSERT INTO api_keys (organization_id, id, person_id, name, secret_hash, created_at) VALUES "
        f"('{organization_id}', '{id}', '{person_id}', 'test', '\\x{secret_hash.hex()}', now())",
    )
    return Client(like.app, like.database, like.clock, organization_id, person_id, key)


async def rows_of(database_url: str, organization_id: UUID) -> dict[str, list[dict[str, Any]]]:
    """All rows of an organization by table, past the code that exports them; without the column of the tenant."""
    statements, tenants = {}, {}
    for table in tables_in_order():
        if table.name not in NOT_RESTORED:
            tenant = tenants[table.name] = "id" if table.name == "organizations" else "organization_id"
            keys = ", ".join(column.name for column in table.primary_key.columns)
            statements[table.name] = f"SELECT * FROM {table.name} WHERE {tenant} = '{organization_id}' ORDER BY {keys}"
    found = zip(statements, await selected_each(database_url, statements.values()), strict=True)
    return {
        name: [
            {column: value for column, value in row.items() if column not in (tenants[name], *OF_A_MOMENT)}
            for row in rows
        ]
        for name, rows in found
    }


def renamed(lines: list[bytes], old: UUID, new: UUID) -> list[bytes]:
    """The lines of a file with another id of its organization, but for the digest that holds it."""
    end = orjson.loads(lines[-1])
    del end["end"]["sha256"]
    return [line.replace(str(old).encode(), str(new).encode()) for line in [*lines[:-1], orjson.dumps(end)]]


async def assert_same(client: Client, database_url: str) -> Client:
    """Restores the organization of a client under another id, where everything is as it is here; a client of it."""
    old = client.organization_id
    file = await file_of(client.database, old)
    new = await restored(client.database, client.clock, file)
    assert renamed(await file_of(client.database, new), new, old) == renamed(file, old, old)
    for (name, rows), copied in zip(
        (await rows_of(database_url, old)).items(), (await rows_of(database_url, new)).values(), strict=True
    ):
        for row in rows:
            row.update({key: new for key, value in row.items() if value == old})
        assert copied == rows, name
    reader = Reader(client.database, new)
    assert [finding async for finding in examine(reader)] == []
    await reader.close()
    copy = await client_of(client, database_url, new, client.person_id)
    here, there = await dumped(client), await dumped(copy)
    for dump in (here, there):
        del dump["organization"]["id"], dump["organization"]["apiKeys"], dump["organization"]["shareTokens"]
        del dump["auditEvents"]
        for event in dump["events"]:
            if event["subjectType"] == "Organization":
                assert event.pop("subject") is not None
                del event["subjectId"]
        for entry in dump["activity"]:
            if entry["subjectType"] == "Organization":
                assert entry.pop("subject") is not None
    assert there == here
    return copy
