"""`okrgraph distribute` has every table of the models, each after those that it refers to."""

import re

import asyncpg
import pytest

from service.people.models import ApiKey
from service.postgres import distribution
from service.postgres.distribution import FUNCTIONS, CitusMissing, distribute, distribution_statements
from service.postgres.tables import table_of, tables_in_order
from tests.kit.commands import Ended, run_async, run_command

FUNCTION = "SELECT create_distributed_function('{}', 'organization', colocate_with => 'organizations', {})"
FUNCTION_STATEMENTS = [FUNCTION.format(each, "force_delegation => true") for each in FUNCTIONS]
STATEMENT = re.compile(r"SELECT create_distributed_table\('(\w+)', '(\w+)', colocate_with => '(\w+)'\)")


def test_it_prints_all_tables_but_the_one_of_alembic_and_the_functions_of_the_owner() -> None:
    ended = run_command("distribute")
    assert (ended.code, ended.stderr) == (0, "")
    printed = [line.removesuffix(";") for line in ended.answers.splitlines()]
    matches = [STATEMENT.fullmatch(each) for each in printed[: -len(FUNCTIONS)]]
    assert [match and match.groups() for match in matches] == [
        ("organizations", "id", "none"),
        *((table.name, "organization_id", "organizations") for table in tables_in_order()[1:]),
    ]
    assert printed[-len(FUNCTIONS) :] == FUNCTION_STATEMENTS


def test_each_table_comes_after_those_that_it_refers_to() -> None:
    names = [STATEMENT.fullmatch(each)[1] for each in distribution_statements(FUNCTIONS)]  # type: ignore[index]
    assert len(set(names)) == len(names) > 20
    for table in tables_in_order():
        referred = {key.referred_table.name for key in table.foreign_key_constraints} - {table.name}
        assert referred <= set(names[: names.index(table.name)])


def test_what_is_distributed_is_left_out() -> None:
    done = [table.name for table in tables_in_order() if table is not table_of(ApiKey)]
    assert distribution_statements([*done, FUNCTIONS[0]]) == [
        "SELECT create_distributed_table('api_keys', 'organization_id', colocate_with => 'organizations')",
        FUNCTION_STATEMENTS[1],
    ]


async def test_it_needs_citus(database_url: str) -> None:
    with pytest.raises(CitusMissing):
        await distribute(database_url)
    ended = await run_async("distribute", "--run", OKRGRAPH_DATABASE_URL=database_url)
    expected = "The tables cannot be distributed: it has no Citus. Run `CREATE EXTENSION citus` in it and in the "
    assert ended == Ended(3, "", f"{expected}databases of its workers.\n")


async def test_it_runs_what_was_not_run(
    database_url: str, superuser: asyncpg.Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    await superuser.execute("CREATE TABLE run_before (name text); INSERT INTO run_before VALUES ('organizations')")
    try:
        monkeypatch.setattr(distribution, "IS_DISTRIBUTED", "SELECT true")
        monkeypatch.setattr(distribution, "DISTRIBUTED_TABLES", "SELECT name FROM run_before")
        monkeypatch.setattr(distribution, "DISTRIBUTED_FUNCTIONS", "SELECT name FROM run_before")
        monkeypatch.setattr(distribution, "_statement", lambda table: f"INSERT INTO run_before VALUES ('{table.name}')")
        monkeypatch.setattr(distribution, "_function_statement", "INSERT INTO run_before VALUES ('{}')".format)
        names = [*(table.name for table in tables_in_order()), *FUNCTIONS]
        assert await distribute(database_url) == names[1:]
        assert [row["name"] for row in await superuser.fetch("SELECT name FROM run_before")] == names
        assert await distribute(database_url) == []
    finally:
        await superuser.execute("DROP TABLE run_before")
