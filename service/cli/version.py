"""The version of okrgraph."""

import tomllib
from importlib import metadata

import typer

from service.settings import ROOT

NAME = "okrgraph"


def print_version(wanted: bool) -> None:
    """Prints the version and ends the command, as the callback of an option."""
    if wanted:
        typer.echo(f"{NAME} {version()}")
        raise typer.Exit


def version() -> str:
    """The version of the installed package, or of the sources where it is not installed, as in the container."""
    try:
        return metadata.version(NAME)
    except metadata.PackageNotFoundError:
        return str(tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"])
