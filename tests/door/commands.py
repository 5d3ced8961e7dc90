"""Commands in this process, as an operator types them, over a database and variables of the test's choice."""

import asyncio
import os
from typing import NamedTuple
from unittest.mock import patch

from typer.testing import CliRunner

from service.__main__ import app
from service.cli.configuration import settings


class Ended(NamedTuple):
    """How a command ended: its exit code, its answers, and what was said about them."""

    code: int
    answers: str
    said: str


def run_command(*arguments: str, input: bytes | None = None, **variables: str) -> Ended:
    """Runs `okrgraph` with these variables and none else of its own; anything but an exit is raised."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("OKRGRAPH_", "HOST", "PORT"))}
    settings.cache_clear()
    try:
        with patch.dict(os.environ, {**kept, **variables}, clear=True):
            result = CliRunner().invoke(app, list(arguments), input=input)
    finally:
        settings.cache_clear()
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Ended(result.exit_code, result.stdout, result.stderr)


async def run_beside(*arguments: str, input: bytes | None = None, **variables: str) -> Ended:
    """As `run_command`, while the loop of the test goes on: a command has one of its own."""
    return await asyncio.to_thread(run_command, *arguments, input=input, **variables)
