"""Distributes the tables of organizations over the machines of Citus, by the organization."""

from collections.abc import Sequence

import asyncpg
from sqlalchemy import Table

from service.postgres.tables import tables_in_order
from service.settings import connect_arguments

# Every other table of tenants refers to it. Its rows lie where the rows of their organizations lie.
FIRST = "organizations"
IS_DISTRIBUTED = "SELECT to_regclass('pg_catalog.pg_dist_partition') IS NOT NULL"
DISTRIBUTED_TABLES = "SELECT CAST(logicalrelid AS text) AS name FROM pg_dist_partition"
# Functions with the rights of the owner of the tables. A transaction that has written as one role may not write as
# another one from the coordinator: they run whole on the machine of the organization.
FUNCTIONS = ("delete_organization(uuid, text)", "erase_person_events(uuid, uuid)")
DISTRIBUTED_FUNCTIONS = """
SELECT replace(CAST(CAST(objid AS regprocedure) AS text), ',', ', ') AS name FROM pg_catalog.pg_dist_object
WHERE classid = CAST('pg_proc' AS regclass) AND distribution_argument_index IS NOT NULL"""


class CitusMissing(Exception):
    """The database has no Citus."""

    def __init__(self) -> None:
        super().__init__("it has no Citus. Run `CREATE EXTENSION citus` in it and in the databases of its workers.")


def distribution_statements(except_names: Sequence[str] = ()) -> list[str]:
    """The statements that distribute all tables of the models, each after those that it refers to, and the functions.

    The table of Alembic alone is no model: it stays on the coordinator.
    """
    return [
        *(_statement(table) for table in tables_in_order() if table.name not in except_names),
        *(_function_statement(each) for each in FUNCTIONS if each not in except_names),
    ]


async def distribute(url: str) -> list[str]:
    """Distributes the tables and functions that are not distributed yet, each in a transaction of its own. Returns
    their names.

    The login has to be a superuser or the owner of the tables. Raises CitusMissing, and errors of the driver.
    """
    connection = await asyncpg.connect(**connect_arguments(url), statement_cache_size=0)
    try:
        if not await connection.fetchval(IS_DISTRIBUTED):
            raise CitusMissing
        rows = [*await connection.fetch(DISTRIBUTED_TABLES), *await connection.fetch(DISTRIBUTED_FUNCTIONS)]
        known = [row["name"] for row in rows]
        for statement in distribution_statements(known):
            await connection.execute(statement)
        return [each for each in (*(table.name for table in tables_in_order()), *FUNCTIONS) if each not in known]
    finally:
        await connection.close()


def _statement(table: Table) -> str:
    column = "id" if table.name == FIRST else "organization_id"
    neighbour = "none" if table.name == FIRST else FIRST
    assert column in table.primary_key.columns, f"{table.name} has no {column} in its primary key."
    return f"SELECT create_distributed_table('{table.name}', '{column}', colocate_with => '{neighbour}')"


def _function_statement(function: str) -> str:
    return (
        f"SELECT create_distributed_function('{function}', 'organization', colocate_with => '{FIRST}',"
        " force_delegation => true)"
    )
