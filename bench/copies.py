"""Multiplies the size of an organization by copies of its objectives, key results and alignments."""

import asyncpg

TABLES = ("objectives", "key_results", "alignments")
IDS = ("id", "objective_id", "parent_id", "parent_key_result_id")
COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position"""


async def copy_rows(connection: asyncpg.Connection, times: int) -> None:
    """Copies all trees until there are `times` as many, at most 16. Other tables are not copied.

    The ids of a copy begin with its own digit instead of 0, and its external ids end with that digit.
    """
    await connection.execute("SET session_replication_role = replica")
    for table in TABLES:
        names = [row["column_name"] for row in await connection.fetch(COLUMNS, table)]
        for digit in map("{:x}".format, range(1, times)):
            values = ", ".join(_value(name, digit) for name in names)
            await connection.execute(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} WHERE id::text LIKE '0%'"
            )


def _value(name: str, digit: str) -> str:
    if name in IDS:
        return f"overlay({name}::text PLACING '{digit}' FROM 1 FOR 1)::uuid"
    return f"{name} || '-{digit}'" if name == "external_id" else name
