"""The deletion of an organization leaves no row of it in any table, and touches no other organization."""

from collections.abc import Iterable
from uuid import UUID

import asyncpg
import pytest
from asyncpg.exceptions import ForeignKeyViolationError, NoDataFoundError
from sqlalchemy import Column, MetaData, Table, Text, Uuid

from service.postgres.tables import tables_in_order
from service.values import global_ids
from service.workspace.records import tenant_column
from tests.kit.client import Client
from tests.kit.estate import Estate, dump
from tests.kit.workspace_files import deleted
from tests.tenancy.test_tenancy_sql import application, attempt

NAME = "SELECT name FROM organizations WHERE id = $1"
DELETE = "SELECT delete_organization($1, $2)"


async def row_counts(superuser: asyncpg.Connection, tables: Iterable[Table], organization_id: UUID) -> dict[str, int]:
    """The number of rows that an organization has in each table of the models."""
    counts = {}
    for table in tables:
        query = f"SELECT count(*) FROM {table.name} WHERE {tenant_column(table).name} = $1"
        counts[table.name] = await superuser.fetchval(query, organization_id)
    return counts


async def test_no_table_has_a_row_left(client: Client, stranger: Client, superuser: asyncpg.Connection) -> None:
    for each, mark in ((client, "Own"), (stranger, "Theirs")):
        await (await Estate(each, mark).furnish()).extend()
    before = await row_counts(superuser, tables_in_order(), client.organization_id)
    assert [name for name, count in before.items() if not count] == [], "The estate needs a row of each table."
    theirs = await dump(superuser, stranger.organization_id)
    await deleted(client)
    after = await row_counts(superuser, tables_in_order(), client.organization_id)
    assert after == dict.fromkeys(before, 0)
    assert await dump(superuser, stranger.organization_id) == theirs
    assert await dump(superuser) == theirs


async def test_a_table_with_a_row_left_is_found(client: Client, superuser: asyncpg.Connection) -> None:
    """The test above can fail, and a table that does not say whose its rows are fails it, too."""
    metadata = MetaData()
    forgotten = Table("forgotten", metadata, Column("organization_id", Uuid), Column("note", Text))
    loose = Table("loose", metadata, Column("tenant", Uuid))
    async with superuser.transaction():
        await superuser.execute("CREATE TABLE public.forgotten (organization_id uuid, note text)")
        await superuser.execute("INSERT INTO public.forgotten VALUES ($1, 'left')", client.organization_id)
        tables = [*tables_in_order(), forgotten]
        assert (await row_counts(superuser, tables, client.organization_id))["forgotten"] == 1
        await superuser.execute("DROP TABLE public.forgotten")
    with pytest.raises(AttributeError):
        await row_counts(superuser, [loose], client.organization_id)


async def test_a_table_that_is_added_is_not_forgotten(
    client: Client, stranger: Client, superuser: asyncpg.Connection
) -> None:
    """The function finds the tables by their column, in an order that references allow."""
    async with application(superuser, None):
        await superuser.execute("RESET ROLE")
        await superuser.execute("CREATE TABLE public.a_parent (organization_id uuid REFERENCES organizations, id uuid)")
        await superuser.execute("ALTER TABLE public.a_parent ADD PRIMARY KEY (organization_id, id)")
        await superuser.execute(
            "CREATE TABLE public.z_child (organization_id uuid, parent_id uuid, next_id uuid, id uuid PRIMARY KEY,"
            " FOREIGN KEY (organization_id, parent_id) REFERENCES public.a_parent)"
        )
        await superuser.execute("ALTER TABLE public.z_child ADD FOREIGN KEY (next_id) REFERENCES public.z_child")
        await superuser.execute("ALTER TABLE public.a_parent OWNER TO okrgraph_owner")
        await superuser.execute("ALTER TABLE public.z_child OWNER TO okrgraph_owner")
        for id in (client.organization_id, stranger.organization_id):
            await superuser.execute("INSERT INTO public.a_parent VALUES ($1, $1)", id)
            await superuser.execute("INSERT INTO public.z_child VALUES ($1, $1, NULL, $1)", id)
        name = await superuser.fetchval(NAME, client.organization_id)
        await superuser.execute("SET LOCAL ROLE okrgraph_app")
        await superuser.execute(f"SET LOCAL app.organization_id = '{client.organization_id}'")
        assert await superuser.fetchval(DELETE, client.organization_id, name) == 11
        await superuser.execute("RESET ROLE")
        for table in ("a_parent", "z_child"):
            left = await superuser.fetch(f"SELECT organization_id FROM public.{table}")
            assert [row["organization_id"] for row in left] == [stranger.organization_id]


