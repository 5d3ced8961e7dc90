"""Rows of organizations as they were at a moment, put back for many tests and actors: to make them takes longer."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from itertools import count
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from service.app import create_app
from service.postgres.database import Database
from service.postgres.tables import tables_in_order
from service.settings import Settings
from tests.kit.client import Client, Clock, founded
from tests.kit.estate import tenant_tables

T = TypeVar("T")
NUMBER = count(1)


async def delete_all(superuser: asyncpg.Connection) -> None:
    """Empties all tables, in one message; by DELETE, which costs a sixtieth of TRUNCATE on small tables."""
    await superuser.execute("; ".join(f"DELETE FROM {table.name}" for table in reversed(tables_in_order())))


class Stored:
    """A copy of rows, in temporary tables of a connection on which nothing checks references."""

    def __init__(self, superuser: asyncpg.Connection) -> None:
        self._superuser = superuser
        self._prefix = f"stored_{next(NUMBER)}"
        self._columns: dict[str, str] = {}

    async def copy(self, *organization_ids: UUID) -> "Stored":
        """Copies all rows of these organizations."""
        ids = ", ".join(f"'{id}'" for id in organization_ids)
        for table, organization_id in (await tenant_tables(self._superuser)).items():
            columns = await self._superuser.fetch(
                "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 "
                "AND NOT attisdropped AND attgenerated = ''",
                table,
            )
            self._columns[table] = ", ".join(each["attname"] for each in columns)
            rows = f"SELECT * FROM {table} WHERE {organization_id} IN ({ids})"
            await self._superuser.execute(f"CREATE TEMP TABLE {self._prefix}_{table} AS {rows}")
        return self

    async def put_back(self) -> None:
        """Inserts the rows, of which none is there."""
        await self._superuser.execute(
            "; ".join(
                f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM {self._prefix}_{table}"
                for table, columns in self._columns.items()
            )
        )

    async def take_back(self) -> None:
        """Deletes all rows that there are, and inserts those that were copied."""
        await delete_all(self._superuser)
        await self.put_back()


class Prepared:
    """Organizations that are furnished once for all tests of a process, by the function that furnishes them."""

    def __init__(self, superuser: asyncpg.Connection, database: Database, settings: Settings) -> None:
        self._superuser, self._database, self._settings = superuser, database, settings
        self._made: dict[Any, tuple[Client, Any, datetime, Stored]] = {}

    async def organization(self, furnish: Callable[[Client], Awaitable[T]], clock: Clock) -> tuple[Client, T]:
        """The owner of an organization as `furnish` left it, and what that returned. The clock is set to that time."""
        app = create_app(self._settings, self._database, clock)
        if furnish not in self._made:
            client = await founded(app, self._database, clock, furnish.__name__)
            value = await furnish(client)
            stored = await Stored(self._superuser).copy(client.organization_id)
            self._made[furnish] = client, value, clock.now, stored
            return client, value
        client, value, clock.now, stored = self._made[furnish]
        await stored.put_back()
        return client.over(app, clock), value
