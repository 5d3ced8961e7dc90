"""Brings a database to the newest revision."""

from functools import cache

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory

from service.settings import ROOT


def configuration(url: str) -> Config:
    """Alembic's configuration for the database at `url`."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s")
    config.attributes["url"] = url
    return config


@cache
def newest() -> str | None:
    """The revision that the code expects."""
    return ScriptDirectory.from_config(configuration("")).get_current_head()


def migrate(url: str) -> None:
    """Runs all pending revisions; safe when several processes do it at once. Blocking; needs no running loop.

    The login needs CREATEROLE, or the roles `okrgraph_owner` and `okrgraph_app` must exist and be granted to it; and
    CREATE on the database, or the extension `btree_gist` must be there.
    """
    command.upgrade(configuration(url), "head")


def differences(url: str) -> None:
    """Raises alembic's CommandError when the tables in the database are not those of the models."""
    command.check(configuration(url))
