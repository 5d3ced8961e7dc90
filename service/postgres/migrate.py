"""Brings a database to the newest revision."""

from alembic import command

from service.postgres.alembic_revisions import configuration

# Who migrates waits for others who migrate. Longer waits are told, since nobody may be migrating any more.
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


def migrate(url: str, lock_seconds: float = MAX_LOCK_SECONDS) -> None:
    """Runs all pending revisions in one transaction; safe when several processes do it at once, also through a
    pooler. Blocking; needs no running loop.

    The login needs CREATEROLE, or the roles `okrgraph_owner` and `okrgraph_app` must exist and be granted to it; and
    CREATE on the database, or the extension `btree_gist` must be there. Raises MigrationBusy and
    TablesBusy after `lock_seconds`.
    """
    config = configuration(url)
    config.attributes["lock_seconds"] = lock_seconds
    command.upgrade(config, "head")


def differences(url: str) -> None:
    """Raises alembic's CommandError when the tables in the database are not those of the models."""
    command.check(configuration(url))
