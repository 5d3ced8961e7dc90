"""Takes all rows back to what they were, so that many actors find the same."""

import asyncpg

from tests.kit.estate import tenant_tables


class Stored:
    """A copy of all rows, in temporary tables of a connection on which nothing checks references."""

    def __init__(self, superuser: asyncpg.Connection) -> None:
        self._superuser = superuser
        self._columns: dict[str, str] = {}

    async def copy(self) -> None:
        """Copies all rows that there are."""
        for table in await tenant_tables(self._superuser):
            columns = await self._superuser.fetch(
                "SELECT attname FROM pg_attribute WHERE attrelid = $1::text::regclass AND attnum > 0 "
                "AND NOT attisdropped AND attgenerated = ''",
                table,
            )
            self._columns[table] = ", ".join(each["attname"] for each in columns)
            await self._superuser.execute(f"CREATE TEMP TABLE stored_{table} AS SELECT * FROM {table}")

    async def take_back(self) -> None:
        """Makes the rows be those that were copied."""
        await self._superuser.execute(
            "; ".join(
                f"DELETE FROM {table}; "
                f"INSERT INTO {table} ({columns}) OVERRIDING SYSTEM VALUE SELECT {columns} FROM stored_{table}"
                for table, columns in self._columns.items()
            )
        )

    async def forget(self) -> None:
        """Drops the copy."""
        await self._superuser.execute("; ".join(f"DROP TABLE stored_{table}" for table in self._columns))
