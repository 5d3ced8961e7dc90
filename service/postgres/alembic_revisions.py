"""The Alembic configuration, and the revisions that the code knows."""

from functools import cache

from alembic.config import Config
from alembic.script import ScriptDirectory

from service.settings import ROOT


def alembic_config(url: str) -> Config:
    """The Alembic configuration for the database at `url`."""
    config = Config()
    config.set_main_option("script_location", str(ROOT / "migrations"))
    config.set_main_option("file_template", "%%(year)d-%%(month).2d-%%(day).2d_%%(slug)s")
    config.attributes["url"] = url
    return config


@cache
def newest_revision() -> str | None:
    """The revision that the code expects."""
    return _script_directory().get_current_head()


@cache
def known_revisions() -> frozenset[str]:
    """The revisions that the code knows."""
    return frozenset(script.revision for script in _script_directory().walk_revisions())


def needs_recompute(since: str) -> bool:
    """Whether derived values must be recomputed after the migrations that follow the revision `since`."""
    revisions = _script_directory().iterate_revisions("head", since)
    return any(getattr(revision.module, "RECOMPUTES", False) for revision in revisions)


@cache
def _script_directory() -> ScriptDirectory:
    return ScriptDirectory.from_config(alembic_config(""))
