"""Every command explains itself."""

from collections.abc import Iterator

import pytest
import typer
from typer.testing import CliRunner

from service.__main__ import app


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


def test_there_are_these_commands() -> None:
    assert sorted(" ".join(words) for words in commands(app)) == [
        "",
        "doctor",
        "export",
        "generate",
        "import",
        "key",
        "key create",
        "key revoke",
        "migrate",
        "organization",
        "organization create",
        "schema",
        "serve",
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
