"""Which revisions of the database the code knows."""

from functools import cache

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
    return _revisions().get_current_head()


@cache
def known() -> frozenset[str]:
    """The revisions that the code knows."""
    return frozenset(script.revision for script in _revisions().walk_revisions())


def recomputes(since: str) -> bool:
    """Whether what is derived has to be computed anew after the migrations that follow a revision."""
    following = _revisions().iterate_revisions("head", since)
    return any(getattr(revision.module, "RECOMPUTES", False) for revision in following)


@cache
def _revisions() -> ScriptDirectory:
    return ScriptDirectory.from_config(configuration(""))
