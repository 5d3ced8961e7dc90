"""Makes an organization several times as large: goals, key results and edges again, under ids of their own."""

import asyncpg

TABLES = ("objectives", "key_results", "alignments")
IDS = ("id", "objective_id", "parent_id", "parent_key_result_id")
COLUMNS = """
    SELECT column_name FROM information_schema.columns
    WHERE table_name = $1 AND is_generated = 'NEVER' ORDER BY ordinal_position"""


async def copied(connection: asyncpg.Connection, times: int) -> None:
    """Adds copies of all trees until there are `times` as many, at most 16; reads look at nothing else of them.

    Ids begin with a digit of their own, which those of our time begin with 0, and external ids end with it.
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
