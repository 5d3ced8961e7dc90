"""Brings a database to the newest revision."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from service.settings import ROOT

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


def configuration(url: str, lock_seconds: float = MAX_LOCK_SECONDS) -> Config:
    """Alembic's configuration for the database at `url`; `lock_seconds` is how long it waits for others."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s")
    config.attributes["url"] = url
    config.attributes["lock_seconds"] = lock_seconds
    return config


@cache
def newest() -> str | None:
    """The revision that the code expects."""
    return ScriptDirectory.from_config(configuration("")).get_current_head()


@cache
def known() -> frozenset[str]:
    """The revisions that the code knows."""
    return frozenset(script.revision for script in ScriptDirectory.from_config(configuration("")).walk_revisions())


def recomputes(since: str) -> bool:
    """Whether what is derived has to be computed anew after the migrations that follow a revision."""
    following = ScriptDirectory.from_config(configuration("")).iterate_revisions("head", since)
    return any(getattr(revision.module, "RECOMPUTES", False) for revision in following)


def migrate(url: str, lock_seconds: float = MAX_LOCK_SECONDS) -> None:
    """Runs all pending revisions in one transaction; safe when several processes do it at once, also through a
    pooler. Blocking; needs no running loop.

    The login needs CREATEROLE, or the roles `okrgraph_owner` and `okrgraph_app` must exist and be granted to it; and
    CREATE on the database, or the extension `btree_gist` must be there. Raises MigrationBusy and
    TablesBusy after `lock_seconds`.
    """
    command.upgrade(configuration(url, lock_seconds), "head")


def differences(url: str) -> None:
    """Raises alembic's CommandError when the tables in the database are not those of the models."""
    command.check(configuration(url))
