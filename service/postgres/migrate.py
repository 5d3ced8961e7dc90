"""Brings a database to the newest revision."""

import asyncio

from alembic import command

from service.postgres.alembic_revisions import alembic_config
from service.postgres.login_roles import create_login_roles

# The wait for another migration. After it an error is raised, since the holder of the lock may be stuck.
MAX_LOCK_SECONDS = 60.0


class MigrationBusy(Exception):
    """Another process holds the lock of the migrations for too long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"another process has been migrating it for {seconds:.0f} s or longer. Wait until it is done and try again;"
            " if none is, end the session that holds the advisory lock (pg_locks tells its pid)."
        )


class TablesBusy(Exception):
    """Others use the tables that a migration changes for too long."""

    def __init__(self, seconds: float) -> None:
        super().__init__(
            f"others have used its tables for {seconds:.0f} s or longer. End what uses them, such as a backup or a long"
            " query (pg_stat_activity tells), and try again; nothing was changed."
        )


def migrate(url: str, lock_seconds: float = MAX_LOCK_SECONDS, *, login_roles: bool = False) -> None:
    """Runs all pending revisions in one transaction. Several processes may do so at once, also through a pooler.

    Blocks, and must not run inside an event loop. The login needs CREATEROLE, or the roles `okrgraph_owner` and
    `okrgraph_app` must exist and be granted to it. It also needs CREATE on the database, or the extension `btree_gist`
    must exist. With `login_roles`, the roles may log in afterwards. Raises MigrationBusy and TablesBusy after
    `lock_seconds`.
    """
    if login_roles:
        asyncio.run(create_login_roles(url))
    config = alembic_config(url)
    config.attributes["lock_seconds"] = lock_seconds
    command.upgrade(config, "head")


def check_models(url: str) -> None:
    """Raises CommandError of Alembic if the tables in the database differ from the models."""
    command.check(alembic_config(url))
