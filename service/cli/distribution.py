"""The command `distribute`."""

import asyncio
from typing import Annotated

import asyncpg
import typer

from service.all_entities import metadata
from service.cli.configuration import settings
from service.cli.connection import database_url, is_unavailable, normalize_url
from service.cli.console import UNAVAILABLE, console, fail
from service.postgres.distribution import CitusMissing, distribution_statements
from service.postgres.distribution import distribute as distribute_tables


def distribute(
    run: Annotated[
        bool, typer.Option("--run", help="Run the statements with the login for migrations, without those done.")
    ] = False,
) -> None:
    """Print the statements that distribute all tables by organization with Citus, or run them."""
    metadata()
    if not run:
        typer.echo("".join(f"{statement};\n" for statement in distribution_statements()), nl=False)
        return
    with database_url() as url:
        migration_url = settings().migrate_database_url
        names = _distribute(normalize_url(migration_url) if migration_url else url)
    console.print(f"Distributed: {', '.join(names)}." if names else "All tables are distributed.", soft_wrap=True)


def _distribute(url: str) -> list[str]:
    try:
        return asyncio.run(distribute_tables(url))
    except CitusMissing as error:
        fail("The tables cannot be distributed:", str(error), code=UNAVAILABLE)
    except asyncpg.PostgresError as error:
        if is_unavailable(error):
            raise
        fail("The tables cannot be distributed:", str(error), code=UNAVAILABLE)
