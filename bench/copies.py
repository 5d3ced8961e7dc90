"""Multiplies the size of an organization by copies of its objectives and of what belongs to them."""

import asyncpg

TABLES = ("objectives", "key_results", "alignments", "check_ins")
IDS = ("id", "objective_id", "key_result_id", "parent_id", "parent_key_result_id")
COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_name = $1 AND is_generated = 'NEVER' AND is_identity = 'NO' ORDER BY ordinal_position"""
# The first two digits of the ids of this time; those of a copy are greater.
FIRST_DIGITS = 0x01
MAX_TIMES = 128


async def copy_rows(connection: asyncpg.Connection, times: int) -> None:
    """Copies all trees until there are `times` as many, at most 128. Other tables are not copied.

    The ids of a copy begin with its own two digits, and its external ids end with its number.
    """
    if times > MAX_TIMES:
        raise ValueError(f"at most {MAX_TIMES} times, not {times}")
    await connection.execute("SET session_replication_role = replica")
    for table in TABLES:
        names = [row["column_name"] for row in await connection.fetch(COLUMNS, table)]
        for number in range(1, times):
            values = ", ".join(_value(name, number) for name in names)
            await connection.execute(
                f"INSERT INTO {table} ({', '.join(names)}) SELECT {values} FROM {table} "
                f"WHERE id::text LIKE '{FIRST_DIGITS:02x}%'"
            )


def _value(name: str, number: int) -> str:
    if name in IDS:
        return f"overlay({name}::text PLACING '{FIRST_DIGITS + number:02x}' FROM 1 FOR 2)::uuid"
    return f"{name} || '-{number}'" if name == "external_id" else name
