"""What holds the house together: the SDL is up to date, migrations match the models, files stay small."""

from pathlib import Path

import asyncpg
from alembic.script import ScriptDirectory
from sqlalchemy import CheckConstraint
from sqlalchemy.dialects import postgresql

from schema.root import schema
from service.all_entities import metadata
from service.postgres.alembic_revisions import alembic_config, newest_revision
from service.postgres.migrate import check_models
from service.postgres.tables import tables_in_order
from service.settings import ROOT

PREPARER = postgresql.dialect().identifier_preparer
SOURCES = [path for folder in ("service", "schema") for path in (ROOT / folder).rglob("*.py")]


def test_the_sdl_in_git_is_the_schema() -> None:
    written = (ROOT / "schema" / "schema.graphql").read_text()
    assert written == schema.as_str() + "\n", "run `make schema` and review the difference"


def test_migrations_make_the_tables_of_the_models(database_url: str) -> None:
    check_models(database_url)


async def test_migrations_name_constraints_as_the_models_do(cleaner: asyncpg.Connection) -> None:
    checks = "SELECT conrelid::regclass::text, conname FROM pg_constraint WHERE contype = 'c' AND conrelid <> 0"
    made = {(table, name) for table, name in await cleaner.fetch(checks)}
    wanted = {
        (table.name, PREPARER.format_constraint(each))
        for table in tables_in_order()
        for each in table.constraints
        if isinstance(each, CheckConstraint)
    }
    assert made == wanted


def test_there_is_one_newest_migration() -> None:
    assert ScriptDirectory.from_config(alembic_config("")).get_heads() == [newest_revision()]


def test_no_file_has_grown_past_300_lines_and_the_median_is_small() -> None:
    lengths = sorted(len(path.read_text().splitlines()) for path in SOURCES)
    assert lengths[-1] <= 300
    assert lengths[len(lengths) // 2] <= 75


def test_every_file_says_what_it_is_for() -> None:
    silent = [path for path in SOURCES if not path.read_text().startswith('"""')]
    assert silent == []


def test_every_table_of_the_models_is_known_to_migrations() -> None:
    versions = "".join(path.read_text() for path in Path(ROOT / "migrations" / "versions").glob("*.py"))
    assert [table for table in metadata().tables if f'"{table}"' not in versions] == []
