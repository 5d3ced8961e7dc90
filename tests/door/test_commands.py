"""Every command explains itself."""

import gc
import tomllib
from collections.abc import Iterator
from importlib import metadata

import pytest
import typer
from typer.testing import CliRunner

import service.__main__
from service.__main__ import YOUNG_OBJECTS, app, main
from service.settings import ROOT


def commands(group: typer.Typer, path: tuple[str, ...] = ()) -> Iterator[tuple[str, ...]]:
    """The words that name each command and each group of commands."""
    yield path
    for each in group.registered_commands:
        assert each.callback is not None
        yield (*path, each.name or each.callback.__name__.replace("_", "-"))
    for inner in group.registered_groups:
        assert inner.name is not None
        assert inner.typer_instance is not None
        yield from commands(inner.typer_instance, (*path, inner.name))


def test_objects_of_the_start_are_kept_from_the_collector(monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[object] = []
    monkeypatch.setattr(gc, "freeze", lambda: steps.append("freeze"))
    monkeypatch.setattr(gc, "set_threshold", steps.append)
    monkeypatch.setattr(service.__main__, "app", lambda: steps.append("command"))
    main()
    assert steps == ["freeze", YOUNG_OBJECTS, "command"]


def test_there_are_these_commands() -> None:
    assert sorted(" ".join(words) for words in commands(app)) == [
        "",
        "advance",
        "audit-export",
        "audit-prune",
        "distribute",
        "doctor",
        "export",
        "generate",
        "import",
        "key",
        "key create",
        "key list",
        "key revoke",
        "key rotate",
        "migrate",
        "organization",
        "organization create",
        "organization delete",
        "organization list",
        "person",
        "person erase",
        "restore",
        "schema",
        "serve",
        "service-account",
        "service-account archive",
        "service-account create",
        "service-account list",
        "service-account restore",
        "share",
        "share list",
        "share revoke",
    ]


@pytest.mark.parametrize("words", list(commands(app)), ids=" ".join)
def test_help(words: tuple[str, ...]) -> None:
    result = CliRunner().invoke(app, [*words, "--help"])
    assert result.exit_code == 0
    assert "Usage:" in result.output


def test_a_command_that_does_not_exist() -> None:
    result = CliRunner().invoke(app, ["frobnicate"])
    assert result.exit_code == 2
    assert "No such command" in result.output


@pytest.mark.parametrize("installed", [True, False])
def test_the_version(monkeypatch: pytest.MonkeyPatch, installed: bool) -> None:
    sources = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]

    def version(name: str) -> str:
        if not installed:
            raise metadata.PackageNotFoundError(name)
        return {"okrgraph": "9.8.7"}[name]

    monkeypatch.setattr(metadata, "version", version)
    result = CliRunner().invoke(app, ["--version"])
    expected = "9.8.7" if installed else sources
    assert (result.exit_code, result.output) == (0, f"okrgraph {expected}\n")
