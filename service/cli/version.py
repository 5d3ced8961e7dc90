"""The version of okrgraph, and the option that prints it."""

import tomllib
from importlib import metadata

import typer

from service.settings import ROOT

NAME = "okrgraph"


def print_version(is_requested: bool) -> None:
    """Prints the version and ends the command, as the callback of an option."""
    if is_requested:
        typer.echo(f"{NAME} {version()}")
        raise typer.Exit


def version() -> str:
    """The version of the installed package, or of the source tree if it is not installed, as in the container."""
    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])
