"""What the role of the application can do in SQL, without the application."""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any
from uuid import UUID, uuid4

import asyncpg
import pytest
from asyncpg.exceptions import InsufficientPrivilegeError

from tests.kit.client import Client
from tests.kit.estate import Estate, dump, tenant_tables
from tests.tenancy.test_tenancy_tables import APPEND_ONLY

REFUSED = "new row violates row-level security policy for table"


@asynccontextmanager
async def application(superuser: asyncpg.Connection, organization_id: UUID | str | None) -> AsyncIterator[None]:
    """A transaction as the service opens it, rolled back afterwards."""
    transaction = superuser.transaction()
    await transaction.start()
    await superuser.execute("SET LOCAL ROLE okrgraph_app")
    if organization_id is not None:
        await superuser.execute(f"SET LOCAL app.organization_id = '{organization_id}'")
    try:
        yield
    finally:
        await transaction.rollback()


@asynccontextmanager
async def attempt(superuser: asyncpg.Connection) -> AsyncIterator[None]:
    """One statement whose failure leaves the transaction usable."""
    async with superuser.transaction():
        yield


async def one_row_each(superuser: asyncpg.Connection, organization_id: UUID) -> dict[str, dict[str, Any]]:
    found = {}
    for table, column in (await tenant_tables(superuser)).items():
        row = await superuser.fetchval(f"SELECT to_jsonb(t) FROM {table} t WHERE {column} = $1", organization_id)
        assert row is not None, f"The estate has no row in {table}."
        found[table] = json.loads(row)
    return found


async def test_rows_of_others_cannot_be_seen_nor_written(
    client: Client, stranger: Client, superuser: asyncpg.Connection
) -> None:
    await Estate(client, "Theirs").furnish()
    theirs = await one_row_each(superuser, client.organization_id)
    tables = await tenant_tables(superuser)
    before = await dump(superuser)
    for table, row in theirs.items():
        async with application(superuser, stranger.organization_id):
            seen = await superuser.fetchval(
                f"SELECT count(*) FROM {table} WHERE {tables[table]} = $1", client.organization_id
            )
            assert (table, seen) == (table, 0)
            await refused(
                superuser,
                f"INSERT INTO {table} SELECT * FROM jsonb_populate_record(NULL::{table}, $1)",
                row | {"id": str(uuid4())},
                table,
            )
            if table not in APPEND_ONLY:
                assert (
                    await superuser.execute(
                        f"UPDATE {table} SET id = id WHERE {tables[table]} = $1", client.organization_id
                    )
                    == "UPDATE 0"
                )
    assert await dump(superuser) == before


async def refused(superuser: asyncpg.Connection, sql: str, row: dict[str, Any], table: str) -> None:
    with pytest.raises(InsufficientPrivilegeError, match=f'{REFUSED} "{table}"'):
        async with attempt(superuser):
            await superuser.execute(sql, json.dumps(row))


async def test_an_own_row_cannot_be_given_to_others(
    client: Client, stranger: Client, superuser: asyncpg.Connection
) -> None:
    await Estate(stranger, "Own").furnish()
    before = await dump(superuser)
    for table, column in (await tenant_tables(superuser)).items():
        async with application(superuser, stranger.organization_id):
            expected = f'{REFUSED} "{table}"' if table not in APPEND_ONLY else f"permission denied for table {table}"
            with pytest.raises(InsufficientPrivilegeError, match=expected):
                async with attempt(superuser):
                    await superuser.execute(f"UPDATE {table} SET {column} = $1", client.organization_id)
    assert await dump(superuser) == before


@pytest.mark.parametrize("verb", ["DELETE FROM", "TRUNCATE"])
async def test_nothing_can_be_deleted(client: Client, superuser: asyncpg.Connection, verb: str) -> None:
    for table in await tenant_tables(superuser):
        async with application(superuser, client.organization_id):
            with pytest.raises(InsufficientPrivilegeError, match=f"permission denied for table {table}"):
                await superuser.execute(f"{verb} {table}")


@pytest.mark.parametrize("organization_id", [None, "", uuid4()], ids=["unset", "empty", "unknown"])
async def test_without_an_organization_there_are_no_rows(
    client: Client, superuser: asyncpg.Connection, organization_id: UUID | str | None
) -> None:
    await Estate(client, "Theirs").furnish()
    tables = await tenant_tables(superuser)
    async with application(superuser, organization_id):
        seen = {table: await superuser.fetchval(f"SELECT count(*) FROM {table}") for table in tables}
    assert seen == dict.fromkeys(tables, 0)


async def test_what_a_transaction_is_bound_to_ends_with_it(client: Client, superuser: asyncpg.Connection) -> None:
    async with application(superuser, client.organization_id):
        assert await superuser.fetchval("SELECT count(*) FROM people") == 1
    assert await superuser.fetchval("SELECT current_setting('app.organization_id', true)") in (None, "")
    async with application(superuser, None):
        assert await superuser.fetchval("SELECT count(*) FROM people") == 0