async def test_a_table_with_another_column_keeps_the_whole_organization(
    client: Client, superuser: asyncpg.Connection
) -> None:
    async with application(superuser, client.organization_id):
        await superuser.execute("RESET ROLE")
        await superuser.execute("CREATE TABLE public.loose (tenant uuid REFERENCES organizations)")
        await superuser.execute("INSERT INTO public.loose VALUES ($1)", client.organization_id)
        before = await dump(superuser)
        name = await superuser.fetchval(NAME, client.organization_id)
        await superuser.execute("SET LOCAL ROLE okrgraph_app")
        with pytest.raises(ForeignKeyViolationError, match='on table "loose"'):
            async with attempt(superuser):
                await superuser.fetchval(DELETE, client.organization_id, name)
        await superuser.execute("RESET ROLE")
        assert await dump(superuser) == before


async def test_the_function_deletes_the_organization_of_the_transaction_alone(
    client: Client, stranger: Client, superuser: asyncpg.Connection
) -> None:
    await Estate(client, "Theirs").furnish()
    before = await dump(superuser)
    name = await superuser.fetchval(NAME, client.organization_id)
    async with application(superuser, stranger.organization_id):
        for id, given in ((client.organization_id, name), (client.organization_id, "Strangers")):
            assert await superuser.fetchval(DELETE, id, given) is None
        for wrong in (name, "strangers", "Strangers ", "", None):
            assert await superuser.fetchval(DELETE, stranger.organization_id, wrong) is None
        await superuser.execute("RESET ROLE")
        assert await dump(superuser) == before
    async with application(superuser, None):
        assert await superuser.fetchval(DELETE, client.organization_id, name) is None


async def test_events_are_erased_of_erased_people_of_the_organization_alone(
    client: Client, stranger: Client, superuser: asyncpg.Connection
) -> None:
    erased, other = await client.make("personCreate", name="Ada"), await client.make("personCreate", name="Bob")
    await client.make("personErase", id=erased)
    ids = [id for _, id in filter(None, map(global_ids.decode, (erased, other)))]
    before = await dump(superuser)
    erase = "SELECT erase_person_events($1, $2)"
    for organization_id, tenant, id in (
        (client.organization_id, client.organization_id, ids[1]),
        (client.organization_id, stranger.organization_id, ids[0]),
        (stranger.organization_id, stranger.organization_id, ids[0]),
    ):
        with pytest.raises(NoDataFoundError, match="There is no erased person with this id"):
            async with application(superuser, tenant):
                await superuser.execute(erase, organization_id, id)
    async with application(superuser, client.organization_id):
        assert await superuser.fetchval(erase, client.organization_id, ids[0]) == 2
    assert await dump(superuser) == before


async def test_every_reference_has_an_index(superuser: asyncpg.Connection) -> None:
    """Each row that is deleted is looked for in all tables that may refer to it: without an index, by reading them."""
    query = """
        SELECT k.conrelid::regclass::text AS name, (
            SELECT array_agg(a.attname::text ORDER BY c.number)
            FROM unnest(k.conkey) WITH ORDINALITY AS c (attnum, number)
            JOIN pg_attribute a ON a.attrelid = k.conrelid AND a.attnum = c.attnum
        ) AS columns
        FROM pg_constraint k
        WHERE k.contype = 'f' AND k.connamespace = 'public'::regnamespace AND NOT EXISTS (
            SELECT FROM pg_index i
            WHERE i.indrelid = k.conrelid AND (i.indkey::int2[])[0:cardinality(k.conkey) - 1] @> k.conkey
                -- A condition that the reference itself has: it is not null.
                AND (i.indpred IS NULL OR pg_get_expr(i.indpred, i.indrelid) ~ '^\\(\\w+ IS NOT NULL\\)$'
                    AND pg_get_expr(i.indpred, i.indrelid) LIKE '(' || (
                        SELECT a.attname FROM pg_attribute a
                        WHERE a.attrelid = k.conrelid AND a.attnum = k.conkey[cardinality(k.conkey)]
                    ) || ' IS NOT NULL)')
        ) ORDER BY 1, 2"""
    assert [(row["name"], row["columns"]) for row in await superuser.fetch(query)] == []
    async with application(superuser, None):
        await superuser.execute("RESET ROLE")
        await superuser.execute("DROP INDEX ix_check_ins_author, ix_api_keys_replaces")
        assert [(row["name"], row["columns"]) for row in await superuser.fetch(query)] == [
            ("api_keys", ["organization_id", "replaces_id"]),
            ("check_ins", ["organization_id", "author_id"]),
        ]
