"""What operators of several machines set: plans, roles that log in, and messages as Citus needs them."""

import asyncio
from typing import Any

import asyncpg
import pytest

import service.postgres.pool
from service.postgres import login_roles
from service.postgres.array_types import ARRAY_TYPES, declare_array_types
from service.postgres.database import WRITE, Database
from service.postgres.login_roles import create_login_roles
from service.postgres.session import Session
from service.postgres.transaction_settings import BULK_SETTINGS
from service.settings import Settings, connect_arguments
from tests.kit.client import Client

LOCK = "SELECT pg_advisory_xact_lock(1)"


async def sent_by(
    database: Database, client: Client, monkeypatch: pytest.MonkeyPatch, *, distributed: bool
) -> list[str]:
    """The messages of a transaction that takes a lock."""
    messages: list[str] = []

    async def prepare(connection: Any, _limits: object) -> Session:
        connection.add_query_logger(lambda record: messages.append(record.query))
        return Session(keeps_settings=False, is_application=False, is_distributed=distributed)

    monkeypatch.setattr(service.postgres.pool, "prepare_session", prepare)
    async with database.open_connection(
        database.primary, WRITE, client.organization_id, LOCK, "SELECT 1", settings=BULK_SETTINGS
    ) as pooled:
        assert pooled.command_tag == "SELECT 1"
        assert await pooled.driver.fetchval("SHOW statement_timeout") == "0"
    await database.dispose()
    await asyncio.sleep(0.01)
    return messages


@pytest.mark.parametrize("distributed", [False, True])
async def test_a_lock_is_a_message_of_its_own_where_tables_are_distributed(
    client: Client, database_url: str, monkeypatch: pytest.MonkeyPatch, distributed: bool
) -> None:
    database = Database(Settings(plan_cache_mode="auto"), database_url)
    opening, *others = await sent_by(database, client, monkeypatch, distributed=distributed)
    locking = f"; {LOCK}; SELECT 1"
    assert opening.startswith("BEGIN")
    assert "plan_cache_mode = auto" in opening
    assert opening.endswith(locking) is not distributed
    assert (LOCK in opening, locking[2:] in others) == (not distributed, distributed)


@pytest.mark.parametrize("mode", ["auto", "force_custom_plan", "force_generic_plan"])
async def test_plans_are_made_as_the_operator_says(client: Client, database_url: str, mode: Any) -> None:
    database = Database(Settings(plan_cache_mode=mode), database_url)
    async with database.open_connection(database.primary, WRITE, client.organization_id) as pooled:
        assert await pooled.driver.fetchval("SHOW plan_cache_mode") == mode
        assert await pooled.driver.fetchval("SHOW max_parallel_workers_per_gather") == "0"
    await database.dispose()


async def test_array_types_are_those_of_the_catalog(superuser: asyncpg.Connection) -> None:
    rows = await superuser.fetch(
        "SELECT typname::text AS name, typarray::int AS id, oid::int AS member FROM pg_type"
        " WHERE typarray = ANY($1::oid[])",
        [id for _, id, _ in ARRAY_TYPES],
    )
    assert {tuple(row) for row in rows} == set(ARRAY_TYPES)


async def test_the_driver_looks_up_no_array_type(database_url: str) -> None:
    connection = await asyncpg.connect(**connect_arguments(database_url))
    messages: list[str] = []
    connection.add_query_logger(lambda record: messages.append(record.query))
    declare_array_types(connection)
    for name, _, _ in ARRAY_TYPES:
        assert await connection.fetchval(f"SELECT $1::{name}[]", []) == []
    # The driver tells its loggers a moment later.
    await asyncio.sleep(0.01)
    assert len(messages) == len(ARRAY_TYPES)
    await connection.close()


async def test_roles_log_in_after_a_migration_that_lets_them(
    database_url: str, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Then the language of functions is noted, which leaves nothing behind.
    monkeypatch.setattr(login_roles, "IS_DISTRIBUTED", "SELECT true")
    functions = "SELECT proname::text FROM pg_proc WHERE pronamespace = 'public'::regnamespace ORDER BY 1"
    functions_before = await superuser.fetch(functions)
    roles = "SELECT rolname::text, rolcanlogin, rolsuper, rolbypassrls FROM pg_roles WHERE rolname LIKE 'okrgraph%'"
    before = await superuser.fetch(roles)
    try:
        for _ in range(2):
            await create_login_roles(database_url)
            expected = {(name, True, False, False) for name in ("okrgraph_app", "okrgraph_owner")}
            assert {tuple(row) for row in await superuser.fetch(roles)} == expected
        assert await superuser.fetch(functions) == functions_before
    finally:
        for row in before:
            if not row["rolcanlogin"]:
                await superuser.execute(f"ALTER ROLE {row['rolname']} NOLOGIN")
